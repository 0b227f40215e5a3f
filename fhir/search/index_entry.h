// What a resource puts into the search index: three kinds of rows, from which every search type of
// R4 is made. http://hl7.org/fhir/R4/search.html#ptypes
//
//   token      kTerm "system|code" and "|code"; a code element "|code"; Identifier by system|value;
//              ":of-type" "type-system|type-code|value"; kTerm "#text|<normalised display or text>"
//   reference  kTerm "Patient/1", the absolute URL, or the canonical with and without |version;
//              ":identifier" kTerm "#identifier|system|value"
//   uri        kTerm; and kText for :below and :above
//   string     kText of each string, normalised; kTerm "#exact|<as written>" for :exact
//   date       kRange: what the precision covers, half open
//   number     kRange: implicit precision, half open: 100 is [99.5, 100.5)
//   quantity   kRange three times: key "" (any unit), "|unit or code" and "system|code"
//   composite  kTerm or kRange whose key begins with the other components' terms
//   every type kTerm "#present" once for each parameter that has a value (:missing)
#pragma once

#include <cstdint>
#include <string>

namespace fhir {

struct IndexEntry {
  enum class Kind : uint8_t { kTerm, kText, kRange };

  Kind kind = Kind::kTerm;
  std::string parameter;  // "identifier"
  // kTerm: what is compared, kept as a keyed hash. kText: the text, kept in order. kRange: the
  // qualifier that must be equal, kept as a keyed hash.
  std::string key;
  // kRange only: [low, high) as bytes whose memcmp order is the order of the values; low <= high.
  std::string low;
  std::string high;

  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
  friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};

}  // namespace fhir
