// The rows of schema_table.h made ready for look-up, each when it is first asked for.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/primitive.h"
#include "fhir/value_set.h"

namespace fhir {

struct Invariant;
struct Structure;

struct ElementRule {
  static constexpr uint16_t kNoRow = std::numeric_limits<uint16_t>::max();

  std::string member;     // in JSON: "deceasedBoolean"
  std::string_view name;  // as FHIRPath says it: "deceased"
  uint16_t index = 0;     // of the name within its structure; the types of a choice share it
  bool is_choice = false;
  bool is_required = false;
  bool repeats = false;
  bool in_summary = false;
  std::optional<Primitive> primitive;
  uint16_t row = kNoRow;     // of the structure; none for a primitive and for a whole resource
  ValueSet codes;            // of a required binding, or the widest that another one allows
  bool may_be_text = false;  // of the other: a concept may be without any code
  std::string_view targets;  // of a reference: "A|B", or empty for any

  // nullptr when there is no row.
  const Structure* structure() const;
};

// Immutable.
struct Structure {
  // No structure of R4 has more elements; a walk may keep an array of them.
  static constexpr size_t kMostElements = 96;

  std::string_view name;
  std::vector<ElementRule> elements;                            // sorted by member
  std::vector<std::pair<uint16_t, std::string_view>> required;  // index and name
  std::vector<const Invariant*> invariants;                     // of the bases, too
  std::vector<uint16_t> slots;  // hash table over `elements`: place + 1; 0: free

  const ElementRule* Find(std::string_view member) const;
};

// nullptr for a name that the table does not have. Any thread; what is answered lives for ever.
const Structure* FindStructure(std::string_view name);

}  // namespace fhir
