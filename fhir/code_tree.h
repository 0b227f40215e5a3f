// Code systems with a hierarchy, generated out of the official definitions at build time
// (tables/generate_code_trees.mjs): which code includes which.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

namespace fhir {

struct CodeTreeRow {
  std::string_view root;  // the code that the tree hangs from
  std::string_view code;
  std::string_view parent;
  int16_t above;  // place of the parent's row; -1 where that is the root
};
std::span<const CodeTreeRow> CodeTreeRows();  // sorted by root, then code

// Immutable. Made once and kept: it indexes its codes.
class CodeTree {
 public:
  // "PurposeOfUse" of v3-ActReason or "_InformationSensitivityPolicy" of v3-ActCode; under any
  // other root there are no codes.
  explicit CodeTree(std::string_view root);

  bool Has(std::string_view code) const { return Find(code) != nullptr; }
  // Whether `wide` is `narrow` or one of its ancestors. A code that is not in the tree covers
  // itself only; the root covers every code in it.
  bool Covers(std::string_view wide, std::string_view narrow) const;

 private:
  const CodeTreeRow* Find(std::string_view code) const;
  std::unordered_map<std::string_view, const CodeTreeRow*> rows_;
};

}  // namespace fhir
