// Confidential communications, 45 CFR 164.522(b) (R5): they replace the ways to reach the patient.
#pragma once

#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

void CheckConfidentialCommunication(const EvaluationContext& context, Findings& findings);

}  // namespace consent
