#include "adapters/http_post.h"

#include <gtest/gtest.h>

#include "receiver_process.h"

namespace adapters::testing {
namespace {

using fhir::ErrorCode;

constexpr std::chrono::milliseconds kPatience{20'000};

HttpRequest RequestTo(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.content_type = "application/json";
  request.body = "{}";
  request.trust = Certificates::Get().Trust();
  return request;
}

TEST(HttpPostTest, StatusesSayHowSureTheFailureIs) {
  struct Case {
    int status;
    bool retry_after;
    ErrorCode want;
  };
  for (const Case& c : {Case{400, false, ErrorCode::kInvalid},
                        {404, false, ErrorCode::kInvalid},
                        {422, false, ErrorCode::kInvalid},
                        {401, false, ErrorCode::kUnavailable},
                        {403, false, ErrorCode::kForbidden},
                        {408, false, ErrorCode::kUnavailable},
                        {409, false, ErrorCode::kUncertain},
                        {429, true, ErrorCode::kThrottled},
                        {302, false, ErrorCode::kUncertain},
                        {307, false, ErrorCode::kUnavailable},
                        {500, false, ErrorCode::kUncertain},
                        {502, true, ErrorCode::kUncertain},
                        {503, false, ErrorCode::kUncertain},
                        {503, true, ErrorCode::kUnavailable},
                        {0, false, ErrorCode::kUncertain}}) {
    const fhir::Status status = StatusOfAnswer(c.status, c.retry_after);
    ASSERT_FALSE(status.ok()) << c.status;
    EXPECT_EQ(status.error().code, c.want) << c.status;
  }
  EXPECT_TRUE(StatusOfAnswer(200, false).ok());
  EXPECT_TRUE(StatusOfAnswer(204, false).ok());
}

TEST(HttpPostTest, SeesRetryAfter) {
  const ReceiverProcess receiver("http_receiver.mjs",
                                 {"--mode", "status", "--status", "503", "--retry-after", "30"});
  const auto answer = HttpPost(RequestTo(receiver.Url("/sms")), kPatience);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(answer->retry_after);
  EXPECT_EQ(answer->wait, std::chrono::seconds(30));
}

TEST(HttpPostTest, ReadsRetryAfterInBothFormsAndBoundsIt) {
  const fhir::Instant now = *fhir::ParseInstant("2026-11-18T18:00:00Z");
  const auto wait = [&](std::string_view value) { return ReadRetryAfter(value, now).count(); };
  EXPECT_EQ(wait(" 60\r\n"), 60);
  EXPECT_EQ(wait("Wed, 18 Nov 2026 18:01:00 GMT"), 60);
  EXPECT_EQ(wait("Wed, 18 Nov 2026 17:59:00 GMT"), 0);
  EXPECT_EQ(wait("Fri, 18 Nov 2033 18:00:00 GMT"), 86'400);
  EXPECT_EQ(wait("999999"), 86'400);
  EXPECT_EQ(wait("99999999999999999999999"), 86'400);
  for (const char* odd : {"", " ", "-5", "1.5", "soon", "60 s"}) EXPECT_EQ(wait(odd), 0) << odd;
}

TEST(HttpPostTest, AVendorsForbiddenIsAboutOurAccount) {
  HttpAnswer answer;
  answer.status = 403;
  EXPECT_EQ(StatusOfVendor(answer).error().code, ErrorCode::kUnavailable);
  answer.status = 400;
  EXPECT_EQ(StatusOfVendor(answer).error().code, ErrorCode::kInvalid);
}

TEST(HttpPostTest, AnswerIsBounded) {
  const ReceiverProcess receiver("http_receiver.mjs", {"--answer-bytes", "300000000"});
  HttpRequest request = RequestTo(receiver.Url("/anything"));
  request.max_answer_bytes = 100'000;
  const auto answer = HttpPost(request, kPatience);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->truncated);
  EXPECT_LE(answer->body.size(), 100'000u);
}

TEST(HttpPostTest, HeaderInjectionIsRefused) {
  for (const HttpHeader& header :
       {HttpHeader{"X-A", "1\r\nX-B: 2"}, {"X-A\r\nX-B", "2"}, {"X-A: 1", "2"}, {"X-A", "ü"}}) {
    HttpRequest request = RequestTo("https://localhost:1/");
    request.headers = {header};
    const auto answer = HttpPost(request, kPatience);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalid);
  }
}

TEST(HttpPostTest, ShowsItsClientCertificate) {
  const TempDir dir;
  const std::string ca = Certificates::Get().Trust().ca_file;
  const ReceiverProcess receiver("http_receiver.mjs",
                                 {"--mode", "status", "--status", "200", "--client-ca", ca});
  HttpRequest request = RequestTo(receiver.Url("/"));
  EXPECT_FALSE(HttpPost(request, kPatience).ok());
  request.trust = Certificates::Get().TrustWithClient();
  const auto answer = HttpPost(request, kPatience);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
}

}  // namespace
}  // namespace adapters::testing
