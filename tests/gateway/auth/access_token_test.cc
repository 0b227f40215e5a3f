#include "gateway/auth/access_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "gateway/auth/jws.h"
#include "tests/gateway/auth/signing.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr fhir::Instant kNow{1'800'000'000'000ms};
const std::string kKey(32, 'k');

Caller Hub() {
  Caller caller;
  caller.client = "hub-1";
  caller.tenant = "aurora-pharma";
  caller.programme = "aurora";
  caller.token_id = "t1";
  caller.expires = kNow + 300s;
  return caller;
}

class AccessTokenTest : public ::testing::Test {
 protected:
  std::string Refusal(std::string_view token, fhir::Instant now = kNow) {
    auto caller = tokens_.Verify(token, now);
    if (caller.ok()) return "";
    EXPECT_EQ(caller.error().code, fhir::ErrorCode::kUnauthenticated);
    return caller.error().message;
  }
  AccessTokens tokens_{kKey, "https://gateway.example"};
  std::string token_ = tokens_.Issue(Hub(), "system/Patient.rs", kNow);
};

TEST_F(AccessTokenTest, SaysWhoCalls) {
  for (int round = 0; round < 2; ++round) {  // the second answer comes from the cache
    auto caller = tokens_.Verify(token_, kNow);
    ASSERT_TRUE(caller.ok()) << caller.error().message;
    EXPECT_EQ(caller->client, "hub-1");
    EXPECT_EQ(caller->tenant, "aurora-pharma");
    EXPECT_EQ(caller->programme, "aurora");
    EXPECT_EQ(caller->token_id, "t1");
    EXPECT_EQ(caller->scope_text, "system/Patient.rs");
    EXPECT_TRUE(caller->May(Access::kRead, "Patient"));
    EXPECT_FALSE(caller->May(Access::kCreate, "Patient"));
  }
}

TEST_F(AccessTokenTest, EndsWhenItSaysAlsoInTheCache) {
  EXPECT_EQ(Refusal(token_, kNow + 299s), "");
  EXPECT_THAT(Refusal(token_, kNow + 300s), HasSubstr("expired"));
  AccessTokens other(kKey, "https://gateway.example");
  EXPECT_FALSE(other.Verify(token_, kNow + 300s).ok());
}

TEST_F(AccessTokenTest, EveryChangedCharacterIsNoticed) {
  ASSERT_EQ(Refusal(token_), "");
  for (size_t i = 0; i < token_.size(); ++i) {
    std::string changed = token_;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(Refusal(changed), "") << i;
  }
  EXPECT_NE(Refusal(token_ + "A"), "");
  EXPECT_NE(Refusal(token_.substr(0, token_.size() - 1)), "");
}

TEST_F(AccessTokenTest, AnotherKeyOrIssuerIsRefused) {
  EXPECT_NE(Refusal(AccessTokens(std::string(32, 'x'), "https://gateway.example")
                        .Issue(Hub(), "system/*.cruds", kNow)),
            "");
  EXPECT_NE(
      Refusal(AccessTokens(kKey, "https://other.example").Issue(Hub(), "system/*.cruds", kNow)),
      "");
}

TEST_F(AccessTokenTest, AlgNoneIsRefused) {
  Value header;
  header.Set("alg", Value::String("none"));
  Value claims;
  claims.Set("iss", Value::String("https://gateway.example"));
  claims.Set("exp", NumericDate(kNow + 300s));
  EXPECT_NE(Refusal(testing::Compact(header, claims, "")), "");
}

TEST_F(AccessTokenTest, ARevokedTokenIsRefusedAndOthersAreNot) {
  Caller other = Hub();
  other.token_id = "t2";
  std::string second = tokens_.Issue(other, "system/*.rs", kNow);
  ASSERT_EQ(Refusal(token_), "");
  tokens_.Revoke("t1", kNow + 300s, kNow);
  EXPECT_THAT(Refusal(token_), HasSubstr("revoked"));
  EXPECT_EQ(Refusal(second), "");
}

}  // namespace
}  // namespace gateway::auth
