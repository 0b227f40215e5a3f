// The structure of FHIR types as data, one line a type.
//
// A line is elements separated by blanks: name:type, then ! when required, * when repeating. A
// choice is name[x] with its types separated by commas, ? for every type an extension may hold. A
// code lists its required codes (code=a|b), a reference its targets (Reference(A|B)). A backbone
// element's type is its path.
#pragma once

#include <span>
#include <string_view>

namespace fhir {

struct SchemaRow {
  std::string_view type;
  std::string_view elements;
};

std::span<const SchemaRow> SchemaRows();

// The types that ? stands for, separated by blanks.
// http://hl7.org/fhir/R4/datatypes.html#open
std::string_view OpenTypes();

}  // namespace fhir
