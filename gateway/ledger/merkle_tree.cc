#include "gateway/ledger/merkle_tree.h"

#include <openssl/evp.h>

#include <bit>
#include <cstdlib>
#include <initializer_list>

namespace gateway::ledger {
namespace {

constexpr size_t kHashBytes = 32;
constexpr size_t kSizeBytes = 8;

std::string Sha256(std::string_view text) {
  std::string hash(kHashBytes, '\0');
  // Fails only when OpenSSL has no SHA-256.
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(hash.data()), nullptr,
                 EVP_sha256(), nullptr) != 1) {
    std::abort();
  }
  return hash;
}

std::string HashOf(char prefix, std::string_view a, std::string_view b) {
  std::string text;
  text.reserve(1 + a.size() + b.size());
  text += prefix;
  text += a;
  text += b;
  return Sha256(text);
}

}  // namespace

std::string LeafHash(std::string_view leaf) { return HashOf('\0', leaf, {}); }

std::string NodeHash(std::string_view left, std::string_view right) {
  return HashOf('\1', left, right);
}

// As many peaks merge as the old size has ones at its low end.
void Frontier::Append(std::string_view leaf_hash) {
  std::string node(leaf_hash);
  for (int merges = std::countr_one(static_cast<uint64_t>(size_)); merges > 0; --merges) {
    node = NodeHash(peaks_.back(), node);
    peaks_.pop_back();
  }
  peaks_.push_back(std::move(node));
  ++size_;
}

std::string Frontier::Root() const {
  if (peaks_.empty()) return Sha256("");
  std::string root = peaks_.back();
  for (size_t i = peaks_.size() - 1; i > 0; --i) root = NodeHash(peaks_[i - 1], root);
  return root;
}

// The size (8 bytes, big endian), then the peaks.
std::string Frontier::Serialize() const {
  std::string bytes;
  bytes.reserve(kSizeBytes + peaks_.size() * kHashBytes);
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<uint64_t>(size_) >> shift & 0xff);
  }
  for (const std::string& peak : peaks_) bytes += peak;
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
  for (size_t i = 0; i < peaks; ++i) {
    frontier.peaks_.emplace_back(bytes.substr(kSizeBytes + i * kHashBytes, kHashBytes));
  }
  return frontier;
}

}  // namespace gateway::ledger
