// The rows of schema_table.h made ready for look-up.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/primitive.h"

namespace fhir {

struct Structure;

struct ElementRule {
  std::string_view name;  // as FHIRPath says it: "deceased" for deceasedBoolean
  std::optional<Primitive> primitive;
  const Structure* structure = nullptr;  // when no primitive; none for a whole resource
  bool is_choice = false;
  bool is_required = false;
  bool repeats = false;
  std::string_view codes;    // "a|b", or empty
  std::string_view targets;  // "A|B", or empty for any
};

// Immutable.
struct Structure {
  std::string_view name;
  std::map<std::string, ElementRule, std::less<>> elements;  // by JSON member name
  std::vector<std::string_view> required;                    // names as FHIRPath says them

  const ElementRule* Find(std::string_view member) const {
    const auto found = elements.find(member);
    return found != elements.end() ? &found->second : nullptr;
  }
};

// nullptr for a type that the table does not have. Any thread.
const Structure* FindStructure(std::string_view type);

// Whether `word` is one of "a|b|c".
bool IsListed(std::string_view list, std::string_view word);

}  // namespace fhir
