// What stops a message before anything else is asked: the G rules, and the request's own word
// (D.1).
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

// True when a DENY stands: nothing further is evaluated (0.3).
bool HardStop(const EvaluationContext& context, MessageClass c, Findings& findings);

}  // namespace consent
