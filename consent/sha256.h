// SHA-256 as lower-case hex.
#pragma once

#include <string>
#include <string_view>

namespace consent {

std::string Sha256Hex(std::string_view bytes);

}  // namespace consent
