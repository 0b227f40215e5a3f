#include "gateway/auth/client_assertion.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include "gateway/auth/jws.h"
#include "gateway/auth/public_key.h"
#include "gateway/auth/scope.h"

namespace gateway::auth {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr std::chrono::minutes kMaxLifetime{5};
// The client's clock may be ahead of ours.
constexpr std::chrono::seconds kClockSkew{10};
constexpr size_t kMaxJti = 256;
constexpr size_t kMaxKeys = 8;

fhir::Error Refuse(const char* sentence) { return Fail(ErrorCode::kUnauthenticated, sentence); }

bool IsClientId(std::string_view id) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:/").find(c) != std::string_view::npos;
  };
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), allowed);
}

// The registered key that the assertion names; without a kid the only one there is.
const Value* FindKey(const Client& client, const Value& header) {
  const std::vector<Value>& keys = client.jwks["keys"].items();
  const Value* kid = header.Find("kid");
  if (!kid) return keys.size() == 1 ? &keys[0] : nullptr;
  if (!kid->is_string()) return nullptr;
  for (const Value& key : keys) {
    if (key["kid"].text() == kid->text()) return &key;
  }
  return nullptr;
}

// RFC 7523 allows a list; a list with others beside us would let them use the assertion here.
bool IsForUs(const Value& aud, std::string_view token_url) {
  const Value& one = aud.is_array() && aud.size() == 1 ? aud.at(0) : aud;
  return one.is_string() && one.text() == token_url;
}

fhir::Status CheckTimes(const Value& claims, fhir::Instant expires, fhir::Instant now) {
  if (expires <= now) return Refuse("the assertion has expired");
  if (expires > now + kMaxLifetime + kClockSkew) {
    return Refuse("exp of the assertion is more than 5 minutes away");
  }
  for (const char* name : {"nbf", "iat"}) {
    const Value* claim = claims.Find(name);
    if (!claim) continue;
    std::optional<fhir::Instant> at = NumericDate(*claim);
    if (!at) return Refuse("nbf and iat of the assertion must be seconds since 1970");
    if (*at > now + kClockSkew) return Refuse("the assertion is not valid yet (nbf, iat)");
  }
  return {};
}

fhir::Result<AssertionClaims> CheckClaims(const Value& claims, const Client& client,
                                          std::string_view token_url, fhir::Instant now) {
  if (!IsForUs(claims["aud"], token_url)) {
    return Refuse("aud of the assertion must be this token endpoint's URL");
  }
  std::optional<fhir::Instant> expires = NumericDate(claims["exp"]);
  if (!expires) return Refuse("exp of the assertion is missing");
  if (fhir::Status times = CheckTimes(claims, *expires, now); !times.ok()) return times.error();
  const Value& jti = claims["jti"];
  if (!jti.is_string() || jti.text().empty() || jti.text().size() > kMaxJti) {
    return Refuse("jti of the assertion is missing or longer than 256 characters");
  }
  return AssertionClaims{client.id, jti.text(), *expires};
}

}  // namespace

fhir::Result<Client> ReadClient(const Value& json) {
  auto invalid = [](std::string sentence, std::string path) {
    return Fail(ErrorCode::kInvalid, std::move(sentence), std::move(path));
  };
  static constexpr std::string_view kKnown[] = {"id", "programme", "scope", "jwks", "disabled"};
  for (const fhir::json::Member& member : json.members()) {
    if (std::find(std::begin(kKnown), std::end(kKnown), member.name) == std::end(kKnown)) {
      return invalid("unknown key", "client." + member.name);
    }
  }
  Client client;
  client.id = json["id"].text();
  client.programme = json["programme"].text();
  client.scope = json["scope"].text();
  client.jwks = json["jwks"];
  client.disabled = json["disabled"].boolean();
  if (!IsClientId(client.id)) {
    return invalid("must be 1 to 128 characters of A-Z a-z 0-9 - . _ ~ : /", "client.id");
  }
  if (client.programme.empty()) return invalid("is required", "client.programme");
  if (ParseScopes(client.scope).empty()) {
    return invalid("holds no system scope such as system/*.rs", "client.scope");
  }
  const std::vector<Value>& keys = client.jwks["keys"].items();
  if (keys.empty() || keys.size() > kMaxKeys) {
    return invalid("must hold 1 to 8 keys", "client.jwks.keys");
  }
  std::set<std::string> kids;
  for (const Value& jwk : keys) {
    fhir::Result<PublicKey> key = PublicKey::FromJwk(jwk);
    if (!key.ok()) return invalid(key.error().message, "client.jwks.keys");
    if (!kids.insert(jwk["kid"].text()).second) {
      return invalid("two keys have the same kid", "client.jwks.keys");
    }
  }
  return client;
}

Value WriteClient(const Client& client) {
  Value json;
  json.Set("id", Value::String(client.id));
  json.Set("programme", Value::String(client.programme));
  json.Set("scope", Value::String(client.scope));
  json.Set("jwks", client.jwks);
  json.Set("disabled", Value::Bool(client.disabled));
  return json;
}

fhir::Result<Value> JwkFromPem(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string pem(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) {
    return Fail(ErrorCode::kNotFound, "the key file " + file + " cannot be read");
  }
  fhir::Result<PublicKey> key = PublicKey::FromPem(pem);
  if (!key.ok()) return Fail(key.error().code, file + ": " + key.error().message);
  return key->Jwk();
}

fhir::Result<std::string> ClientOfAssertion(std::string_view assertion) {
  fhir::Result<Jws> jws = SplitJws(assertion);
  if (!jws.ok()) return Refuse("the assertion is not a signed JWT");
  const Value& issuer = jws->payload["iss"];
  const Value& subject = jws->payload["sub"];
  if (!issuer.is_string() || !IsClientId(issuer.text()) || !subject.is_string() ||
      issuer.text() != subject.text()) {
    return Refuse("iss and sub of the assertion must both be the client's id");
  }
  return issuer.text();
}

fhir::Result<AssertionClaims> VerifyAssertion(std::string_view assertion, const Client& client,
                                              std::string_view token_url, fhir::Instant now) {
  fhir::Result<std::string> id = ClientOfAssertion(assertion);
  if (!id.ok()) return id.error();
  if (*id != client.id) return Refuse("the assertion is of another client");
  fhir::Result<Jws> jws = SplitJws(assertion);
  if (!jws.ok()) return jws.error();

  const Value* jwk = FindKey(client, jws->header);
  if (!jwk) return Refuse("kid of the assertion names no key registered for the client");
  fhir::Result<PublicKey> key = PublicKey::FromJwk(*jwk);
  if (!key.ok()) return Refuse("the key registered for the client cannot be used");
  if (jws->header["alg"].text() != key->algorithm()) {
    return Refuse("alg of the assertion is not that of the registered key (ES384 or RS384)");
  }
  if (!key->Verify(jws->signed_part, jws->signature)) {
    return Refuse("the assertion is not signed by the client's registered key");
  }

  fhir::Result<AssertionClaims> claims = CheckClaims(jws->payload, client, token_url, now);
  if (!claims.ok()) {
    return Fail(claims.error().code, claims.error().message, kSignatureProven);
  }
  return claims;
}

}  // namespace gateway::auth
