// Only words that an approved module covers may go (CM1), that fit the class the message claims
// (CM5, CM6), and only where they may be read (B6).
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

// A person speaks: the module guides, it is not read out.
bool Spoken(fhir::Channel channel);

void CheckWording(const EvaluationContext& context, Findings& findings);

// Words that sell, or the name of a product that is neither prescribed nor declared, in a message
// that is not marketing: a person looks.
void CheckRenderedText(const EvaluationContext& context, MessageClass c, Findings& findings);

// B6-1, B6-2: drug names and sensitive matters stay off channels that others can read.
void CheckSensitivity(const EvaluationContext& context, Findings& findings);

}  // namespace consent
