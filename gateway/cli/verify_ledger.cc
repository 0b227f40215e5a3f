#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "gateway/auth/link_token.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/verbs.h"
#include "gateway/ledger/merkle_tree.h"
#include "gateway/ledger/signed_head.h"

namespace gateway::cli {
namespace {

constexpr size_t kPage = 1000;

struct Verdict {
  std::vector<std::string> complaints;
  int64_t heads = 0;
  std::optional<ledger::SignedHead> last;  // the largest
};

fhir::Result<store::LedgerState> StoredState(Tenant& tenant) {
  fhir::Result<store::LedgerState> state = store::LedgerState{};
  fhir::Status viewed = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    state = reader.Ledger();
    return {};
  });
  if (!viewed.ok()) return viewed.error();
  return state;
}

// The signed heads in the order of their sizes; those with a bad signature become complaints.
fhir::Result<std::vector<ledger::SignedHead>> Heads(const Tenant& tenant,
                                                    const ledger::HeadSigner& signer,
                                                    Verdict* verdict) {
  std::string file = (std::filesystem::path(tenant.dir) / "heads.jsonl").string();
  if (std::error_code error; !std::filesystem::exists(file, error)) {
    return std::vector<ledger::SignedHead>{};
  }
  fhir::Result<std::vector<ledger::SignedHead>> heads = ledger::ReadHeads(file);
  if (!heads.ok()) return heads.error();
  size_t all = heads->size();
  std::erase_if(*heads, [&](const ledger::SignedHead& head) {
    return head.tenant != tenant.name || !signer.Verify(head);
  });
  if (heads->size() != all) {
    verdict->complaints.push_back(std::to_string(all - heads->size()) + " of " +
                                  std::to_string(all) + " heads in " + file +
                                  " are not signed by the configured key for this tenant");
  }
  std::stable_sort(heads->begin(), heads->end(),
                   [](const auto& a, const auto& b) { return a.size < b.size; });
  return heads;
}

// Builds the tree from its leaves and compares it with every head on the way.
fhir::Result<ledger::Frontier> Rebuild(Tenant& tenant, const store::LedgerState& state,
                                       const std::vector<ledger::SignedHead>& heads,
                                       Verdict* verdict) {
  ledger::Frontier tree;
  auto head = heads.begin();
  auto compare = [&] {
    for (; head != heads.end() && head->size == tree.size(); ++head) {
      ++verdict->heads;
      if (head->root == auth::Hex(tree.Root())) continue;
      verdict->complaints.push_back("the head of " + fhir::FormatInstant(head->at) + " over " +
                                    std::to_string(head->size) +
                                    " leaves has another root: a leaf before it was changed");
    }
  };
  Progress progress("verify " + tenant.name, state.size);
  compare();
  while (tree.size() < state.size) {
    std::vector<std::string> leaves;
    size_t want = std::min(kPage, static_cast<size_t>(state.size - tree.size()));
    fhir::Status viewed = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
      auto page = reader.Leaves(tree.size(), want);
      if (!page.ok()) return page.error();
      leaves = std::move(*page);
      return {};
    });
    if (!viewed.ok()) return viewed.error();
    if (leaves.empty()) {
      verdict->complaints.push_back("the leaf " + std::to_string(tree.size()) + " of " +
                                    std::to_string(state.size) + " is missing");
      return tree;
    }
    for (const std::string& leaf : leaves) {
      tree.Append(ledger::LeafHash(leaf));
      compare();
    }
    progress.At(tree.size());
  }
  for (; head != heads.end(); ++head) {
    verdict->complaints.push_back("the head of " + fhir::FormatInstant(head->at) + " covers " +
                                  std::to_string(head->size) + " leaves, the ledger has " +
                                  std::to_string(state.size) +
                                  ": an older copy of the database was put back");
  }
  return tree;
}

void Summarise(const Tenant& tenant, const store::LedgerState& state, const Verdict& verdict) {
  for (const std::string& complaint : verdict.complaints) {
    std::cout << "tenant " << tenant.name << ": WRONG: " << complaint << "\n";
  }
  if (!verdict.complaints.empty()) return;
  std::cout << "tenant " << tenant.name << ": " << state.size << " leaves, root "
            << auth::Hex(state.root).substr(0, 16) << "..., " << verdict.heads
            << " signed heads agree";
  if (!verdict.last) {
    std::cout << "; no head was signed yet, so an older copy put back would not be noticed\n";
    return;
  }
  std::cout << "; the last of " << fhir::FormatInstant(verdict.last->at) << " covers "
            << verdict.last->size << ". Not provable: that nothing after it was taken back ("
            << state.size - verdict.last->size << " leaves now)\n";
}

fhir::Result<bool> VerifyTenant(Tenant& tenant, const ledger::HeadSigner& signer) {
  Verdict verdict;
  // The heads first: the ledger only grows, so that a head signed meanwhile cannot be ahead of it.
  fhir::Result<std::vector<ledger::SignedHead>> heads = Heads(tenant, signer, &verdict);
  if (!heads.ok()) return heads.error();
  fhir::Result<store::LedgerState> state = StoredState(tenant);
  if (!state.ok()) return state.error();
  fhir::Result<ledger::Frontier> tree = Rebuild(tenant, *state, *heads, &verdict);
  if (!tree.ok()) return tree.error();
  if (tree->size() == state->size && tree->Root() != state->root) {
    verdict.complaints.push_back("the root computed from the leaves is not the stored one");
  }
  if (!heads->empty()) verdict.last = heads->back();
  Summarise(tenant, *state, verdict);
  return verdict.complaints.empty();
}

}  // namespace

int VerifyLedger(const std::string& config_file, const std::string& tenant_name) {
  fhir::Result<std::unique_ptr<GatewayFiles>> files = OpenGateway(config_file);
  if (!files.ok()) return Complain(files.error());
  fhir::Result<std::vector<Tenant*>> tenants = (*files)->Chosen(tenant_name);
  if (!tenants.ok()) return Complain(tenants.error());
  fhir::Result<ledger::HeadSigner> signer =
      ledger::HeadSigner::Load((*files)->config.head_key_file);
  if (!signer.ok()) return Complain(signer.error());
  bool good = true;
  for (Tenant* tenant : *tenants) {
    fhir::Result<bool> verified = VerifyTenant(*tenant, *signer);
    if (!verified.ok()) return Complain(verified.error());
    good = *verified && good;
  }
  if (good) return 0;
  return Complain(
      "the ledger does not agree with itself or its heads; keep the files as they are, "
      "compare with the backups and the heads kept elsewhere");
}

}  // namespace gateway::cli
