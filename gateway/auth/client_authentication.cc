#include "gateway/auth/client_authentication.h"

#include <strings.h>

#include <utility>

#include "fhir/json/json.h"
#include "gateway/auth/client_registry.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;

constexpr size_t kMaxForm = 32 * 1024;
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kAssertionType =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr char kNotProven[] =
    "the client is unknown, disabled or not of this programme, or the assertion is not signed by "
    "its "
    "registered key";

OAuthError BadRequest(const char* sentence) {
  return {400, "invalid_request", sentence, sentence, ""};
}

OAuthError NotProven(std::string detail, std::string client) {
  return {401, "invalid_client", kNotProven, std::move(detail), std::move(client)};
}

bool IsForm(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type.size() == kFormType.size() &&
         strncasecmp(type.data(), kFormType.data(), type.size()) == 0;
}

}  // namespace

http::Response OAuthErrorResponse(const OAuthError& error) {
  Value body;
  body.Set("error", Value::String(error.code));
  body.Set("error_description", Value::String(error.description));
  http::Response response;
  response.status = error.status;
  response.body = fhir::json::Write(body);
  response.Set("Content-Type", "application/json")
      .Set("Cache-Control", "no-store")
      .Set("Pragma", "no-cache");
  if (error.status == 405) response.Set("Allow", "POST");
  return response;
}

std::optional<OAuthError> ReadForm(const http::Request& request, Form* form) {
  if (request.method != "POST") {
    return OAuthError{405, "invalid_request", "this endpoint answers POST only", "method", ""};
  }
  if (!request.query.empty()) return BadRequest("parameters belong into the body, not the URL");
  if (!IsForm(request.field("Content-Type"))) {
    return BadRequest("the body must be application/x-www-form-urlencoded");
  }
  if (request.body.size() > kMaxForm) return BadRequest("the body is longer than 32 KiB");
  if (!request.field("Authorization").empty()) {
    return BadRequest("authenticate by client_assertion only, without an Authorization field");
  }
  for (auto& [name, value] : http::ParseForm(request.body)) {
    if (!form->emplace(std::move(name), std::move(value)).second) {
      return BadRequest("a parameter is there more than once");
    }
  }
  return std::nullopt;
}

std::optional<OAuthError> AuthenticateClient(const Form& form, const TokenEndpoint& endpoint,
                                             fhir::Instant now, Client* client) {
  auto type = form.find("client_assertion_type");
  auto assertion = form.find("client_assertion");
  if (type == form.end() || assertion == form.end()) {
    return OAuthError{401, "invalid_client",
                      "client_assertion_type and client_assertion are required",
                      "no client assertion", ""};
  }
  if (type->second != kAssertionType) {
    return BadRequest(
        "client_assertion_type must be "
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  }
  fhir::Result<std::string> id = ClientOfAssertion(assertion->second);
  if (!id.ok()) {
    return OAuthError{401, "invalid_client", id.error().message, id.error().message, ""};
  }
  if (auto named = form.find("client_id"); named != form.end() && named->second != *id) {
    return BadRequest("client_id is not the client of the assertion");
  }

  fhir::Result<Client> found = fhir::Fail(fhir::ErrorCode::kUnavailable, "not read");
  fhir::Status viewed = endpoint.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    found = LoadClient(reader, *id);
    return {};
  });
  if (!viewed.ok() || (!found.ok() && found.error().code != fhir::ErrorCode::kNotFound)) {
    return OAuthError{503, "temporarily_unavailable", "the client registry cannot be read now",
                      "the client registry cannot be read", *id};
  }
  // An unknown client's id is not kept: it may be anything.
  if (!found.ok()) return NotProven("the client is unknown", "");
  if (found->disabled) return NotProven("the client is disabled", *id);
  if (found->programme != endpoint.programme) {
    return NotProven("the client is of another programme", *id);
  }

  fhir::Result<AssertionClaims> claims =
      VerifyAssertion(assertion->second, *found, endpoint.token_url, now);
  if (!claims.ok()) {
    // The claims are checked after the signature: only then is the sentence for the client.
    bool proven = claims.error().path == kSignatureProven;
    if (!proven) return NotProven(claims.error().message, *id);
    return OAuthError{401, "invalid_client", claims.error().message, claims.error().message, *id};
  }
  if (!endpoint.replay.Admit(claims->client, claims->jti, claims->expires, now)) {
    const char* sentence = "jti of the assertion was used before";
    return OAuthError{401, "invalid_client", sentence, sentence, *id};
  }
  *client = std::move(*found);
  return std::nullopt;
}

}  // namespace gateway::auth
