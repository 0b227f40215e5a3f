// JSON Patch (RFC 6902) of a resource. http://hl7.org/fhir/R4/http.html#patch
#pragma once

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace fhir {

// The target with every operation of `patch` done in order, or nothing of it. Numbers are compared
// by their text: in FHIR 1.0 and 1.00 differ. Errors, their path naming the operation ("patch[2]"):
//   kMalformed  the patch is not one
//   kInvalid    a path leads nowhere, or a test does not hold
//   kTooCostly  more operations or a larger result than anybody needs
Result<json::Value> ApplyJsonPatch(json::Value target, const json::Value& patch);

}  // namespace fhir
