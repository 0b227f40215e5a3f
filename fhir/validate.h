// Whether a resource may be stored. All findings at once, each with the element's path, never a
// value.
#pragma once

#include <vector>

#include "fhir/issue.h"
#include "fhir/resource.h"

namespace fhir {

// Every R4 type: resourceType, ids, no null, empty string, array or object where JSON for FHIR has
// none. The types of our domain (schema_table.cc): names, cardinality, grammar, required codes and
// reference targets of every element at every depth, and the rules of invariants.h. Consent,
// CommunicationRequest, Communication, Task and Patient are read strictly: a modifierExtension
// anywhere or implicitRules is an error. An empty list, or one without errors, means: may be
// stored.
std::vector<Issue> Validate(const Resource& resource);

bool HasErrors(const std::vector<Issue>& issues);

}  // namespace fhir
