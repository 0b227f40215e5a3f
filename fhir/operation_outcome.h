// OperationOutcome content. http://hl7.org/fhir/R4/operationoutcome.html
#pragma once

#include <string>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace fhir {

json::Value OperationOutcome(const std::vector<Issue>& issues);
// One issue for the error itself, or its findings when it carries some. `code` is the issue-type
// code.
json::Value OperationOutcome(const Error& error, std::string_view code);

}  // namespace fhir
