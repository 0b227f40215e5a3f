#include <iostream>
#include <utility>

#include "consent/case_file.h"
#include "fhir/json/json.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {
namespace {

using fhir::json::Value;

fhir::Result<std::vector<consent::Case>> ReadCaseFile(const std::string& file) {
  fhir::Result<std::string> text = ReadFile(file);
  if (!text.ok()) return text.error();
  fhir::Result<Value> json = fhir::json::ParseWithComments(*text);
  if (!json.ok()) return fhir::Fail(json.error().code, file + ": " + json.error().message);
  fhir::Result<std::vector<consent::Case>> cases = consent::ReadCases(*json);
  if (!cases.ok()) {
    return fhir::Fail(cases.error().code, file + ": " + cases.error().message, cases.error().path);
  }
  return cases;
}

void Print(const consent::Case& test_case, const consent::CaseResult& result, bool with_given) {
  Value line;
  line.Set("note", Value::String(result.note));
  line.Set("ok", Value::Bool(result.ok));
  if (!result.ok) {
    Value differences = Value::Array();
    for (const std::string& sentence : result.differences) differences.Add(Value::String(sentence));
    line.Set("differences", std::move(differences));
  }
  line.Set("got", result.got);
  if (with_given) {
    Value given = consent::WriteGiven(test_case.given);
    // Nobody else knows a case's own pack by its version.
    const consent::Policy& policy = *test_case.given.policy;
    if (policy.hash != consent::BuiltInPolicy()->hash) given.Set("policy", policy.json);
    line.Set("given", std::move(given));
  }
  std::cout << fhir::json::Write(line) << "\n";
}

}  // namespace

int Evaluate(const std::vector<std::string>& files, bool with_given) {
  size_t run = 0;
  size_t different = 0;
  bool all_read = true;
  Progress progress("evaluate", static_cast<int64_t>(files.size()));
  for (size_t i = 0; i < files.size(); ++i) {
    fhir::Result<std::vector<consent::Case>> cases = ReadCaseFile(files[i]);
    if (!cases.ok()) {
      all_read = false;
      Complain(cases.error());
      continue;
    }
    for (const consent::Case& test_case : *cases) {
      consent::CaseResult result = consent::RunCase(test_case);
      ++run;
      different += result.ok ? 0 : 1;
      Print(test_case, result, with_given);
    }
    progress.At(static_cast<int64_t>(i) + 1);
  }
  std::cout << std::flush;
  std::cerr << "evaluate: " << run << " cases, " << run - different << " come out as they say, "
            << different << " do not\n";
  return different == 0 && all_read ? 0 : 1;
}

}  // namespace gateway::cli
