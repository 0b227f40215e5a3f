#include "gateway/auth/client_assertion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/link_token.h"
#include "gateway/auth/replay_guard.h"
#include "tests/gateway/auth/signing.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;
using testing::Claims;
using testing::Compact;
using ::testing::HasSubstr;
using testing::Header;
using testing::KeyType;
using testing::SigningKey;
using namespace std::chrono_literals;

constexpr char kUrl[] = "https://gateway.example/auth/aurora/token";
constexpr fhir::Instant kNow{1'800'000'000'000ms};

class ClientAssertionTest : public ::testing::Test {
 protected:
  Client Register(const SigningKey& key) {
    std::string file = testing::WriteFile(testing::TempDir() + "/client.pem", key.PublicPem());
    fhir::Result<Value> jwk = JwkFromPem(file);
    EXPECT_TRUE(jwk.ok()) << jwk.error().message;
    Client client;
    client.id = "hub-1";
    client.programme = "aurora";
    client.scope = "system/*.cruds";
    kid_ = (*jwk)["kid"].text();
    client.jwks.Set("keys", Value::Array({std::move(*jwk)}));
    return client;
  }

  // The sentence with which a changed assertion is refused; empty when it is accepted.
  std::string Refusal(const std::function<void(Value& header, Value& claims)>& change) {
    Value header = Header("ES384", kid_);
    Value claims = Claims("hub-1", kUrl, "j1", kNow);
    change(header, claims);
    auto verified = VerifyAssertion(key_.Sign(header, claims), client_, kUrl, kNow);
    if (verified.ok()) return "";
    EXPECT_EQ(verified.error().code, fhir::ErrorCode::kUnauthenticated);
    return verified.error().message;
  }

  std::string kid_;
  SigningKey key_{KeyType::kP384};
  Client client_ = Register(key_);
};

TEST_F(ClientAssertionTest, Es384IsAccepted) {
  std::string assertion = key_.Sign(Header("ES384", kid_), Claims("hub-1", kUrl, "j1", kNow));
  EXPECT_EQ(*ClientOfAssertion(assertion), "hub-1");
  auto claims = VerifyAssertion(assertion, client_, kUrl, kNow);
  ASSERT_TRUE(claims.ok()) << claims.error().message;
  EXPECT_EQ(claims->jti, "j1");
  EXPECT_EQ(claims->expires, kNow + 4min);
}

TEST_F(ClientAssertionTest, Rs384Of3072BitsIsAccepted) {
  SigningKey rsa(KeyType::kRsa3072);
  Client client = Register(rsa);
  auto claims = VerifyAssertion(rsa.Sign(Header("RS384", kid_), Claims("hub-1", kUrl, "j", kNow)),
                                client, kUrl, kNow);
  EXPECT_TRUE(claims.ok()) << claims.error().message;
}

TEST_F(ClientAssertionTest, KeysThatAreTooWeakAreNotRegistered) {
  std::string dir = testing::TempDir();
  auto rsa =
      JwkFromPem(testing::WriteFile(dir + "/rsa.pem", SigningKey(KeyType::kRsa2048).PublicPem()));
  ASSERT_FALSE(rsa.ok());
  EXPECT_THAT(rsa.error().message, HasSubstr("3072"));
  auto p256 =
      JwkFromPem(testing::WriteFile(dir + "/ec.pem", SigningKey(KeyType::kP256).PublicPem()));
  ASSERT_FALSE(p256.ok());
  EXPECT_THAT(p256.error().message, HasSubstr("P-384"));
}

TEST_F(ClientAssertionTest, OfAPrivateKeyFileOnlyThePublicHalfIsTaken) {
  auto jwk = JwkFromPem(testing::WriteFile(testing::TempDir() + "/key.pem", key_.PrivatePem()));
  ASSERT_TRUE(jwk.ok()) << jwk.error().message;
  EXPECT_EQ(jwk->Find("d"), nullptr);
  EXPECT_EQ((*jwk)["kid"].text(), kid_);
}

TEST_F(ClientAssertionTest, AnotherKeyIsRefused) {
  SigningKey other(KeyType::kP384);
  auto claims = VerifyAssertion(
      other.Sign(Header("ES384", kid_), Claims("hub-1", kUrl, "j1", kNow)), client_, kUrl, kNow);
  ASSERT_FALSE(claims.ok());
  EXPECT_THAT(claims.error().message, HasSubstr("not signed by"));
}

