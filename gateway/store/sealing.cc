#include "gateway/store/sealing.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gateway/clock.h"

namespace gateway::store {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kNoncesAtOnce = 128;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Encryption fails only when OpenSSL cannot work at all; going on would store clear text or
// nothing.
void Check(bool ok) {
  if (ok) return;
  std::fputs("the cryptographic library failed: stopping\n", stderr);
  std::abort();
}

}  // namespace

void Sealer::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

Sealer::Sealer() : encrypt_(EVP_CIPHER_CTX_new()), decrypt_(EVP_CIPHER_CTX_new()) {
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  Check(cipher != nullptr && encrypt_ != nullptr && decrypt_ != nullptr);
  Check(EVP_EncryptInit_ex2(encrypt_.get(), cipher, nullptr, nullptr, nullptr) == 1);
  Check(EVP_DecryptInit_ex2(decrypt_.get(), cipher, nullptr, nullptr, nullptr) == 1);
  EVP_CIPHER_free(cipher);
}

Sealer::~Sealer() = default;

std::string_view Sealer::NextNonce() {
  if (next_nonce_ == nonces_.size()) {
    nonces_ = RandomBytes(kNonceBytes * kNoncesAtOnce);
    next_nonce_ = 0;
  }
  const std::string_view nonce = std::string_view(nonces_).substr(next_nonce_, kNonceBytes);
  next_nonce_ += kNonceBytes;
  return nonce;
}

std::string Sealer::Seal(std::string_view key, std::string_view associated, std::string_view text) {
  std::string sealed(NextNonce());
  sealed.resize(kNonceBytes + text.size() + kTagBytes);
  auto* out = reinterpret_cast<unsigned char*>(sealed.data());
  int size = 0;
  Check(key.size() == 32 &&
        EVP_EncryptInit_ex2(encrypt_.get(), nullptr, Bytes(key), out, nullptr) == 1 &&
        EVP_EncryptUpdate(encrypt_.get(), nullptr, &size, Bytes(associated),
                          static_cast<int>(associated.size())) == 1 &&
        EVP_EncryptUpdate(encrypt_.get(), out + kNonceBytes, &size, Bytes(text),
                          static_cast<int>(text.size())) == 1 &&
        EVP_EncryptFinal_ex(encrypt_.get(), out + kNonceBytes + size, &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(encrypt_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                            out + kNonceBytes + text.size()) == 1);
  return sealed;
}

std::optional<std::string> Sealer::Open(std::string_view key, std::string_view associated,
                                        std::string_view sealed) {
  if (key.size() != 32 || sealed.size() < kOverheadBytes) return std::nullopt;
  const size_t size = sealed.size() - kOverheadBytes;
  std::string tag(sealed.substr(kNonceBytes + size));
  std::string text(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  int written = 0;
  const bool ok =
      EVP_DecryptInit_ex2(decrypt_.get(), nullptr, Bytes(key), Bytes(sealed), nullptr) == 1 &&
      EVP_DecryptUpdate(decrypt_.get(), nullptr, &written, Bytes(associated),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_DecryptUpdate(decrypt_.get(), out, &written, Bytes(sealed) + kNonceBytes,
                        static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(decrypt_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(decrypt_.get(), out + written, &written) == 1;
  if (!ok) return std::nullopt;
  return text;
}

void KeyedHash::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

KeyedHash::KeyedHash(std::string_view key) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Check(mac != nullptr);
  context_.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END};
  Check(context_ != nullptr &&
        EVP_MAC_init(context_.get(), Bytes(key), key.size(), parameters) == 1);
}

KeyedHash::~KeyedHash() = default;

void KeyedHash::Run(std::initializer_list<std::string_view> parts, unsigned char (&out)[32]) {
  const std::string joined = Join(parts);
  size_t size = 0;
  Check(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&
        EVP_MAC_update(context_.get(), Bytes(joined), joined.size()) == 1 &&
        EVP_MAC_final(context_.get(), out, &size, sizeof out) == 1 && size == 32);
}

int64_t KeyedHash::Of64(std::initializer_list<std::string_view> parts) {
  unsigned char out[32];
  Run(parts, out);
  int64_t hash = 0;
  std::memcpy(&hash, out, sizeof hash);
  return hash;
}

std::string KeyedHash::Of128(std::initializer_list<std::string_view> parts) {
  unsigned char out[32];
  Run(parts, out);
  return {reinterpret_cast<const char*>(out), 16};
}

std::string Join(std::initializer_list<std::string_view> parts) {
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size() + 1;
  std::string joined;
  joined.reserve(size);
  for (const std::string_view part : parts) {
    joined += part;
    joined += '\0';
  }
  return joined;
}

}  // namespace gateway::store
