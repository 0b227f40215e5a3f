// A person has looked at a REVIEW and let it go (OV). An override lifts the REVIEW of the rules it
// names, for one request and one text, until it expires; it never lifts a DENY, REROUTE or DEFER.
#pragma once

#include <string>
#include <string_view>

#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

// Hex SHA-256 of the words to be said: what Override::text_hash approves.
std::string TextHash(std::string_view words);

// After all rules but E.3 have spoken: what is lifted may still end as a DENY there.
void ApplyOverrides(const EvaluationContext& context, Findings& findings);

}  // namespace consent
