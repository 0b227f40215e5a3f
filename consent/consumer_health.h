// Health data of consumers outside HIPAA: Washington My Health My Data Act (RCW 19.373) and laws
// like it, B5-1 to B5-4. Which states, and their distances and terms, stand in the policy pack.
#pragma once

#include "consent/context.h"
#include "consent/data_use.h"
#include "consent/findings.h"

namespace consent {

// Consent to collect and consent to share are two; sale needs an authorization of at most a year;
// nobody is messaged because their device came near a clinic.
void CheckConsumerHealth(const EvaluationContext& context, const DataUse& use, Findings& findings);

// Whether the use is covered by consents of this kind alone: every item is what consumers gave
// themselves, so HIPAA's gates do not apply (M9, A.13).
bool OnlyConsumerData(const EvaluationContext& context);
// Whether one of the states with such a law may govern this item.
bool Governs(const EvaluationContext& context, const DataItem& item);

}  // namespace consent
