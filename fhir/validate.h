// Whether a resource may be stored. All findings at once, each with the element's path, never a
// value.
#pragma once

#include <vector>

#include "fhir/issue.h"
#include "fhir/resource.h"

namespace fhir {

// Every R4 type, at every depth, contained resources and those of Bundles and Parameters too:
// names, cardinality, types, grammar, required codes and reference targets (schema_table.h), the
// rules of invariants.h, the narrative, and the extensions of fhir/profiles. The types that
// decisions are read from (RefusesModifiers) are strict: a modifierExtension anywhere or
// implicitRules is an error. At most a hundred findings, then a line that counts the rest. An empty
// list, or one without errors, means: may be stored. Any thread; linear in the size of the
// resource.
std::vector<Issue> Validate(const Resource& resource);

bool HasErrors(const std::vector<Issue>& issues);

}  // namespace fhir
