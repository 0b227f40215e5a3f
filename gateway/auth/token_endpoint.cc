#include "gateway/auth/token_endpoint.h"

#include <chrono>
#include <memory>
#include <utility>

#include "fhir/json/json.h"
#include "gateway/auth/client_authentication.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/scope.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;

constexpr char kRevokedKind[] = "revoked-token";

http::Response Json(const Value& body) {
  http::Response response;
  response.body = fhir::json::Write(body);
  response.Set("Content-Type", "application/json")
      .Set("Cache-Control", "no-store")
      .Set("Pragma", "no-cache");
  return response;
}

http::Response NotWritten() {
  return OAuthErrorResponse(
      {503, "temporarily_unavailable", "the request could not be recorded; try again", "", ""});
}

store::AuditRow Row(const http::Request& request, const TokenEndpoint& endpoint,
                    std::string_view action, fhir::Instant now) {
  store::AuditRow row;
  row.at = now;
  row.action = action;
  row.programme = endpoint.programme;
  row.outcome = "0";
  row.request_id = request.id;
  return row;
}

void AnswerAfterJournal(store::Store& store, store::AuditRow row, http::Response response,
                        http::Respond respond) {
  store.Journal(std::move(row), [response = std::move(response),
                                 respond = std::move(respond)](fhir::Status written) mutable {
    respond(written.ok() ? std::move(response) : NotWritten());
  });
}

void Refuse(const OAuthError& error, const TokenEndpoint& endpoint, store::AuditRow row,
            http::Respond respond) {
  row.client = error.client;
  row.outcome = error.status >= 500 ? "8" : "4";
  row.detail = error.code + ": " + error.detail;
  AnswerAfterJournal(*endpoint.tenant.store, std::move(row), OAuthErrorResponse(error),
                     std::move(respond));
}

// The form and the client in it, or the refusal is on its way.
bool Enter(const http::Request& request, const TokenEndpoint& endpoint, const store::AuditRow& row,
           http::Respond& respond, Form* form, Client* client) {
  std::optional<OAuthError> error = ReadForm(request, form);
  if (!error) error = AuthenticateClient(*form, endpoint, row.at, client);
  if (!error) return true;
  Refuse(*error, endpoint, row, std::move(respond));
  return false;
}

std::string Parameter(const Form& form, std::string_view name) {
  auto it = form.find(name);
  return it == form.end() ? std::string() : it->second;
}

}  // namespace

std::string TokenUrl(std::string_view partners_url, std::string_view programme) {
  return std::string(partners_url) + "/auth/" + std::string(programme) + "/token";
}

http::Response UnknownProgramme() {
  return OAuthErrorResponse(
      {401, "invalid_client", "the client is unknown or not of this programme", "", ""});
}

void HandleToken(const http::Request& request, const TokenEndpoint& endpoint,
                 http::Respond respond) {
  fhir::Instant now = endpoint.clock.Now();
  store::AuditRow row = Row(request, endpoint, "token", now);
  Form form;
  std::optional<OAuthError> error = ReadForm(request, &form);
  if (!error && Parameter(form, "grant_type") != "client_credentials") {
    bool missing = Parameter(form, "grant_type").empty();
    error = OAuthError{400, missing ? "invalid_request" : "unsupported_grant_type",
                       "grant_type must be client_credentials", "grant_type", ""};
  }
  Client client;
  if (!error) error = AuthenticateClient(form, endpoint, now, &client);
  std::string granted;
  if (!error) {
    granted = GrantedScopes(Parameter(form, "scope"), client.scope);
    if (granted.empty()) {
      error = OAuthError{400, "invalid_scope",
                         "scope names no system scope that the client is registered for",
                         "nothing of the scope is registered", client.id};
    }
  }
  if (error) return Refuse(*error, endpoint, std::move(row), std::move(respond));

  Caller caller;
  caller.client = client.id;
  caller.tenant = endpoint.tenant.name;
  caller.programme = endpoint.programme;
  caller.token_id = NewId(now);
  // exp is in whole seconds: never longer than expires_in says.
  caller.expires =
      std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(endpoint.token_seconds);
  Value body;
  body.Set("access_token", Value::String(endpoint.tenant.tokens->Issue(caller, granted, now)));
  body.Set("token_type", Value::String("bearer"));
  body.Set("expires_in", Value::Int(endpoint.token_seconds));
  body.Set("scope", Value::String(granted));
  row.client = client.id;
  row.subject = caller.token_id;
  row.detail = granted;
  AnswerAfterJournal(*endpoint.tenant.store, std::move(row), Json(body), std::move(respond));
}

