// RFC 6962 Merkle tree as a frontier: the roots of the complete subtrees, so that appending costs
// O(log n) and the whole state is a few hashes. https://www.rfc-editor.org/rfc/rfc6962#section-2.1
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"

namespace gateway::ledger {

std::string LeafHash(std::string_view leaf);                          // SHA-256(0x00 || leaf)
std::string NodeHash(std::string_view left, std::string_view right);  // SHA-256(0x01 || l || r)

// A value type: copy it to be able to go back.
class Frontier {
 public:
  void Append(std::string_view leaf_hash);
  int64_t size() const { return size_; }
  std::string Root() const;  // of the empty tree: SHA-256("")

  std::string Serialize() const;
  static fhir::Result<Frontier> Parse(std::string_view bytes);

 private:
  using Hash = std::array<char, 32>;
  int64_t size_ = 0;
  std::vector<Hash> peaks_;  // from the largest subtree to the smallest
};

}  // namespace gateway::ledger
