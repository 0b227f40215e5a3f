// When an authorization ends: its date, or an event computed from facts (A.6(i), V5, V16, V17).
#pragma once

#include <string_view>

#include "consent/context.h"

namespace consent {

struct AuthorizationNeed;

struct Expiry {
  enum class State : uint8_t { kInForce, kOver, kReview };
  State state = State::kInForce;
  std::string_view rule;  // what speaks against it; empty in force
  std::string_view word;  // for the basis: "expired", "defective", "not-yet", "review"
};

// The end that an authorization must have, held against the instant and the patient's zones.
Expiry CheckDate(const AuthorizationFacts& authorization, const EvaluationContext& context);
// The event that ends it. An event that no pack maps to facts is one for a person, once in a while.
Expiry CheckEvent(const AuthorizationFacts& authorization, const EvaluationContext& context,
                  const AuthorizationNeed& need);

}  // namespace consent
