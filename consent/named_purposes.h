// Purposes that v3-ActReason has no code for and that no general authorization opens: sale,
// third-party-marketing, retargeting, ad-sync (CM3).
#pragma once

#include "consent/classify.h"
#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

// A denial for each that no authorization names by its own code.
void CheckNamedPurposes(const EvaluationContext& context, const Classification& classification,
                        Findings& findings);

}  // namespace consent
