#include "tests/gateway/auth/signing.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"

namespace gateway::auth::testing {
namespace {

using fhir::json::Value;

std::string Pem(const std::function<void(BIO*)>& write) {
  std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
  write(bio.get());
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

// r || s of a DER signature.
std::string Raw(const std::string& der) {
  const auto* p = reinterpret_cast<const unsigned char*>(der.data());
  std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> sig(
      d2i_ECDSA_SIG(nullptr, &p, static_cast<long>(der.size())), ECDSA_SIG_free);
  std::string raw(96, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), out, 48);
  BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), out + 48, 48);
  return raw;
}

}  // namespace

SigningKey::SigningKey(KeyType type) {
  EVP_PKEY* key = nullptr;
  switch (type) {
    case KeyType::kP384:
      key = EVP_EC_gen("P-384");
      break;
    case KeyType::kP256:
      key = EVP_EC_gen("P-256");
      break;
    case KeyType::kRsa3072:
      key = EVP_RSA_gen(3072);
      break;
    case KeyType::kRsa2048:
      key = EVP_RSA_gen(2048);
      break;
  }
  key_ = {key, EVP_PKEY_free};
}

std::string SigningKey::PublicPem() const {
  return Pem([this](BIO* bio) { PEM_write_bio_PUBKEY(bio, key_.get()); });
}

std::string SigningKey::PrivatePem() const {
  return Pem([this](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string SigningKey::Sign(const Value& header, const Value& claims) const {
  std::string input = Compact(header, claims, "");
  input.pop_back();
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key_.get());
  const auto* data = reinterpret_cast<const unsigned char*>(input.data());
  size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, data, input.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                 input.size());
  signature.resize(size);
  if (EVP_PKEY_is_a(key_.get(), "EC")) signature = Raw(signature);
  return input + "." + Base64UrlEncode(signature);
}

Value Header(std::string_view alg, std::string_view kid) {
  Value header;
  header.Set("alg", Value::String(std::string(alg)));
  header.Set("typ", Value::String("JWT"));
  header.Set("kid", Value::String(std::string(kid)));
  return header;
}

Value Claims(std::string_view client, std::string_view aud, std::string_view jti,
             fhir::Instant now) {
  Value claims;
  claims.Set("iss", Value::String(std::string(client)));
  claims.Set("sub", Value::String(std::string(client)));
  claims.Set("aud", Value::String(std::string(aud)));
  claims.Set("jti", Value::String(std::string(jti)));
  claims.Set("exp", NumericDate(now + std::chrono::minutes(4)));
  claims.Set("iat", NumericDate(now));
  return claims;
}

std::string Compact(const Value& header, const Value& claims, std::string_view signature) {
  return Base64UrlEncode(fhir::json::Write(header)) + "." +
         Base64UrlEncode(fhir::json::Write(claims)) + "." + std::string(signature);
}

std::string TempDir() {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name();
  for (char& c : name) c = c == '/' ? '_' : c;
  std::filesystem::path dir = std::filesystem::path(::testing::TempDir()) / ("psg_auth_" + name);
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  std::filesystem::permissions(dir, std::filesystem::perms::owner_all);
  return dir.string();
}

std::string WriteFile(const std::string& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return file;
}

}  // namespace gateway::auth::testing
