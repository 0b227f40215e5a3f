#include "tests/gateway/store/contract/store_contract.h"

#include <span>

#include "gateway/ledger/merkle_tree.h"

namespace gateway::store {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);

namespace {

// RFC 6962 section 2.1, recursively: the oracle beside the frontier.
std::string TreeHash(std::span<const std::string> leaves) {
  if (leaves.empty()) return ledger::Frontier().Root();
  if (leaves.size() == 1) return ledger::LeafHash(leaves[0]);
  size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return ledger::NodeHash(TreeHash(leaves.first(split)), TreeHash(leaves.subspan(split)));
}

}  // namespace

std::string RootOf(const std::vector<std::string>& leaves) { return TreeHash(leaves); }

int64_t CheckLedger(Store& store) {
  int64_t size = -1;
  const fhir::Status status = store.View([&](Reader& r) -> fhir::Status {
    const LedgerState state = Get(r.Ledger());
    const std::vector<std::string> leaves = Get(r.Leaves(0, 1'000'000));
    EXPECT_EQ(static_cast<int64_t>(leaves.size()), state.size);
    EXPECT_EQ(RootOf(leaves), state.root);
    size = state.size;
    return {};
  });
  EXPECT_TRUE(status.ok()) << status.error().message;
  return size;
}

}  // namespace gateway::store
