// The elements that R4 marks as part of a resource's summary, at every depth.
// http://hl7.org/fhir/R4/search.html#summary
#pragma once

#include "fhir/resource.h"

namespace fhir {

// Leaves of the resource what is in its summary, and beneath that what is in the summary of each
// data type and backbone element; besides, what the definition demands, so that it stays valid, and
// what modifies the meaning. A resource inside a resource (of a Bundle, of Parameters) stays whole.
void KeepSummary(Resource& resource);

}  // namespace fhir
