// A permission rests on the wording that was signed: one that told of the data, its use, the
// sharing and how to stop (CM2).
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

// After the permissions have been judged: looks at those that `findings` rests on.
void CheckOptInWording(const EvaluationContext& context, MessageClass c, Findings& findings);

}  // namespace consent
