#include "gateway/ledger/merkle_tree.h"

#include <gtest/gtest.h>

#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::ledger {
namespace {

std::string Hex(const std::string& bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kHex[static_cast<unsigned char>(c) >> 4];
    hex += kHex[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

std::string Bytes(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace

// The leaves and roots of Certificate Transparency's reference test,
// https://github.com/google/certificate-transparency/blob/master/cpp/merkletree/merkle_tree_test.cc
TEST(MerkleTreeTest, KnownVectors) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
      {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
      {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
      {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
      {"606162636465666768696a6b6c6d6e6f",
       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};
  Frontier frontier;
  EXPECT_EQ(Hex(frontier.Root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const auto& [leaf, root] : cases) {
    frontier.Append(LeafHash(Bytes(leaf)));
    EXPECT_EQ(Hex(frontier.Root()), root) << frontier.size();
  }
}

TEST(MerkleTreeTest, EqualsTheRecursiveDefinitionAndSurvivesStorage) {
  Frontier frontier;
  std::vector<std::string> leaves;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(frontier.Root(), store::RootOf(leaves)) << i;
    const auto again = Frontier::Parse(frontier.Serialize());
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->Root(), frontier.Root());
    EXPECT_EQ(again->size(), i);
    frontier = *again;
    leaves.push_back("leaf " + std::to_string(i * i));
    frontier.Append(LeafHash(leaves.back()));
  }
}

TEST(MerkleTreeTest, WhatIsNotAFrontierIsRefused) {
  Frontier frontier;
  for (int i = 0; i < 5; ++i) frontier.Append(LeafHash("x"));
  const std::string bytes = frontier.Serialize();
  EXPECT_FALSE(Frontier::Parse("").ok());
  EXPECT_FALSE(Frontier::Parse(bytes.substr(1)).ok());
  EXPECT_FALSE(Frontier::Parse(bytes + std::string(32, 'x')).ok());
  EXPECT_FALSE(Frontier::Parse(std::string(8, '\xff')).ok());
}

}  // namespace gateway::ledger
