#include "fhir/validate.h"

#include <algorithm>

namespace fhir {

std::vector<Issue> Validate(const Resource&) { return {}; }

bool HasErrors(const std::vector<Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const Issue& issue) {
    return issue.severity == Severity::kError || issue.severity == Severity::kFatal;
  });
}

}  // namespace fhir
