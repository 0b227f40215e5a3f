// What was used to choose this patient, and what the patient signed when opting in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consent/fact_values.h"
#include "consent/origin.h"

namespace consent {

// One fact that chose the patient (extension targeted-by).
struct TargetingFact {
  bool known = false;  // the resource is on file, or the kind is one of ours
  Origin origin = Origin::kHipaaPhi;
  std::vector<std::string> labels;   // v3-ActCode and v3-Confidentiality
  std::vector<std::string> classes;  // resource types
  std::vector<std::string> sources;  // references
  std::vector<Coding> codes;
  std::optional<fhir::Span> date;
  bool by_kind = false;  // a record whose codes and labels nobody says
};

// The form under a consent: the version of the wording that was signed.
struct OptInWording {
  enum class State : uint8_t { kNotNamed, kUnknown, kIncomplete, kComplete };
  std::string consent;  // its versioned reference
  State state = State::kNotNamed;
};

}  // namespace consent
