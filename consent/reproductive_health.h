// Reproductive health: no federal attestation since the rule was vacated; states shield (B6-3).
#pragma once

#include "consent/context.h"
#include "consent/data_use.h"
#include "consent/findings.h"

namespace consent {

void CheckReproductiveHealth(const EvaluationContext& context, const DataUse& use,
                             Findings& findings);

}  // namespace consent
