// The code systems and value sets of R4's own definitions: what a search can ask of a code beyond
// the code itself. This is no terminology server: SNOMED CT, LOINC, RxNorm and the like, and value
// sets made of them, are not held. http://hl7.org/fhir/R4/terminologies.html
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace fhir {

struct Concept {
  std::string_view system;
  std::string_view code;
  friend bool operator==(const Concept&, const Concept&) = default;
};

// All that a value set holds, by its canonical (without a version, or with that of R4, 4.0.1).
// nullopt for one that is not held.
std::optional<std::vector<Concept>> Expand(std::string_view value_set);

// The codes of a system; nullopt for one that is not held.
std::optional<std::vector<std::string_view>> CodesOf(std::string_view system);
// A code with all that it subsumes, or all that subsume it. Empty when the system, which is held,
// has no such code.
std::optional<std::vector<std::string_view>> Below(std::string_view system, std::string_view code);
std::optional<std::vector<std::string_view>> Above(std::string_view system, std::string_view code);

}  // namespace fhir
