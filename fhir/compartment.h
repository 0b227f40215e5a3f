// The patient whose compartment a resource is in.
// http://hl7.org/fhir/R4/compartmentdefinition-patient.html
#pragma once

#include <string>

#include "fhir/resource.h"

namespace fhir {

// "Patient/id", or empty. A Patient is its own.
std::string PatientOf(const Resource& resource);

}  // namespace fhir
