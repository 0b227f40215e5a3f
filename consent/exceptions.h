// Marketing that needs no authorization: handed over face to face by a covered entity, a gift of
// nominal value from it (45 CFR 164.508(a)(3)(i)), or words that use no protected health
// information at all (M9). https://www.ecfr.gov/current/title-45/section-164.508
#pragma once

#include <string_view>

#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

// Why one of the exceptions was claimed and does not hold, and what follows without an
// authorization.
struct MissedException {
  std::string_view rule;  // empty: none was claimed
  Outcome effect = Outcome::kDeny;
};

// Adds the exception that holds, as a permit. Answers whether one does; else fills `missed`.
bool ExceptedFromAuthorization(const EvaluationContext& context, Findings& findings,
                               MissedException& missed);

}  // namespace consent
