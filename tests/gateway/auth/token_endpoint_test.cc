#include "gateway/auth/token_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>

#include "fhir/json/json.h"
#include "tests/gateway/auth/gateway_folder.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;
using testing::Claims;
using testing::GatewayFolder;
using ::testing::HasSubstr;
using testing::Header;
using testing::kTokenUrl;
using namespace std::chrono_literals;

Value Body(const http::Response& response) {
  fhir::Result<Value> json = fhir::json::Parse(response.body);
  EXPECT_TRUE(json.ok()) << response.body;
  return json.ok() ? *json : Value();
}

std::string FieldOf(const http::Response& response, std::string_view name) {
  for (const http::Field& field : response.fields) {
    if (field.name == name) return field.value;
  }
  return "";
}

class TokenEndpointTest : public ::testing::Test {
 protected:
  // "401 invalid_client"
  std::string Refusal(const http::Request& request) {
    http::Response response = folder_.Token(request);
    EXPECT_EQ(FieldOf(response, "Cache-Control"), "no-store");
    if (response.status == 200) return "200";
    return std::to_string(response.status) + " " + Body(response)["error"].text();
  }
  std::string RefusalOf(const std::map<std::string, std::string>& form) {
    return Refusal(folder_.TokenRequest(form));
  }
  std::vector<store::AuditRow> Journal() {
    auto rows = folder_.north().store->ReadJournal(-1, 100);
    EXPECT_TRUE(rows.ok());
    return rows.ok() ? *rows : std::vector<store::AuditRow>{};
  }
  http::Response Ask(void (*handle)(const http::Request&, const TokenEndpoint&, http::Respond),
                     const std::string& token) {
    std::promise<http::Response> promise;
    TokenEndpoint endpoint{folder_.north(), "aurora",  folder_.replay,
                           folder_.clock,   kTokenUrl, 300};
    handle(folder_.TokenRequest({{"token", token}}), endpoint,
           [&](http::Response response) { promise.set_value(std::move(response)); });
    return promise.get_future().get();
  }

  GatewayFolder folder_;
};

TEST_F(TokenEndpointTest, AGoodAssertionGetsATokenAndARowInTheJournal) {
  http::Response response = folder_.Token(folder_.TokenRequest());
  ASSERT_EQ(response.status, 200) << response.body;
  Value body = Body(response);
  EXPECT_EQ(body["token_type"].text(), "bearer");
  EXPECT_EQ(body["expires_in"].text(), "300");
  EXPECT_EQ(body["scope"].text(), "system/Patient.rs");
  EXPECT_EQ(FieldOf(response, "Content-Type"), "application/json");
  EXPECT_EQ(FieldOf(response, "Cache-Control"), "no-store");
  auto caller = folder_.north().tokens->Verify(body["access_token"].text(), folder_.clock.now);
  ASSERT_TRUE(caller.ok()) << caller.error().message;
  EXPECT_EQ(caller->client, "hub-1");
  EXPECT_EQ(caller->tenant, "north");

  std::vector<store::AuditRow> rows = Journal();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].action, "token");
  EXPECT_EQ(rows[0].client, "hub-1");
  EXPECT_EQ(rows[0].programme, "aurora");
  EXPECT_EQ(rows[0].outcome, "0");
  EXPECT_EQ(rows[0].subject, caller->token_id);
}

TEST_F(TokenEndpointTest, GrantsWhatIsAskedForAndRegistered) {
  EXPECT_EQ(
      Body(folder_.Token(folder_.TokenRequest({{"scope", "system/*.cruds"}})))["scope"].text(),
      "system/*.rs system/Patient.cruds");
  EXPECT_EQ(RefusalOf({{"scope", "system/Consent.cud"}}), "400 invalid_scope");
  EXPECT_EQ(RefusalOf({{"scope", ""}}), "400 invalid_scope");
}

TEST_F(TokenEndpointTest, AnAssertionCountsOnce) {
  http::Request request = folder_.TokenRequest();
  EXPECT_EQ(Refusal(request), "200");
  EXPECT_EQ(Refusal(request), "401 invalid_client");
  EXPECT_THAT(Journal()[1].detail, HasSubstr("used before"));
}

