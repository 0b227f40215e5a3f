#include "fhir/operation_outcome.h"

#include <gtest/gtest.h>

#include "fhir/json/json.h"
#include "fhir/validate.h"

namespace fhir {
namespace {

TEST(OperationOutcomeTest, FindingBecomesAnIssue) {
  const json::Value outcome = OperationOutcome(
      {{Severity::kError, "required", "a required element is missing", "Consent.scope"},
       {Severity::kWarning, "value", "odd", ""}});
  EXPECT_EQ(json::Write(outcome),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required",)"
            R"("diagnostics":"a required element is missing","expression":["Consent.scope"]},)"
            R"({"severity":"warning","code":"value","diagnostics":"odd"}]})");
}

TEST(OperationOutcomeTest, ErrorIsOneIssueOrItsFindings) {
  const Error bare = Fail(ErrorCode::kNotFound, "no such resource", "");
  const json::Value one = OperationOutcome(bare, "not-found");
  ASSERT_EQ(one["issue"].size(), 1u);
  EXPECT_EQ(one["issue"].at(0)["code"].text(), "not-found");
  Error carrying = bare;
  carrying.findings = {{Severity::kError, "value", "a", "A.b"},
                       {Severity::kError, "value", "b", ""}};
  EXPECT_EQ(OperationOutcome(carrying, "invalid")["issue"].size(), 2u);
}

TEST(OperationOutcomeTest, NoFindingsIsStillAValidOutcome) {
  const json::Value outcome = OperationOutcome(std::vector<Issue>{});
  ASSERT_EQ(outcome["issue"].size(), 1u);
  EXPECT_EQ(outcome["issue"].at(0)["severity"].text(), "information");
  EXPECT_FALSE(HasErrors(Validate(*Resource::From(outcome))));
}

}  // namespace
}  // namespace fhir
