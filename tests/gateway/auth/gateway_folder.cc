#include "tests/gateway/auth/gateway_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "fhir/json/json.h"
#include "gateway/auth/client_assertion.h"
#include "gateway/auth/token_endpoint.h"

namespace gateway::auth::testing {
namespace {

using fhir::json::Value;

constexpr char kAssertionType[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

}  // namespace

GatewayFolder::GatewayFolder() {
  std::string dir = TempDir();
  config.data_dir = dir + "/data";
  config.wrapping_key_file = dir + "/wrapping.key";
  config.partners_url = "https://gateway.example";
  std::filesystem::create_directories(config.data_dir);
  EXPECT_TRUE(store::WrappingKey::Create(config.wrapping_key_file).ok());
  for (const char* tenant : {"north", "south"}) {
    fhir::Status made = Tenants::Create(config, tenant);
    EXPECT_TRUE(made.ok()) << made.error().message;
  }
  Reopen();
  PutProgramme("north", "aurora");
  PutProgramme("north", "borealis");
  PutProgramme("south", "corona");
  PutClient("hub-1", "aurora");
}

void GatewayFolder::Reopen() {
  tenants.reset();
  auto opened = Tenants::Open(config, clock);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  tenants = std::move(*opened);
}

void GatewayFolder::PutProgramme(const std::string& tenant, const std::string& id) {
  Value json;
  json.Set("id", Value::String(id));
  fhir::Status put = tenants->Find(tenant)->store->Update([&](store::Transaction& tx) {
    return tx.PutDocument("programme", id, fhir::json::Write(json));
  });
  ASSERT_TRUE(put.ok()) << put.error().message;
}

void GatewayFolder::PutClient(const std::string& id, const std::string& programme, bool disabled) {
  std::string pem = WriteFile(config.data_dir + "/client.pem", key.PublicPem());
  fhir::Result<Value> jwk = JwkFromPem(pem);
  ASSERT_TRUE(jwk.ok()) << jwk.error().message;
  kid = (*jwk)["kid"].text();
  Client client;
  client.id = id;
  client.programme = programme;
  client.scope = "system/*.rs system/Patient.cruds";
  client.disabled = disabled;
  client.jwks.Set("keys", Value::Array({*jwk}));
  fhir::Status put = north().store->Update([&](store::Transaction& tx) {
    return tx.PutDocument("client", id, fhir::json::Write(WriteClient(client)));
  });
  ASSERT_TRUE(put.ok()) << put.error().message;
}

std::string GatewayFolder::Assertion() {
  return key.Sign(Header("ES384", kid),
                  Claims("hub-1", kTokenUrl, "jti-" + std::to_string(++jti_), clock.now));
}

http::Request GatewayFolder::TokenRequest(const std::map<std::string, std::string>& form) {
  std::map<std::string, std::string> all = {{"grant_type", "client_credentials"},
                                            {"client_assertion_type", kAssertionType},
                                            {"client_assertion", Assertion()},
                                            {"scope", "system/Patient.rs"}};
  for (const auto& [name, value] : form) all[name] = value;
  http::Request request;
  request.method = "POST";
  request.path = request.target = "/auth/aurora/token";
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.id = "r1";
  for (const auto& [name, value] : all) {
    if (value.empty()) continue;
    if (!request.body.empty()) request.body += "&";
    request.body += http::PercentEncode(name) + "=" + http::PercentEncode(value);
  }
  return request;
}

http::Response GatewayFolder::Token(const http::Request& request) {
  std::promise<http::Response> promise;
  TokenEndpoint endpoint{north(), "aurora", replay, clock, kTokenUrl, 300};
  HandleToken(request, endpoint,
              [&](http::Response response) { promise.set_value(std::move(response)); });
  return promise.get_future().get();
}

std::string GatewayFolder::GoodToken() {
  http::Response response = Token(TokenRequest());
  EXPECT_EQ(response.status, 200) << response.body;
  fhir::Result<Value> json = fhir::json::Parse(response.body);
  return json.ok() ? (*json)["access_token"].text() : "";
}

}  // namespace gateway::auth::testing
