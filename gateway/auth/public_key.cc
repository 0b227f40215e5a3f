#include "gateway/auth/public_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <optional>

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;

constexpr size_t kCoordinateBytes = 48;
constexpr int kMinRsaBits = 3072;
constexpr int kMaxRsaBits = 8192;  // above, one verification costs too much

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;

fhir::Error Invalid(std::string sentence) {
  ERR_clear_error();
  return fhir::Fail(fhir::ErrorCode::kInvalid, std::move(sentence));
}

const unsigned char* Bytes(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

std::shared_ptr<EVP_PKEY> Own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

std::shared_ptr<EVP_PKEY> FromParams(const char* type, OSSL_PARAM_BLD* builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder));
  Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Own(key);
}

std::shared_ptr<EVP_PKEY> EcKey(std::string_view x, std::string_view y) {
  std::string point = "\x04" + std::string(x) + std::string(y);
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_secp384r1, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return FromParams("EC", builder.get());
}

std::shared_ptr<EVP_PKEY> RsaKey(std::string_view n, std::string_view e) {
  Number modulus(BN_bin2bn(Bytes(n), static_cast<int>(n.size()), nullptr));
  Number exponent(BN_bin2bn(Bytes(e), static_cast<int>(e.size()), nullptr));
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return FromParams("RSA", builder.get());
}