TEST_F(ClientAssertionTest, ATamperedClaimIsRefused) {
  std::string good = key_.Sign(Header("ES384", kid_), Claims("hub-1", kUrl, "j1", kNow));
  std::string signature = good.substr(good.rfind('.') + 1);
  std::string forged = Compact(Header("ES384", kid_), Claims("hub-1", kUrl, "j2", kNow), signature);
  EXPECT_FALSE(VerifyAssertion(forged, client_, kUrl, kNow).ok());
}

TEST_F(ClientAssertionTest, AlgNoneIsRefused) {
  for (const char* alg : {"none", "None", "NONE", ""}) {
    std::string assertion = Compact(Header(alg, kid_), Claims("hub-1", kUrl, "j1", kNow), "");
    EXPECT_FALSE(VerifyAssertion(assertion, client_, kUrl, kNow).ok()) << alg;
  }
}

TEST_F(ClientAssertionTest, ThePublicKeyIsNotAnHmacSecret) {
  SigningKey rsa(KeyType::kRsa3072);
  Client client = Register(rsa);
  std::string input = Compact(Header("HS256", kid_), Claims("hub-1", kUrl, "j1", kNow), "");
  input.pop_back();
  for (const std::string& secret : {rsa.PublicPem(), fhir::json::Write(client.jwks)}) {
    std::string assertion = input + "." + Base64UrlEncode(HmacSha256(secret, input));
    EXPECT_FALSE(VerifyAssertion(assertion, client, kUrl, kNow).ok());
  }
}

TEST_F(ClientAssertionTest, TheAlgorithmIsTheRegisteredKeys) {
  for (const char* alg : {"RS384", "ES256", "PS384", "HS256"}) {
    EXPECT_THAT(Refusal([&](Value& h, Value&) { h.Set("alg", Value::String(alg)); }),
                HasSubstr("alg"));
  }
}

TEST_F(ClientAssertionTest, ADegenerateSignatureIsRefused) {
  // r = s = 0 satisfied some verifiers (CVE-2022-21449); a DER signature is not a JWS one.
  std::string zeros = Base64UrlEncode(std::string(96, '\0'));
  std::string assertion = Compact(Header("ES384", kid_), Claims("hub-1", kUrl, "j1", kNow), zeros);
  EXPECT_FALSE(VerifyAssertion(assertion, client_, kUrl, kNow).ok());
}

TEST_F(ClientAssertionTest, Times) {
  auto set = [this](const char* claim, fhir::Instant t) {
    return Refusal([&](Value&, Value& c) { c.Set(claim, NumericDate(t)); });
  };
  EXPECT_THAT(set("exp", kNow), HasSubstr("expired"));
  EXPECT_THAT(set("exp", kNow - 1h), HasSubstr("expired"));
  EXPECT_EQ(set("exp", kNow + 1s), "");
  EXPECT_EQ(set("exp", kNow + 5min), "");
  EXPECT_THAT(set("exp", kNow + 6min), HasSubstr("5 minutes"));
  EXPECT_THAT(set("nbf", kNow + 1min), HasSubstr("not valid yet"));
  EXPECT_THAT(set("iat", kNow + 1min), HasSubstr("not valid yet"));
  EXPECT_EQ(set("iat", kNow + 5s), "");
  EXPECT_THAT(Refusal([](Value&, Value& c) { c.Remove("exp"); }), HasSubstr("exp"));
  EXPECT_THAT(Refusal([](Value&, Value& c) { c.Set("exp", Value::String("1900000000")); }),
              HasSubstr("exp"));
  EXPECT_THAT(Refusal([](Value&, Value& c) { c.Set("exp", Value::Number("1e99")); }),
              HasSubstr("exp"));
}

TEST_F(ClientAssertionTest, Audience) {
  auto set = [this](Value aud) {
    return Refusal([&](Value&, Value& c) { c.Set("aud", std::move(aud)); });
  };
  EXPECT_THAT(set(Value::String("https://other.example/token")), HasSubstr("aud"));
  EXPECT_EQ(set(Value::Array({Value::String(kUrl)})), "");
  EXPECT_THAT(set(Value::Array({Value::String(kUrl), Value::String("https://other.example")})),
              HasSubstr("aud"));
  EXPECT_THAT(Refusal([](Value&, Value& c) { c.Remove("aud"); }), HasSubstr("aud"));
}

