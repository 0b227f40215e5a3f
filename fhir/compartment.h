// The patient whose compartment a resource is in.
// http://hl7.org/fhir/R4/compartmentdefinition-patient.html
#pragma once

#include <string>

#include "fhir/resource.h"

namespace fhir {

// "Patient/id", or empty. A Patient is its own.
std::string PatientOf(const Resource& resource);

// Whether the resource may say something of a patient, whoever he is: false only where R4 classes
// its type as data of nobody, of businesses or of professionals, and it refers to no person.
bool MayBeOfPatient(const Resource& resource);

}  // namespace fhir