// A number of the key, big endian, padded to `width` (0: as short as possible).
std::string NumberOf(const EVP_PKEY* key, const char* name, size_t width) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
  Number number(raw);
  std::string bytes(width ? width : static_cast<size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2binpad(raw, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return bytes;
}

// Never asks a person for a passphrase.
int NoPassphrase(char*, int, int, void*) { return 0; }

std::optional<std::string> DerOf(std::string_view raw) {
  if (raw.size() != 2 * kCoordinateBytes) return std::nullopt;
  EcSignature signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(Bytes(raw), kCoordinateBytes, nullptr);
  BIGNUM* s = BN_bin2bn(Bytes(raw) + kCoordinateBytes, kCoordinateBytes, nullptr);
  ECDSA_SIG_set0(signature.get(), r, s);  // takes both
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return std::nullopt;
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

fhir::Result<PublicKey> PublicKey::FromJwk(const Value& jwk) {
  for (const char* member : {"d", "p", "q", "k"}) {
    if (jwk.Find(member)) return Invalid("the JWK holds a private or symmetric key");
  }
  if (const Value* use = jwk.Find("use"); use && use->text() != "sig") {
    return Invalid("the JWK is not for signatures (use)");
  }
  const std::string& type = jwk["kty"].text();
  std::shared_ptr<EVP_PKEY> pkey;
  if (type == "EC") {
    if (jwk["crv"].text() != "P-384") return Invalid("an EC key must be of the curve P-384");
    std::optional<std::string> x = Base64UrlDecode(jwk["x"].text());
    std::optional<std::string> y = Base64UrlDecode(jwk["y"].text());
    if (!x || !y || x->size() != kCoordinateBytes || y->size() != kCoordinateBytes) {
      return Invalid("x and y of the JWK must be 48 bytes in base64url");
    }
    pkey = EcKey(*x, *y);
  } else if (type == "RSA") {
    std::optional<std::string> n = Base64UrlDecode(jwk["n"].text());
    std::optional<std::string> e = Base64UrlDecode(jwk["e"].text());
    if (!n || !e || n->empty() || e->empty() || n->size() > kMaxRsaBits / 8 || e->size() > 4) {
      return Invalid("n and e of the JWK must be base64url, n of 3072 to 8192 bits");
    }
    pkey = RsaKey(*n, *e);
  } else {
    return Invalid("the key must be of type EC (P-384) or RSA");
  }
  if (!pkey) return Invalid("the JWK is not a valid public key");
  PublicKey key(std::move(pkey));
  if (fhir::Status status = key.Check(); !status.ok()) return status.error();
  if (const Value* alg = jwk.Find("alg"); alg && alg->text() != key.algorithm()) {
    return Invalid("alg of the JWK must be " + std::string(key.algorithm()));
  }
  return key;
}

fhir::Result<PublicKey> PublicKey::FromPem(std::string_view pem) {
  auto open = [&] { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); };
  std::shared_ptr<EVP_PKEY> pkey =
      Own(PEM_read_bio_PUBKEY(open().get(), nullptr, NoPassphrase, nullptr));
  if (!pkey) {
    std::unique_ptr<X509, Deleter<X509_free>> certificate(
        PEM_read_bio_X509(open().get(), nullptr, NoPassphrase, nullptr));
    if (certificate) pkey = Own(X509_get_pubkey(certificate.get()));
  }
  if (!pkey) pkey = Own(PEM_read_bio_PrivateKey(open().get(), nullptr, NoPassphrase, nullptr));
  if (!pkey) {
    return Invalid(
        "holds neither a public key, a certificate nor an unencrypted private key in PEM");
  }
  PublicKey key(std::move(pkey));
  if (fhir::Status status = key.Check(); !status.ok()) return status.error();
  return key;
}

fhir::Status PublicKey::Check() {
  if (EVP_PKEY_is_a(key_.get(), "EC")) {
    char group[64] = {};
    EVP_PKEY_get_group_name(key_.get(), group, sizeof group, nullptr);
    if (std::string_view(group) != SN_secp384r1) {
      return Invalid(
          "an EC key must be of the curve P-384 (make one with: openssl ecparam -name "
          "secp384r1 -genkey -noout)");
    }
    algorithm_ = "ES384";
  } else if (EVP_PKEY_is_a(key_.get(), "RSA")) {
    int bits = EVP_PKEY_get_bits(key_.get());
    if (bits < kMinRsaBits || bits > kMaxRsaBits) {
      return Invalid("an RSA key must have 3072 to 8192 bits");
    }
    std::string e = NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
    if (e.size() < 3 || (e.back() & 1) == 0) {
      return Invalid("the RSA key's public exponent must be odd and at least 65537");
    }
    algorithm_ = "RS384";
  } else {
    return Invalid("the key must be of type EC (P-384) or RSA");
  }
  Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  if (!context || EVP_PKEY_public_check(context.get()) != 1) {
    return Invalid("the key is not a valid public key");
  }
  return {};
}

Value PublicKey::Jwk() const {
  Value jwk;  // members in the order of their names: what RFC 7638 hashes
  if (algorithm_ == "ES384") {
    jwk.Set("crv", Value::String("P-384"));
    jwk.Set("kty", Value::String("EC"));
    jwk.Set("x", Value::String(Base64UrlEncode(
                     NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, kCoordinateBytes))));
    jwk.Set("y", Value::String(Base64UrlEncode(
                     NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinateBytes))));
  } else {
    jwk.Set("e", Value::String(Base64UrlEncode(NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0))));
    jwk.Set("kty", Value::String("RSA"));
    jwk.Set("n", Value::String(Base64UrlEncode(NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0))));
  }
  std::string thumbprint = Base64UrlEncode(Sha256(fhir::json::Write(jwk)));
  jwk.Set("alg", Value::String(std::string(algorithm_)));
  jwk.Set("use", Value::String("sig"));
  jwk.Set("kid", Value::String(std::move(thumbprint)));
  return jwk;
}

bool PublicKey::Verify(std::string_view data, std::string_view signature) const {
  std::optional<std::string> der;
  if (algorithm_ == "ES384") {
    der = DerOf(signature);
    if (!der) return false;
    signature = *der;
  }
  // RSA: EVP's default padding is PKCS#1 v1.5, which is what RS384 says.
  Digest context(EVP_MD_CTX_new());
  bool good =
      context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha384(), nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(data),
                       data.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace gateway::auth
