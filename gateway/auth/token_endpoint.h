// POST /auth/{programme}/token, introspect and revoke.
// Token: SMART Backend Services, https://hl7.org/fhir/smart-app-launch/backend-services.html
// Introspect: RFC 7662. Revoke: RFC 7009. Errors: RFC 6749 §5.2 (JSON, not OperationOutcome).
#pragma once

#include <string>
#include <string_view>

#include "gateway/auth/replay_guard.h"
#include "gateway/clock.h"
#include "gateway/http/message.h"
#include "gateway/tenants.h"

namespace gateway::auth {

// What the three endpoints of one programme stand on. The references outlive every answer.
struct TokenEndpoint {
  Tenant& tenant;  // of the programme
  std::string programme;
  ReplayGuard& replay;
  const Clock& clock;
  std::string
      token_url;  // TokenUrl(...): the `aud` of every assertion, introspect and revoke included
  int token_seconds = 300;
};

std::string TokenUrl(std::string_view partners_url, std::string_view programme);

// Each answers once, after a row of the access journal ("token", "introspect") or of the audit
// trail
// ("revoke") is durable; 503 temporarily_unavailable when it could not be written. Granted scopes
// are what the client asks for and is registered for, and are in the answer. Any thread.
void HandleToken(const http::Request& request, const TokenEndpoint& endpoint,
                 http::Respond respond);
// {"active":false} for every token that is not a good one of this programme.
void HandleIntrospect(const http::Request& request, const TokenEndpoint& endpoint,
                      http::Respond respond);
// A client revokes its own tokens. 200 also for a token that is unknown or over (RFC 7009 §2.2).
void HandleRevoke(const http::Request& request, const TokenEndpoint& endpoint,
                  http::Respond respond);

// The answer for a programme that does not exist: the same as for an unknown client.
http::Response UnknownProgramme();

// Takes the revocations that have not expired out of the registry (kind "revoked-token").
fhir::Status RestoreRevocations(store::Reader& reader, AccessTokens& tokens, fhir::Instant now);

}  // namespace gateway::auth
