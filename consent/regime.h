// Whose law the data stays under (A.13): it comes with the data and never changes silently.
#pragma once

#include "consent/context.h"
#include "consent/data_use.h"
#include "consent/findings.h"

namespace consent {

// Data that came under an authorization goes as far as that authorization; data that is called PHI
// in the hands of a sender outside HIPAA, or whose origin cannot be read, is a doubt.
void CheckRegime(const EvaluationContext& context, const DataUse& use, Findings& findings);

}  // namespace consent
