#include "gateway/auth/statement.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/public_key.h"

namespace gateway::auth {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr int kCoordinateBytes = 48;
constexpr char kType[] = "psg-statement+jwt";
constexpr std::chrono::minutes kSkew{1};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using EcSignature = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

// Never asks a person for a passphrase.
int NoPassphrase(char*, int, int, void*) { return 0; }

fhir::Result<Key> ReadPrivateKey(const std::string& file) {
  File open(std::fopen(file.c_str(), "re"), &std::fclose);
  if (!open) return Fail(ErrorCode::kInvalid, "the file cannot be opened", file);
  Key key(PEM_read_PrivateKey(open.get(), nullptr, NoPassphrase, nullptr), &EVP_PKEY_free);
  ERR_clear_error();
  if (!key) return Fail(ErrorCode::kInvalid, "holds no unencrypted private key in PEM", file);
  char group[64] = {};
  if (!EVP_PKEY_is_a(key.get(), "EC") ||
      EVP_PKEY_get_group_name(key.get(), group, sizeof group, nullptr) != 1 ||
      std::string_view(group) != SN_secp384r1) {
    return Fail(ErrorCode::kInvalid, "must be a key of the curve P-384", file);
  }
  return key;
}

// r || s, as JWS carries an ECDSA signature (RFC 7518 §3.4).
std::string RawOf(const std::vector<unsigned char>& der) {
  const unsigned char* from = der.data();
  EcSignature signature(d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size())),
                        &ECDSA_SIG_free);
  std::string raw(2 * kCoordinateBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinateBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinateBytes, kCoordinateBytes);
  return raw;
}

fhir::Error Refused(std::string sentence) {
  return Fail(ErrorCode::kForbidden, std::move(sentence), "statement");
}

}  // namespace

fhir::Result<std::string> SignStatement(const std::string& private_key_file, const Value& payload) {
  auto key = ReadPrivateKey(private_key_file);
  if (!key.ok()) return key.error();
  Value header = Value::Object();
  header.Set("alg", Value::String("ES384"));
  header.Set("typ", Value::String(kType));
  const std::string text = Base64UrlEncode(fhir::json::Write(header)) + "." +
                           Base64UrlEncode(fhir::json::Write(payload));
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  size_t size = 0;
  if (EVP_DigestSignInit(digest.get(), nullptr, EVP_sha384(), nullptr, key->get()) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes, text.size()) != 1) {
    return Fail(ErrorCode::kInternal, "the statement could not be signed");
  }
  std::vector<unsigned char> der(size);
  if (EVP_DigestSign(digest.get(), der.data(), &size, bytes, text.size()) != 1) {
    return Fail(ErrorCode::kInternal, "the statement could not be signed");
  }
  der.resize(size);
  return text + "." + Base64UrlEncode(RawOf(der));
}

fhir::Result<std::string> SignerOf(std::string_view statement) {
  auto jws = SplitJws(statement);
  if (!jws.ok()) return Refused("is not a JWS in compact form");
  const std::string& name = jws->payload["iss"].text();
  if (name.empty()) return Refused("does not say who signed it (iss)");
  return name;
}

fhir::Result<Value> VerifyStatement(std::string_view statement, const Value& jwk,
                                    std::string_view purpose, fhir::Instant now) {
  auto jws = SplitJws(statement);
  if (!jws.ok()) return Refused("is not a JWS in compact form");
  auto key = PublicKey::FromJwk(jwk);
  if (!key.ok()) return Refused("the person's registered key cannot be read");
  if (!key->Verify(jws->signed_part, jws->signature)) {
    return Refused("is not signed with the person's registered key");
  }
  if (jws->header["typ"].text() != kType) return Refused("is a JWT of another type");
  if (jws->payload["purpose"].text() != purpose) return Refused("was made for another purpose");
  const auto issued = NumericDate(jws->payload["iat"]);
  const auto expires = NumericDate(jws->payload["exp"]);
  if (!issued || !expires) return Refused("does not say when it was made (iat) and ends (exp)");
  if (*issued > now + kSkew) return Refused("was made in the future");
  if (*expires <= now) return Refused("has expired");
  return std::move(jws->payload);
}

}  // namespace gateway::auth