TEST_F(ClientAssertionTest, ClientAndJti) {
  EXPECT_THAT(Refusal([](Value&, Value& c) { c.Set("sub", Value::String("hub-2")); }),
              HasSubstr("iss and sub"));
  EXPECT_THAT(Refusal([](Value&, Value& c) { c.Remove("jti"); }), HasSubstr("jti"));
  EXPECT_THAT(Refusal([](Value&, Value& c) { c.Set("jti", Value::String(std::string(257, 'j'))); }),
              HasSubstr("jti"));
}

TEST_F(ClientAssertionTest, TheHeaderCannotBringItsOwnKey) {
  SigningKey attacker(KeyType::kP384);
  Client other = Register(attacker);
  Value header = Header("ES384", client_.jwks["keys"].at(0)["kid"].text());
  header.Set("jwk", other.jwks["keys"].at(0));
  header.Set("jku", Value::String("https://attacker.example/jwks"));
  EXPECT_FALSE(
      VerifyAssertion(attacker.Sign(header, Claims("hub-1", kUrl, "j1", kNow)), client_, kUrl, kNow)
          .ok());
}

TEST_F(ClientAssertionTest, KidAndExtensions) {
  EXPECT_EQ(Refusal([](Value& h, Value&) { h.Remove("kid"); }), "");  // the only key
  EXPECT_THAT(Refusal([](Value& h, Value&) { h.Set("kid", Value::String("x")); }),
              HasSubstr("kid"));
  EXPECT_THAT(Refusal([](Value& h, Value&) {
                h.Set("crit", Value::Array({Value::String("b64")}));
                h.Set("b64", Value::Bool(false));
              }),
              HasSubstr("not a signed JWT"));
}

TEST_F(ClientAssertionTest, TextsThatAreNoAssertions) {
  for (const char* text : {"", ".", "..", "...", "a.b", "a.b.c", "e30.e30.", "e30.W10.AA",
                           "e30=.e30.AA", "\xff.\xff.\xff"}) {
    EXPECT_FALSE(ClientOfAssertion(text).ok()) << text;
    EXPECT_FALSE(VerifyAssertion(text, client_, kUrl, kNow).ok()) << text;
  }
  EXPECT_FALSE(ClientOfAssertion(std::string(9000, 'a')).ok());
}

TEST_F(ClientAssertionTest, AClientDocumentComesBackAsItWas) {
  fhir::Result<Client> read = ReadClient(WriteClient(client_));
  ASSERT_TRUE(read.ok()) << read.error().path << read.error().message;
  EXPECT_EQ(read->jwks, client_.jwks);
  EXPECT_EQ(read->scope, "system/*.cruds");
}

TEST_F(ClientAssertionTest, AClientDocumentWithAPrivateKeyIsRefused) {
  Value json = WriteClient(client_);
  Value jwk = client_.jwks["keys"].at(0);
  jwk.Set("d", Value::String("AAAA"));
  json.Mutable("jwks").Set("keys", Value::Array({jwk}));
  fhir::Result<Client> read = ReadClient(json);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("private"));
}

TEST_F(ClientAssertionTest, APointOffTheCurveIsRefused) {
  Value json = WriteClient(client_);
  Value jwk = client_.jwks["keys"].at(0);
  jwk.Set("y", jwk["x"]);
  json.Mutable("jwks").Set("keys", Value::Array({jwk}));
  EXPECT_FALSE(ReadClient(json).ok());
}

TEST(ReplayGuardTest, AJtiCountsOncePerClientUntilItExpires) {
  ReplayGuard guard;
  EXPECT_TRUE(guard.Admit("a", "1", kNow + 1min, kNow));
  EXPECT_FALSE(guard.Admit("a", "1", kNow + 1min, kNow + 59s));
  EXPECT_TRUE(guard.Admit("b", "1", kNow + 1min, kNow));
  EXPECT_TRUE(guard.Admit("a", "2", kNow + 1min, kNow));
  EXPECT_TRUE(guard.Admit("a", "1", kNow + 3min, kNow + 2min));
}

TEST(Base64UrlTest, EveryValueHasOneSpelling) {
  EXPECT_EQ(Base64UrlEncode("\xfb\xff"), "-_8");
  EXPECT_EQ(*Base64UrlDecode("-_8"), "\xfb\xff");
  for (const char* text : {"-_9", "-_8=", "+/8", "a", "ab cd", "AB"}) {
    EXPECT_FALSE(Base64UrlDecode(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace gateway::auth
