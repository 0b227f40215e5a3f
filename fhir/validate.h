// Whether a resource may be stored. All findings at once, each with the element's path, never a
// value.
#pragma once

#include <vector>

#include "fhir/issue.h"
#include "fhir/resource.h"

namespace fhir {

// Structure of every R4 type (today: names of elements, required elements, required status codes
// and primitive grammar of the types of our domain) and our own rules for Consent,
// CommunicationRequest, Communication and Task. An empty list, or one without errors, means: may be
// stored.
std::vector<Issue> Validate(const Resource& resource);

bool HasErrors(const std::vector<Issue>& issues);

}  // namespace fhir
