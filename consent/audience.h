// Patients hear what is written for patients, professionals what is written for them (AUD1), and a
// representative only within an authority that is shown (P1).
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

void CheckAudience(const EvaluationContext& context, MessageClass c, Findings& findings);

}  // namespace consent
