// The generated table of search parameters. tables/generate_search_parameters.mjs writes it.
//
// A line: name, kind, "!" when every valid resource has a value, target types, parts; separated by
// tabs. A part is "type system expression": the FHIR type it leads to ("*": the JSON says it), the
// system its codes are from ("-": they say it), the FHIRPath; parts are separated by semicolons. A
// composite has its components as one more field: "kind targets type expression", separated alike.
#pragma once

#include <span>
#include <string_view>

namespace fhir {

struct ParameterRows {
  std::string_view type;
  std::string_view lines;
};

// "Resource" first, then every type in the order of names.
std::span<const ParameterRows> AllParameterRows();

}  // namespace fhir
