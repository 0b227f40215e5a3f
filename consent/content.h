// Only words that an approved module covers may go (CM1), and only where they may be read (B6).
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

void CheckWording(const EvaluationContext& context, Findings& findings);

// B6-1, B6-2: drug names and sensitive matters stay off channels that others can read.
void CheckSensitivity(const EvaluationContext& context, Findings& findings);

}  // namespace consent
