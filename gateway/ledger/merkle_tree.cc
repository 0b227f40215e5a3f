#include "gateway/ledger/merkle_tree.h"

#include <openssl/evp.h>

#include <bit>
#include <cstdlib>
#include <initializer_list>

namespace gateway::ledger {
namespace {

constexpr size_t kHashBytes = 32;
constexpr size_t kSizeBytes = 8;

// Fails only when OpenSSL has no SHA-256.
void Check(bool ok) {
  if (!ok) std::abort();
}

// A context of its own for each thread: fetching the algorithm costs more than a hash.
class Sha256 {
 public:
  Sha256() : md_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
    Check(md_ != nullptr && context_ != nullptr);
  }
  ~Sha256() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(md_);
  }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  std::string Of(std::initializer_list<std::string_view> parts) {
    std::string hash(kHashBytes, '\0');
    Check(EVP_DigestInit_ex2(context_, md_, nullptr) == 1);
    for (const std::string_view part : parts) {
      Check(EVP_DigestUpdate(context_, part.data(), part.size()) == 1);
    }
    Check(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(hash.data()), nullptr) ==
          1);
    return hash;
  }

 private:
  EVP_MD* const md_;
  EVP_MD_CTX* const context_;
};

std::string HashOf(std::initializer_list<std::string_view> parts) {
  thread_local Sha256 sha256;
  return sha256.Of(parts);
}

std::string_view View(const std::array<char, kHashBytes>& hash) {
  return {hash.data(), hash.size()};
}

std::array<char, kHashBytes> HashFrom(std::string_view bytes) {
  std::array<char, kHashBytes> hash{};
  bytes.copy(hash.data(), hash.size());
  return hash;
}

}  // namespace

std::string LeafHash(std::string_view leaf) { return HashOf({std::string_view("\0", 1), leaf}); }

std::string NodeHash(std::string_view left, std::string_view right) {
  return HashOf({"\1", left, right});
}

// As many peaks merge as the old size has ones at its low end.
void Frontier::Append(std::string_view leaf_hash) {
  std::string node(leaf_hash);
  for (int merges = std::countr_one(static_cast<uint64_t>(size_)); merges > 0; --merges) {
    node = NodeHash(View(peaks_.back()), node);
    peaks_.pop_back();
  }
  peaks_.push_back(HashFrom(node));
  ++size_;
}

std::string Frontier::Root() const {
  if (peaks_.empty()) return HashOf({});
  std::string root(View(peaks_.back()));
  for (size_t i = peaks_.size() - 1; i > 0; --i) root = NodeHash(View(peaks_[i - 1]), root);
  return root;
}

// The size (8 bytes, big endian), then the peaks.
std::string Frontier::Serialize() const {
  std::string bytes;
  bytes.reserve(kSizeBytes + peaks_.size() * kHashBytes);
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<uint64_t>(size_) >> shift & 0xff);
  }
  for (const Hash& peak : peaks_) bytes += View(peak);
  return bytes;
}

fhir::Result<Frontier> Frontier::Parse(std::string_view bytes) {
  uint64_t size = 0;
  for (size_t i = 0; i < kSizeBytes && i < bytes.size(); ++i) {
    size = size << 8 | static_cast<unsigned char>(bytes[i]);
  }
  const auto peaks = static_cast<size_t>(std::popcount(size));
  if (bytes.size() != kSizeBytes + peaks * kHashBytes || size >> 63 != 0) {
    return fhir::Fail(fhir::ErrorCode::kMalformed, "the ledger's frontier has not its length");
  }
  Frontier frontier;
  frontier.size_ = static_cast<int64_t>(size);
  frontier.peaks_.reserve(peaks);
  for (size_t i = 0; i < peaks; ++i) {
    frontier.peaks_.push_back(HashFrom(bytes.substr(kSizeBytes + i * kHashBytes, kHashBytes)));
  }
  return frontier;
}

}  // namespace gateway::ledger
