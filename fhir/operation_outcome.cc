#include "fhir/operation_outcome.h"

#include <utility>

namespace fhir {
namespace {

std::string SeverityCode(Severity severity) {
  switch (severity) {
    case Severity::kFatal:
      return "fatal";
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInformation:
      return "information";
  }
  return "error";
}

json::Value Render(const Issue& issue) {
  json::Value result = json::Value::Object();
  result.Set("severity", json::Value::String(SeverityCode(issue.severity)));
  result.Set("code", json::Value::String(issue.code.empty() ? "processing" : issue.code));
  if (!issue.message.empty()) result.Set("diagnostics", json::Value::String(issue.message));
  if (!issue.expression.empty()) {
    result.Set("expression", json::Value::Array({json::Value::String(issue.expression)}));
  }
  return result;
}

}  // namespace

json::Value OperationOutcome(const std::vector<Issue>& issues) {
  json::Value outcome = json::Value::Object();
  outcome.Set("resourceType", json::Value::String("OperationOutcome"));
  json::Value& list = outcome.Set("issue", json::Value::Array());
  for (const Issue& issue : issues) list.Add(Render(issue));
  // issue is 1..*, so "nothing found" needs words too.
  if (issues.empty()) {
    list.Add(Render({Severity::kInformation, "informational", "no issues found", ""}));
  }
  return outcome;
}

json::Value OperationOutcome(const Error& error, std::string_view code) {
  if (!error.findings.empty()) return OperationOutcome(error.findings);
  return OperationOutcome(
      std::vector<Issue>{{Severity::kError, std::string(code), error.message, error.path}});
}

}  // namespace fhir
