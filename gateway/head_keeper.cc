#include "gateway/head_keeper.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "gateway/auth/link_token.h"
#include "gateway/log.h"

namespace gateway {
namespace {
// The window in which a rollback of the database would go unnoticed.
constexpr std::chrono::seconds kEvery{5};
constexpr std::chrono::seconds kNoticed{60};
}  // namespace

fhir::Status CheckHeads(const Tenant& tenant, const ledger::HeadSigner& signer) {
  const std::string file = tenant.dir + "/heads.jsonl";
  if (std::error_code error; !std::filesystem::exists(file, error)) return {};
  auto heads = ledger::ReadHeads(file);
  if (!heads.ok()) return std::move(heads).error();
  const ledger::SignedHead* last = nullptr;
  for (const ledger::SignedHead& head : *heads) {
    if (head.tenant != tenant.name || !signer.Verify(head)) continue;
    if (last == nullptr || head.size >= last->size) last = &head;
  }
  if (last == nullptr) return {};
  store::LedgerState state;
  const fhir::Status looked = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto read = reader.Ledger();
    if (!read.ok()) return std::move(read).error();
    state = std::move(*read);
    return {};
  });
  if (!looked.ok()) return looked;
  const bool older = state.size < last->size;
  const bool other = state.size == last->size && auth::Hex(state.root) != last->root;
  if (!older && !other) return {};
  return fhir::Fail(
      fhir::ErrorCode::kConflict,
      "tenant " + tenant.name + ": data.db holds " + std::to_string(state.size) +
          " ledger entries, the head signed at " + fhir::FormatInstant(last->at) + " covers " +
          std::to_string(last->size) +
          ": it is missing, or an older copy was put back, and what patients have refused since is "
          "not in it. Put the newest copy back; or, if this one shall be used, keep " +
          file + " elsewhere as evidence, take it away from there and start again");
}

HeadKeeper::HeadKeeper(Tenants& tenants, ledger::HeadSigner signer, const Clock& clock)
    : tenants_(tenants), signer_(std::move(signer)), clock_(clock), thread_([this] { Loop(); }) {}

HeadKeeper::~HeadKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  SignAll();
}

void HeadKeeper::Loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kEvery, [this] { return stopping_; })) {
    lock.unlock();
    SignAll();
    lock.lock();
  }
}

void HeadKeeper::SignAll() {
  for (const auto& tenant : tenants_.all()) {
    std::chrono::milliseconds lag{};
    store::LedgerState state;
    const fhir::Status looked = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto read = reader.Ledger();
      if (!read.ok()) return std::move(read).error();
      state = std::move(*read);
      lag = reader.ClockLag();
      return {};
    });
    if (looked.ok() && lag > kNoticed) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lag).count();
      log::Failure("clock", {{"tenant", tenant->name},
                             {"behind_seconds", std::to_string(seconds)},
                             {"error",
                              "the clock is behind the last commit: nothing is permitted "
                              "until it has caught up, or `psgateway clock accept`"}});
    }
    if (!looked.ok() || state.size == signed_size_[tenant->name]) continue;
    const ledger::SignedHead head = signer_.Sign(tenant->name, state, clock_.Now());
    const fhir::Status kept = ledger::AppendHead(tenant->dir + "/heads.jsonl", head);
    if (kept.ok()) {
      signed_size_[tenant->name] = state.size;
    } else {
      log::Failure("ledger-head", {{"tenant", tenant->name}, {"error", kept.error().message}});
    }
  }
}

}  // namespace gateway
