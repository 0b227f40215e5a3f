// Cases as data: what is given, what is wanted. One form for `psgateway evaluate`, the tests and
// the conformance suite; conformance/cases/README.md explains it to its authors.
#pragma once

#include <string>
#include <vector>

#include "consent/given.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

struct Case {
  std::string note;    // its name: unique in its file
  std::string source;  // the rule or law it shows
  Given given;
  fhir::json::Value want;
};

// One case: {note, source, given, want}. kInvalid with the path on an unknown key or a bad value.
fhir::Result<Case> ReadCase(const fhir::json::Value& json);

// A whole file: an array of cases, one case, or {"fixtures": {name: value}, "cases": [...]}. In the
// last form a string "@name" inside `given` stands for a fixture, and {"@name": {...}} for a
// fixture with members replaced. Errors carry the place ("cases[3].given.now").
fhir::Result<std::vector<Case>> ReadCases(const fhir::json::Value& file);

struct CaseResult {
  std::string note;
  fhir::json::Value got;  // ToJson of the decision
  bool ok = false;
  std::vector<std::string> differences;  // one sentence each; empty when ok
};

CaseResult RunCase(const Case& test_case);

}  // namespace consent
