// What holds where no consent of the patient speaks, by regime and purpose (C7).
#pragma once

#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

// `recorded`: a consent in force is on file that does not cover the purpose.
void ApplyImplicitPolicy(const EvaluationContext& context, MessageClass c, bool recorded,
                         Findings& findings);

}  // namespace consent
