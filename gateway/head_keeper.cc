#include "gateway/head_keeper.h"

#include <chrono>
#include <utility>

#include "gateway/log.h"

namespace gateway {
namespace {
// The window in which a rollback of the database would go unnoticed.
constexpr std::chrono::seconds kEvery{5};
}  // namespace

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
    store::LedgerState state;
    const fhir::Status looked = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      auto read = reader.Ledger();
      if (!read.ok()) return std::move(read).error();
      state = std::move(*read);
      return {};
    });
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
