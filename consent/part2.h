// Records of a substance use disorder programme: 42 CFR Part 2, B4-1 to B4-7.
// https://www.ecfr.gov/current/title-42/part-2
#pragma once

#include "consent/context.h"
#include "consent/data_use.h"
#include "consent/findings.h"

namespace consent {

// The origin of a record makes it one, never a drug or a diagnosis. Such a record goes nowhere
// without a written consent of 2.31, and carries the notice of 2.32 and the consent when it goes.
void CheckPart2(const EvaluationContext& context, const DataUse& use, Findings& findings);

// Whether a Part 2 consent on file permits the use of ordinary records (no counseling notes).
bool Part2Permits(const EvaluationContext& context, const DataUse& use);

}  // namespace consent
