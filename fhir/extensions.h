// What the definition of an extension asks of its use: R4's own extensions, and those that
// fhir/profiles publishes. http://hl7.org/fhir/R4/extensibility.html#extension
#pragma once

#include <string_view>
#include <vector>

#include "fhir/invariants.h"
#include "fhir/json/value.h"

namespace fhir {

// Context, type and code of the value, and of a complex one its parts: names, types, how often.
// `holder` is the structure that has the extension ("ContactPoint"). An address below ours is known
// or wrong; of any other that nobody defines here nothing is asked.
std::vector<Breach> CheckExtension(const json::Value& extension, std::string_view holder);

}  // namespace fhir
