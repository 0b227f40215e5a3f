// A client's public key: P-384 (ES384) or RSA of 3072 to 8192 bits (RS384). The key says its
// algorithm. https://www.rfc-editor.org/rfc/rfc7518
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fhir/json/value.h"
#include "fhir/result.h"

struct evp_pkey_st;

namespace gateway::auth {

// Immutable; any thread.
class PublicKey {
 public:
  // kInvalid with a sentence: another curve, a short key, a point off the curve, a private key.
  static fhir::Result<PublicKey> FromJwk(const fhir::json::Value& jwk);
  // A public key, a certificate or a private key (of which only the public half is taken).
  static fhir::Result<PublicKey> FromPem(std::string_view pem);

  std::string_view algorithm() const { return algorithm_; }  // "ES384" | "RS384"
  // {"kty",...,"alg","use":"sig","kid"}; kid is the RFC 7638 thumbprint.
  fhir::json::Value Jwk() const;
  // `signature` as JWS carries it: r || s (96 bytes), or the RSA signature.
  bool Verify(std::string_view data, std::string_view signature) const;

 private:
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  fhir::Status Check();

  std::shared_ptr<evp_pkey_st> key_;
  std::string_view algorithm_;
};

}  // namespace gateway::auth
