#include "adapters/fhir_endpoint/client_assertion.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <memory>

#include "adapters/digest.h"
#include "fhir/json/json.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr int kCoordinateBytes = 48;  // P-384

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* p) const {
    kFree(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

fhir::Error BadKey() {
  return Fail(ErrorCode::kUnavailable, "the endpoint's private key cannot be read or is not P-384");
}

fhir::Result<Key> ReadKey(const std::string& path) {
  const std::unique_ptr<FILE, Free<fclose>> file(fopen(path.c_str(), "re"));
  if (!file) return BadKey();
  // No passphrase is asked for at a terminal.
  Key key(PEM_read_PrivateKey(
      file.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
  char group[32] = "";
  if (!key || EVP_PKEY_get_group_name(key.get(), group, sizeof group, nullptr) != 1 ||
      std::string_view(group) != "secp384r1") {
    return BadKey();
  }
  return key;
}

std::string Padded(const BIGNUM* number) {
  std::string bytes(kCoordinateBytes, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), kCoordinateBytes);
  return bytes;
}

// RFC 7638: the members that make the key, sorted, without white space.
fhir::Result<std::string> Thumbprint(EVP_PKEY* key) {
  BIGNUM* x = nullptr;
  BIGNUM* y = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x);
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y);
  const Number own_x(x);
  const Number own_y(y);
  if (!own_x || !own_y) return BadKey();
  return Base64Url(Sha256(R"({"crv":"P-384","kty":"EC","x":")" + Base64Url(Padded(x)) +
                          R"(","y":")" + Base64Url(Padded(y)) + R"("})"));
}

// r || s as RFC 7518 §3.4 wants it; OpenSSL gives DER.
fhir::Result<std::string> Sign(EVP_PKEY* key, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  std::string der(static_cast<size_t>(EVP_PKEY_get_size(key)), '\0');
  size_t size = der.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
    return BadKey();
  }
  const auto* start = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>> signature(
      d2i_ECDSA_SIG(nullptr, &start, static_cast<long>(size)));
  if (!signature) return BadKey();
  return Padded(ECDSA_SIG_get0_r(signature.get())) + Padded(ECDSA_SIG_get0_s(signature.get()));
}

}  // namespace

fhir::Result<std::string> SignClientAssertion(const ClientAssertion& assertion, fhir::Instant now) {
  static constexpr int64_t kLifeSeconds = 240;  // SMART: at most five minutes
  const fhir::Result<Key> key = ReadKey(assertion.private_key_file);
  if (!key.ok()) return key.error();
  std::string key_id = assertion.key_id;
  if (key_id.empty()) {
    fhir::Result<std::string> thumbprint = Thumbprint(key->get());
    if (!thumbprint.ok()) return thumbprint.error();
    key_id = *std::move(thumbprint);
  }
  unsigned char random[16];
  if (RAND_bytes(random, sizeof random) != 1) {
    return Fail(ErrorCode::kUnavailable, "no randomness for the client assertion");
  }
  const int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const Value header = Value::Object({{"alg", Value::String("ES384")},
                                      {"typ", Value::String("JWT")},
                                      {"kid", Value::String(key_id)}});
  const Value claims = Value::Object(
      {{"iss", Value::String(assertion.client_id)},
       {"sub", Value::String(assertion.client_id)},
       {"aud", Value::String(assertion.token_url)},
       {"iat", Value::Int(seconds)},
       {"exp", Value::Int(seconds + kLifeSeconds)},
       {"jti", Value::String(Hex({reinterpret_cast<const char*>(random), sizeof random}))}});
  const std::string text =
      Base64Url(fhir::json::Write(header)) + "." + Base64Url(fhir::json::Write(claims));
  const fhir::Result<std::string> signature = Sign(key->get(), text);
  if (!signature.ok()) return signature.error();
  return text + "." + Base64Url(*signature);
}

}  // namespace adapters
