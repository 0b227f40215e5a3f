#include "gateway/http/http_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/json/json.h"

namespace gateway::http {
namespace {

struct Row {
  fhir::ErrorCode code;
  int status;
  const char* issue;
};

TEST(HttpErrorTest, EveryErrorHasItsStatusAndIssueCode) {
  using enum fhir::ErrorCode;
  const Row rows[] = {
      {kMalformed, 400, "structure"},
      {kInvalid, 422, "invalid"},
      {kUnauthenticated, 401, "login"},
      {kForbidden, 403, "forbidden"},
      {kNotFound, 404, "not-found"},
      {kGone, 410, "deleted"},
      {kNotSupported, 501, "not-supported"},
      {kMethodNotAllowed, 405, "not-supported"},
      {kNotAcceptable, 406, "not-supported"},
      {kUnsupportedMediaType, 415, "not-supported"},
      {kConflict, 409, "conflict"},
      {kPreconditionFailed, 412, "conflict"},
      {kTooLarge, 413, "too-long"},
      {kTooCostly, 422, "too-costly"},
      {kThrottled, 429, "throttled"},
      {kUnavailable, 503, "transient"},
      {kTimeout, 504, "timeout"},
      {kUncertain, 500, "exception"},
      {kInternal, 500, "exception"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ToHttp(row.code).status, row.status);
    EXPECT_EQ(ToHttp(row.code).issue_code, row.issue);
  }
}

TEST(HttpErrorTest, TheAnswerIsAnOperationOutcomeWithThePath) {
  const Response response = ErrorResponse(fhir::Fail(
      fhir::ErrorCode::kInvalid, "period end precedes start", "Consent.provision.period"));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.fields[0].name, "Content-Type");
  EXPECT_THAT(response.fields[0].value, testing::StartsWith("application/fhir+json"));
  const auto outcome = fhir::json::Parse(response.body);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ((*outcome)["resourceType"].text(), "OperationOutcome");
  EXPECT_EQ((*outcome)["issue"].at(0)["code"].text(), "invalid");
  EXPECT_EQ((*outcome)["issue"].at(0)["expression"].at(0).text(), "Consent.provision.period");
}

TEST(HttpErrorTest, AnUnauthenticatedAnswerNamesTheWayIn) {
  const Response response = ErrorResponse(fhir::Fail(fhir::ErrorCode::kUnauthenticated, "no"));
  ASSERT_EQ(response.fields.size(), 2u);
  EXPECT_EQ(response.fields[1].name, "WWW-Authenticate");
}

}  // namespace
}  // namespace gateway::http
