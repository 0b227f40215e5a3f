// Clinical advice needs a nurse who may practise where the patient is at the time (B6-4).
#pragma once

#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

void CheckLicence(const EvaluationContext& context, Findings& findings);

}  // namespace consent
