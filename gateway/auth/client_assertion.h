// SMART Backend Services client authentication: a JWT signed with the client's registered key.
// https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html (RFC 7523)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace gateway::auth {

// A registered client: the document of kind "client" in the store's registry.
// {"id","programme","scope":"system/*.cruds","jwks":{"keys":[...]},"disabled":false}
struct Client {
  std::string id;
  std::string programme;
  std::string scope;
  fhir::json::Value jwks;
  bool disabled = false;
};
fhir::Result<Client> ReadClient(const fhir::json::Value& json);
fhir::json::Value WriteClient(const Client& client);

// The JWK of a public key in a PEM file (a public key, a certificate or a private key): P-384, or
// RSA of 3072 bits and more. kid is the RFC 7638 thumbprint.
fhir::Result<fhir::json::Value> JwkFromPem(const std::string& file);

struct AssertionClaims {
  std::string client;  // iss == sub
  std::string jti;
  fhir::Instant expires{};
};

// The client named by an assertion before its signature is checked (to look the client up).
fhir::Result<std::string> ClientOfAssertion(std::string_view assertion);

// Signature by the registered key (its algorithm, never the header's wish: ES384, or RS384 with
// >= 3072 bits), aud == token_url, exp in the future and at most 5 minutes away, nbf/iat sane, jti
// present. kUnauthenticated with a sentence; its path is kSignatureProven when the signature was
// good and a claim was not. The caller refuses a jti it has seen.
inline constexpr char kSignatureProven[] = "assertion";
fhir::Result<AssertionClaims> VerifyAssertion(std::string_view assertion, const Client& client,
                                              std::string_view token_url, fhir::Instant now);

}  // namespace gateway::auth
