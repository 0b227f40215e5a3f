// The table of search parameters: which element of which type answers which parameter.
// http://hl7.org/fhir/R4/searchparameter-registry.html
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fhir {

enum class SearchKind : uint8_t {
  kCode,       // a code element: no system of its own
  kToken,      // Identifier, Coding, CodeableConcept
  kReference,  // Reference
  kUri,        // uri, canonical
  kEmail,      // ContactPoint with system email
  kPhone,      // ContactPoint with system phone
};

struct SearchRow {
  std::string_view type;
  std::string_view parameter;
  std::string_view path;  // element names below the resource, joined by dots
  SearchKind kind;
  std::string_view targets;  // of a reference: types joined by commas, or "*" for any
};

std::span<const SearchRow> SearchRows();

}  // namespace fhir
