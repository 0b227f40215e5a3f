// The search parameters of R4. http://hl7.org/fhir/R4/searchparameter-registry.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/expression.h"

namespace fhir {

enum class SearchKind : uint8_t {
  kToken,
  kString,
  kReference,
  kDate,
  kNumber,
  kQuantity,
  kUri,
  kComposite,
  kSpecial,
};
std::string_view Code(SearchKind kind);  // as CapabilityStatement says it: "token"

// One element that a parameter reads.
struct SearchPart {
  fhirpath::Expression path;
  std::string type;    // "CodeableConcept"; "*": the member's name says it
  std::string system;  // of a code with a required binding
};

struct SearchComponent {
  SearchKind kind = SearchKind::kToken;
  std::vector<std::string> targets;
  SearchPart part;
};

// Immutable.
struct SearchParameter {
  std::string name;
  SearchKind kind = SearchKind::kToken;
  bool always_present = false;       // no valid resource is without it
  std::vector<std::string> targets;  // of a reference; {"*"}: any type
  std::vector<SearchPart> parts;
  std::vector<SearchComponent> components;  // of a composite

  bool MayTarget(std::string_view type) const;
};

// The parameter of the type or of every resource; nullptr when R4 has none of this name. What is
// answered lives as long as the process. Any thread; a type's expressions are compiled at its first
// use.
const SearchParameter* FindSearchParameter(std::string_view type, std::string_view name);

// Every one of them, in the order of names, those of every resource included. Empty for what is no
// R4 type.
const std::vector<SearchParameter>& SearchParametersOf(std::string_view type);

// The same without compiling anything.
bool HasSearchParameter(std::string_view type, std::string_view name);

// Which component of a composite is compared in order (the last date, number or quantity); as many
// as there are when none is.
size_t OrderedComponent(const SearchParameter& composite);

// Whether the last component is a string, which is compared by how it begins; no other of R4 is
// one.
bool EndsWithString(const SearchParameter& composite);

}  // namespace fhir
