// Sealing of what is stored: AES-256-GCM with a random nonce and associated data that says where
// the text belongs, so that a body moved to another row is noticed; and keyed hashes for
// equality-only index values.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

namespace gateway::store {

// Holds OpenSSL contexts so that a call costs no set-up. One thread at a time.
class Sealer {
 public:
  static constexpr size_t kOverheadBytes = 12 + 16;  // nonce before, tag behind

  Sealer();
  ~Sealer();

  // REQUIRES: a key of 32 bytes.
  std::string Seal(std::string_view key, std::string_view associated, std::string_view text);
  // nullopt when the key, the associated data or a single bit differs.
  std::optional<std::string> Open(std::string_view key, std::string_view associated,
                                  std::string_view sealed);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::string_view NextNonce();

  std::unique_ptr<evp_cipher_ctx_st, Free> encrypt_;
  std::unique_ptr<evp_cipher_ctx_st, Free> decrypt_;
  std::string nonces_;  // one call of the generator costs more than a hundred nonces of its output
  size_t next_nonce_ = 0;
};

// HMAC-SHA256 over NUL-separated parts (none of which can hold a NUL). One thread at a time.
class KeyedHash {
 public:
  explicit KeyedHash(std::string_view key);
  ~KeyedHash();

  int64_t Of64(std::initializer_list<std::string_view> parts);       // index terms
  std::string Of128(std::initializer_list<std::string_view> parts);  // contact points, identifiers

 private:
  void Run(std::initializer_list<std::string_view> parts, unsigned char (&out)[32]);
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

// Parts joined by NUL: associated data and names.
std::string Join(std::initializer_list<std::string_view> parts);

}  // namespace gateway::store
