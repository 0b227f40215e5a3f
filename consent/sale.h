// Sale of protected health information: 45 CFR 164.502(a)(5)(ii), 164.508(a)(4), S1 and S2.
#pragma once

#include <string_view>

#include "consent/context.h"
#include "consent/data_use.h"

namespace consent {

// The rule under which the disclosure is a sale: "S1", paid in money or nobody knows how, or "S2",
// in kind. Empty: nobody pays, or an exception holds.
std::string_view SaleUnder(const EvaluationContext& context, const DataUse& use);

}  // namespace consent
