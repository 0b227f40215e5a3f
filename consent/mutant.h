// A hook of the tests: under PSG_MUTATION, which only test binaries define, the word of one rule
// can be dropped or turned into its opposite, to see whether the cases notice. In the product it is
// a constant.
#pragma once

#include <optional>
#include <string_view>

#include "consent/decision.h"

namespace consent {

#ifdef PSG_MUTATION

struct Mutant {
  enum class Kind : unsigned char { kOff, kInverted };
  std::string_view rule;  // empty: none
  Kind kind = Kind::kOff;
};

inline thread_local Mutant mutant;

#endif

// What the rule says under the mutant; nullopt: nothing.
inline std::optional<Outcome> Mutated([[maybe_unused]] std::string_view rule, Outcome effect) {
#ifdef PSG_MUTATION
  if (mutant.rule != rule) return effect;
  if (mutant.kind == Mutant::Kind::kOff) return std::nullopt;
  if (effect <= Outcome::kPermitWithObligations) return Outcome::kDeny;
  effect = Outcome::kPermit;
#endif
  return effect;
}

}  // namespace consent
