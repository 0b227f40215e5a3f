#include "fhir/code_tree.h"

#include <algorithm>

namespace fhir {

CodeTree::CodeTree(std::string_view root) {
  const auto [begin, end] = std::ranges::equal_range(CodeTreeRows(), root, {},
                                                     [](const CodeTreeRow& r) { return r.root; });
  for (const CodeTreeRow& row : std::span<const CodeTreeRow>(begin, end)) {
    rows_.emplace(row.code, &row);
  }
}

const CodeTreeRow* CodeTree::Find(std::string_view code) const {
  const auto row = rows_.find(code);
  return row != rows_.end() ? row->second : nullptr;
}

bool CodeTree::Covers(std::string_view wide, std::string_view narrow) const {
  if (wide == narrow) return true;
  const CodeTreeRow* row = Find(narrow);
  while (row != nullptr && row->parent != wide) {
    row = row->above < 0 ? nullptr : &CodeTreeRows()[static_cast<size_t>(row->above)];
  }
  return row != nullptr;
}

}  // namespace fhir