TEST_F(TokenEndpointTest, TheFormMustBeRight) {
  EXPECT_EQ(RefusalOf({{"grant_type", "password"}}), "400 unsupported_grant_type");
  EXPECT_EQ(RefusalOf({{"grant_type", ""}}), "400 invalid_request");
  EXPECT_EQ(RefusalOf({{"client_assertion_type", "jwt"}}), "400 invalid_request");
  EXPECT_EQ(RefusalOf({{"client_assertion", ""}}), "401 invalid_client");
  EXPECT_EQ(RefusalOf({{"client_id", "hub-2"}}), "400 invalid_request");

  auto changed = [&](const std::function<void(http::Request&)>& change) {
    http::Request request = folder_.TokenRequest();
    change(request);
    return Refusal(request);
  };
  EXPECT_EQ(changed([](http::Request& r) { r.method = "GET"; }), "405 invalid_request");
  EXPECT_EQ(changed([](http::Request& r) { r.query = "scope=x"; }), "400 invalid_request");
  EXPECT_EQ(changed([](http::Request& r) { r.body += "&scope=system/*.rs"; }),
            "400 invalid_request");
  EXPECT_EQ(changed([](http::Request& r) { r.fields[0].value = "application/json"; }),
            "400 invalid_request");
  EXPECT_EQ(changed([](http::Request& r) {
              r.fields[0].value = "Application/X-WWW-Form-Urlencoded ; charset=UTF-8";
            }),
            "200");
  EXPECT_EQ(changed([](http::Request& r) {
              r.fields.push_back({"Authorization", "Basic eA=="});
            }),
            "400 invalid_request");
  EXPECT_EQ(changed([](http::Request& r) { r.body += "&x=" + std::string(40'000, 'x'); }),
            "400 invalid_request");
}

TEST_F(TokenEndpointTest, WhoDoesNotHoldTheKeyLearnsNothing) {
  testing::SigningKey stranger(testing::KeyType::kP384);
  auto described = [&](const std::string& assertion) {
    return folder_.Token(folder_.TokenRequest({{"client_assertion", assertion}})).body;
  };
  std::string wrong_key = described(stranger.Sign(
      Header("ES384", folder_.kid), Claims("hub-1", kTokenUrl, "a", folder_.clock.now)));
  std::string unknown = described(stranger.Sign(
      Header("ES384", folder_.kid), Claims("hub-9", kTokenUrl, "b", folder_.clock.now)));
  folder_.PutClient("hub-2", "borealis");
  std::string other_programme = described(folder_.key.Sign(
      Header("ES384", folder_.kid), Claims("hub-2", kTokenUrl, "c", folder_.clock.now)));
  folder_.PutClient("hub-3", "aurora", true);
  std::string disabled = described(folder_.key.Sign(
      Header("ES384", folder_.kid), Claims("hub-3", kTokenUrl, "d", folder_.clock.now)));
  EXPECT_THAT(wrong_key, HasSubstr("invalid_client"));
  EXPECT_EQ(wrong_key, unknown);
  EXPECT_EQ(wrong_key, other_programme);
  EXPECT_EQ(wrong_key, disabled);

  std::vector<store::AuditRow> rows = Journal();
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_THAT(rows[0].detail, HasSubstr("not signed by"));
  EXPECT_EQ(rows[1].client, "");  // an unknown id may be anything
  EXPECT_THAT(rows[3].detail, HasSubstr("disabled"));
}

TEST_F(TokenEndpointTest, TheHolderOfTheKeyLearnsWhatIsWrong) {
  Value claims = Claims("hub-1", "https://other.example/token", "a", folder_.clock.now);
  http::Response response = folder_.Token(folder_.TokenRequest(
      {{"client_assertion", folder_.key.Sign(Header("ES384", folder_.kid), claims)}}));
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(response.body, HasSubstr("aud"));
}

TEST_F(TokenEndpointTest, Introspection) {
  std::string token = folder_.GoodToken();
  Value body = Body(Ask(HandleIntrospect, token));
  EXPECT_TRUE(body["active"].boolean());
  EXPECT_EQ(body["client_id"].text(), "hub-1");
  EXPECT_EQ(body["scope"].text(), "system/Patient.rs");
  EXPECT_FALSE(Body(Ask(HandleIntrospect, token + "x"))["active"].boolean());
  folder_.clock.now += 301s;
  Value expired = Body(Ask(HandleIntrospect, token));
  EXPECT_FALSE(expired["active"].boolean());
  EXPECT_EQ(expired.size(), 1u);
}

TEST_F(TokenEndpointTest, ARevokedTokenIsDeadAlsoAfterARestart) {
  std::string token = folder_.GoodToken();
  EXPECT_EQ(Ask(HandleRevoke, "nonsense").status, 200);
  EXPECT_TRUE(folder_.north().tokens->Verify(token, folder_.clock.now).ok());
  EXPECT_EQ(Ask(HandleRevoke, token).status, 200);
  EXPECT_FALSE(folder_.north().tokens->Verify(token, folder_.clock.now).ok());
  folder_.Reopen();
  EXPECT_FALSE(folder_.north().tokens->Verify(token, folder_.clock.now).ok());
}

TEST(TokenUrlTest, IsWhatSmartConfigurationSays) {
  EXPECT_EQ(TokenUrl("https://gateway.example", "aurora"), kTokenUrl);
}

}  // namespace
}  // namespace gateway::auth
