// The extensions that fhir/profiles publishes: what their StructureDefinitions say of them.
#pragma once

#include <string_view>
#include <vector>

#include "fhir/invariants.h"
#include "fhir/json/value.h"

namespace fhir {

// Whether its address is below ours: then it is known or wrong.
bool IsOwnExtension(const json::Value& extension);

// Context, type of value, and of a complex one its parts: names, types, how often.
// `holder` is the structure that has the extension ("ContactPoint").
// REQUIRES: IsOwnExtension(extension).
std::vector<Breach> CheckOwnExtension(const json::Value& extension, std::string_view holder);

}  // namespace fhir
