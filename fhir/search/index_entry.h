// What a resource puts into the search index: three kinds of rows, from which every search type of
// R4 is made. http://hl7.org/fhir/R4/search.html#ptypes
//
//   token      kTerm "system|code", "|code" and "system|"; "||code" where there is no system; a
//              code element "|code" alone; Identifier by system|value;
//              a contact point "|value" as ContactKey says; ":of-type"
//              "#of-type|type-system|type-code|value"; ":text" kText of display or text
//   reference  kTerm "Patient/1", the absolute URL, or the canonical with and without |version;
//              ":identifier" kTerm "#identifier|system|value", "#identifier||value" and
//              "#identifier|system|"
//   uri        kText "<uri>\x1f": begins with it (:below), is it (with the \x1f)
//   string     kText "<normalised>\x1f<as written>\x1f": begins with, :contains, :exact
//   date       kRange: what the precision covers, half open
//   number     kRange of one point: what was written, exactly; a Range from end to end
//   quantity   kRange up to four times: key "" (any unit), "|unit", "|code" and "system|code"
//   composite  kTerm or kRange whose key begins with the other components' terms
//   token and reference: kTerm "#present" once when there is a value and R4 does not demand one
//   (:missing; of the other types any entry says so)
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
