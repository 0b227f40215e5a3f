// The law of the channel: opt-outs, telephone consent, quiet hours, caps, commercial e-mail (B1 to
// B3). 47 CFR 64.1200; 15 USC 7704; RFC 8058
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

void CheckContact(const EvaluationContext& context, MessageClass c, Findings& findings);
void CheckOptOuts(const EvaluationContext& context, MessageClass c, Findings& findings);
void CheckTelephoneConsent(const EvaluationContext& context, MessageClass c, Findings& findings);
void CheckEmail(const EvaluationContext& context, MessageClass c, Findings& findings);
// Quiet hours, caps and the request's own start: one notBefore that satisfies all of them.
void CheckTiming(const EvaluationContext& context, MessageClass c, Findings& findings);

}  // namespace consent
