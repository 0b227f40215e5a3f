// Random typed facts, most of them in order, so that every rule is reached by many and decided by
// some.
#pragma once

#include <vector>

#include "consent/context.h"
#include "consent/fhir_consent.h"
#include "tests/consent/random_givens.h"

namespace consent::testing {

EvaluationContext RandomContext(Dice& dice);

// Up to `most` consents, some of which revise others. Of `now`, without the documents of
// authorizations.
std::vector<ConsentFacts> RandomConsents(Dice& dice, fhir::Instant now, int most);
// One or two authorizations, and each of them as a consent among `consents`.
std::vector<AuthorizationFacts> RandomAuthorizations(Dice& dice, fhir::Instant now,
                                                     std::vector<ConsentFacts>& consents);
// What is asked of data that is known in part.
Access RandomAccess(Dice& dice, fhir::Instant now);
// Around now: over, not begun, or open in some places only.
Validity RandomValidity(Dice& dice, fhir::Instant now);

}  // namespace consent::testing
