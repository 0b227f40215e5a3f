// Whether a resource can be read at all: each member that R4 knows has the JSON kind that R4 gives
// it. Far less than validation, for whoever must not take an unreadable element for an absent one.
#pragma once

#include "fhir/json/value.h"

namespace fhir {

// Of a resource's JSON; its resourceType names the structure. Unknown members are passed over.
// False for an unknown type.
bool HasShape(const json::Value& resource);

}  // namespace fhir
