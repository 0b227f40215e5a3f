// Egress that is not outreach: write-back to a partner, subscription, webhook, export, nurse push,
// data feed. May it go, to whom, and what must be taken out first (Redacted, redaction.h)?
#pragma once

#include "consent/context.h"
#include "consent/decision.h"

namespace consent {

// REQUIRES: context.asked.
Decision DecideDisclosure(const EvaluationContext& context);

}  // namespace consent