void HandleIntrospect(const http::Request& request, const TokenEndpoint& endpoint,
                      http::Respond respond) {
  fhir::Instant now = endpoint.clock.Now();
  store::AuditRow row = Row(request, endpoint, "introspect", now);
  Form form;
  Client client;
  if (!Enter(request, endpoint, row, respond, &form, &client)) return;
  row.client = client.id;

  Value body;
  fhir::Result<Caller> caller = endpoint.tenant.tokens->Verify(Parameter(form, "token"), now);
  bool active = caller.ok() && caller->programme == endpoint.programme;
  body.Set("active", Value::Bool(active));
  if (active) {
    body.Set("client_id", Value::String(caller->client));
    body.Set("sub", Value::String(caller->client));
    body.Set("scope", Value::String(caller->scope_text));
    body.Set("token_type", Value::String("bearer"));
    body.Set("exp", NumericDate(caller->expires));
    body.Set("jti", Value::String(caller->token_id));
    row.subject = caller->token_id;
  }
  AnswerAfterJournal(*endpoint.tenant.store, std::move(row), Json(body), std::move(respond));
}

void HandleRevoke(const http::Request& request, const TokenEndpoint& endpoint,
                  http::Respond respond) {
  fhir::Instant now = endpoint.clock.Now();
  store::AuditRow row = Row(request, endpoint, "revoke", now);
  Form form;
  Client client;
  if (!Enter(request, endpoint, row, respond, &form, &client)) return;
  row.client = client.id;

  http::Response done = Json(Value::Object());
  fhir::Result<Caller> caller = endpoint.tenant.tokens->Verify(Parameter(form, "token"), now);
  if (!caller.ok() || caller->client != client.id || caller->programme != endpoint.programme) {
    row.detail = "not a token of this client";
    return AnswerAfterJournal(*endpoint.tenant.store, std::move(row), std::move(done),
                              std::move(respond));
  }
  row.subject = caller->token_id;
  Value document;
  document.Set("expires", NumericDate(caller->expires));
  auto work = [row, body = fhir::json::Write(document)](store::Transaction& tx) -> fhir::Status {
    fhir::Status put = tx.PutDocument(kRevokedKind, row.subject, body);
    return put.ok() ? tx.AppendAudit(row) : put;
  };
  // Before the commit, so that the token is dead when the answer leaves.
  endpoint.tenant.tokens->Revoke(caller->token_id, caller->expires, now);
  endpoint.tenant.store->UpdateAsync(
      work, [done = std::move(done), respond = std::move(respond)](fhir::Status written) mutable {
        respond(written.ok() ? std::move(done) : NotWritten());
      });
}

fhir::Status RestoreRevocations(store::Reader& reader, AccessTokens& tokens, fhir::Instant now) {
  auto documents = reader.Documents(kRevokedKind);
  if (!documents.ok()) return documents.error();
  for (const auto& [token_id, body] : *documents) {
    fhir::Result<Value> json = fhir::json::Parse(body);
    if (!json.ok()) return json.error();
    std::optional<fhir::Instant> expires = NumericDate((*json)["expires"]);
    if (expires && *expires > now) tokens.Revoke(token_id, *expires, now);
  }
  return {};
}

}  // namespace gateway::auth
