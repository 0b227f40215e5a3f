// Random typed facts, most of them in order, so that every rule is reached by many and decided by
// some.
#pragma once

#include "consent/context.h"
#include "tests/consent/random_givens.h"

namespace consent::testing {

EvaluationContext RandomContext(Dice& dice);

}  // namespace consent::testing
