#include "gateway/auth/smart_configuration.h"

#include <initializer_list>
#include <string>

#include "fhir/json/json.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;

Value List(std::initializer_list<const char*> words) {
  Value list = Value::Array();
  for (const char* word : words) list.Add(Value::String(word));
  return list;
}

}  // namespace

Value SmartConfiguration(std::string_view partners_url, std::string_view programme) {
  std::string base = std::string(partners_url) + "/auth/" + std::string(programme);
  Value json;
  json.Set("token_endpoint", Value::String(base + "/token"));
  json.Set("introspection_endpoint", Value::String(base + "/introspect"));
  json.Set("revocation_endpoint", Value::String(base + "/revoke"));
  json.Set("grant_types_supported", List({"client_credentials"}));
  json.Set("token_endpoint_auth_methods_supported", List({"private_key_jwt"}));
  json.Set("token_endpoint_auth_signing_alg_values_supported", List({"ES384", "RS384"}));
  json.Set("scopes_supported", List({"system/*.cruds", "system/*.rs", "system/*.read",
                                     "system/*.write", "system/*.*"}));
  // Required by the specification although there is no authorization code flow here.
  json.Set("code_challenge_methods_supported", List({"S256"}));
  json.Set("capabilities",
           List({"client-confidential-asymmetric", "permission-v1", "permission-v2"}));
  return json;
}

http::Response SmartConfigurationResponse(std::string_view partners_url,
                                          std::string_view programme) {
  http::Response response;
  response.body = fhir::json::Write(SmartConfiguration(partners_url, programme));
  response.Set("Content-Type", "application/json").Set("Cache-Control", "max-age=300");
  return response;
}

}  // namespace gateway::auth
