// One finding about the data: what is wrong and where, never the value itself.
#pragma once

#include <string>

namespace fhir {

// http://hl7.org/fhir/R4/valueset-issue-severity.html
enum class Severity { kFatal, kError, kWarning, kInformation };

struct Issue {
  Severity severity = Severity::kError;
  std::string code;     // http://hl7.org/fhir/R4/valueset-issue-type.html, e.g. "required", "value"
  std::string message;  // one lower-case sentence in domain words, without any value of the data
  std::string expression;  // FHIRPath of the element, e.g. "Consent.provision.period"; may be empty

  friend bool operator==(const Issue&, const Issue&) = default;
};

}  // namespace fhir
