// The text of the policy pack that is built in (made from the JSON file beside this one).
#pragma once

#include <string_view>

namespace consent {

extern const std::string_view kBuiltInPolicy;

}  // namespace consent
