// Client authentication of the OAuth endpoints: the form, and private_key_jwt in it (RFC 7521
// §4.2).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "fhir/result.h"
#include "gateway/auth/client_assertion.h"
#include "gateway/auth/token_endpoint.h"
#include "gateway/http/message.h"

namespace gateway::auth {

using Form = std::map<std::string, std::string, std::less<>>;

// An OAuth error: what the client is told and what the journal keeps beside it.
struct OAuthError {
  int status = 400;
  std::string code;         // "invalid_client"
  std::string description;  // for the client
  std::string detail;       // for the journal; the exact reason
  std::string client;       // registered client, when one was named
};

http::Response OAuthErrorResponse(const OAuthError& error);

// POST of application/x-www-form-urlencoded without repeated parameters, at most 32 KiB, nothing in
// the query.
std::optional<OAuthError> ReadForm(const http::Request& request, Form* form);

// Checks client_assertion_type and client_assertion and uses up its jti. Someone who does not hold
// the key of a registered client learns nothing but that.
std::optional<OAuthError> AuthenticateClient(const Form& form, const TokenEndpoint& endpoint,
                                             fhir::Instant now, Client* client);

}  // namespace gateway::auth
