// Restrictions that the individual asked for: 45 CFR 164.522(a), R1 to R4 and R6.
// https://www.ecfr.gov/current/title-45/section-164.522
#pragma once

#include "consent/context.h"
#include "consent/data_use.h"
#include "consent/findings.h"

namespace consent {

// What is agreed, or must be agreed, stands in the way; what was only asked for does not. Where a
// restriction reaches some of the data of a disclosure only, that data is taken out (REDACT).
void CheckRestrictions(const EvaluationContext& context, const DataUse& use, Findings& findings);

}  // namespace consent
