// FHIRPath Patch. http://hl7.org/fhir/R4/fhirpatch.html
#pragma once

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace fhir {

// The resource with every operation of the Parameters done in order, or nothing of it. Errors,
// their path naming the operation ("Parameters.parameter[2]"):
//   kMalformed  no such Parameters, operation or path
//   kInvalid    a path leads to several places or to none, an index is outside
Result<json::Value> ApplyFhirPathPatch(json::Value resource, const json::Value& parameters);

}  // namespace fhir
