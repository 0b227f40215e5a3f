// A client of the tests: a real key pair of OpenSSL and assertions signed with it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fhir/date_time.h"
#include "fhir/json/value.h"

struct evp_pkey_st;

namespace gateway::auth::testing {

enum class KeyType { kP384, kP256, kRsa3072, kRsa2048 };

class SigningKey {
 public:
  explicit SigningKey(KeyType type);

  std::string PublicPem() const;
  std::string PrivatePem() const;
  // The compact JWS with alg and kid of `header`, signed with this key as SHA-384 (ES384 or RS384).
  std::string Sign(const fhir::json::Value& header, const fhir::json::Value& claims) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

// {"alg","typ":"JWT","kid"}
fhir::json::Value Header(std::string_view alg, std::string_view kid);
// A good assertion's claims: iss, sub, aud, jti, exp in 4 minutes, iat.
fhir::json::Value Claims(std::string_view client, std::string_view aud, std::string_view jti,
                         fhir::Instant now);
// header.claims.signature with the parts as given.
std::string Compact(const fhir::json::Value& header, const fhir::json::Value& claims,
                    std::string_view signature);

// A fresh folder of the running test, and a file in it.
std::string TempDir();
std::string WriteFile(const std::string& file, std::string_view content);

}  // namespace gateway::auth::testing
