// Facts that chose the patient need permission for that use, each for itself (CM4).
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

void CheckTargeting(const EvaluationContext& context, MessageClass c, Findings& findings);

}  // namespace consent
