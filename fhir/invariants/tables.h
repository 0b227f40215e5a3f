// The rules by subject; fhir/invariants.h shows them as one list.
// http://hl7.org/fhir/R4/conformance-rules.html#constraints
#pragma once

#include <span>

#include "fhir/invariants.h"

namespace fhir::invariants {

std::span<const Invariant> OfDataTypes();  // and of every element and resource
std::span<const Invariant> OfDomain();     // what the gateway itself reads
std::span<const Invariant> OfCare();       // clinical, workflow, administration
std::span<const Invariant> OfConformance();
std::span<const Invariant> OfStructureDefinitions();

}  // namespace fhir::invariants
