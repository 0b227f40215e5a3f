// The decision, pure: no clock, no I/O, no failure. Doubt is an answer, never an exception.
#pragma once

#include "consent/decision.h"
#include "consent/given.h"

namespace consent {

struct EvaluationContext;  // consent/context.h: typed facts

// Reads the FHIR resources of `given` into typed facts. What cannot be read becomes an unknown
// fact, which the rules treat strictly.
EvaluationContext Interpret(const Given& given);

// Classifies and decides. Same context, same answer, byte for byte.
Decision Decide(const EvaluationContext& context);

// Both steps; where the given asks for a disclosure, that decision (disclosure.h).
Decision Decide(const Given& given);

inline constexpr char kEngineVersion[] = "0.2.0";

}  // namespace consent
