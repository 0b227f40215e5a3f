// One JSON value over another, as fixtures and policy packs are varied in case files.
#pragma once

#include "fhir/json/value.h"

namespace consent {

// Objects member by member, null removes, everything else replaces (RFC 7396).
fhir::json::Value LaidOver(fhir::json::Value base, const fhir::json::Value& over);

}  // namespace consent
