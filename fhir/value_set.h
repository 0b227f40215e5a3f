// The value sets of R4's required bindings. http://hl7.org/fhir/R4/terminologies.html#required
#pragma once

#include <span>
#include <string_view>

#include "fhir/schema_table.h"

namespace fhir {

// Immutable, cheap to copy. Without a name it binds nothing.
class ValueSet {
 public:
  ValueSet() = default;
  // `name` is the last part of the set's canonical: "administrative-gender".
  explicit ValueSet(std::string_view name);

  bool is_bound() const { return grammar_ != nullptr || !rows_.empty(); }
  bool Has(std::string_view code) const;
  bool Has(std::string_view system, std::string_view code) const;

 private:
  std::span<const CodesRow> rows_;
  // For systems of which no list of codes exists.
  bool (*grammar_)(std::string_view code) = nullptr;
  std::string_view grammar_system_;
};

// type/subtype and parameters (RFC 6838), or one of the short forms that FHIR allows: json, xml,
// ttl.
bool IsMimeType(std::string_view text);
// A language tag (BCP 47): well-formed, not looked up in the registry.
bool IsLanguageTag(std::string_view text);
// ISO 4217: three capital letters.
bool IsCurrency(std::string_view text);
// UCUM: brackets balanced, no blank outside of an annotation. Not whether the units exist.
bool IsUcumUnit(std::string_view text);

// Whether `word` is one of "a|b|c".
bool IsListed(std::string_view list, std::string_view word);

}  // namespace fhir
