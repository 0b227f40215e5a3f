#include "gateway/outreach/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "gateway/auth/link_token.h"
#include "gateway/log.h"
#include "gateway/outreach/compose.h"
#include "gateway/outreach/settle.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

constexpr size_t kClaimsPerRound = 32;
// Every write wakes it, and under load there are thousands in a second.
constexpr std::chrono::milliseconds kShortestRound{5};

std::string UnsubscribeUrl(const Config& config, const Tenant& tenant,
                           const store::Attempt& attempt) {
  return config.public_url + "/u/" +
         auth::MakeLinkToken(tenant.link_key, tenant.name, attempt.key, attempt.id);
}

// A due row with the decision made for it on a snapshot; decided again inside when that is stale.
struct Due {
  store::Outreach row;
  std::optional<Verdict> verdict;
};

fhir::Result<Verdict> Fresh(store::Reader& reader, const Workshop& workshop,
                            const store::Outreach& row, fhir::Instant now) {
  auto request = LoadResource(reader, row.programme, "CommunicationRequest", row.request_id);
  if (!request.ok()) return std::move(request).error();
  return Prepare(reader, workshop, row.programme, *request, now);
}

// Whether the facts of a decision, and the request that it is about, are what they were.
fhir::Result<bool> Stands(store::Reader& reader, const std::string& programme,
                          const fhir::Resource& request, const Epochs& epochs) {
  auto holds = StillHolds(reader, epochs);
  if (!holds.ok() || !*holds) return holds;
  auto present = LoadResource(reader, programme, "CommunicationRequest", request.id());
  if (present.ok()) return present->Versioned() == request.Versioned();
  if (present.error().code == fhir::ErrorCode::kInternal) return std::move(present).error();
  return false;
}

}  // namespace

adapters::Message CommittedClaim::Message() const {
  return adapters::Message(adapters::SendPermit(claim_.attempt.decision_id), claim_.attempt.id,
                           claim_.content);
}

Dispatcher::Dispatcher(Tenants& tenants, const Workshop& workshop, const Clock& clock,
                       InFlight& in_flight)
    : tenants_(tenants),
      workshop_(workshop),
      clock_(clock),
      in_flight_(in_flight),
      health_(workshop.metrics, 2 * std::chrono::milliseconds(workshop.config.send_deadline_ms),
              std::chrono::hours(workshop.config.send_retry_hours)) {}

Dispatcher::~Dispatcher() { Stop(); }

fhir::Status Dispatcher::Start() {
  for (const auto& tenant : tenants_.all()) {
    if (auto recovered = Recover(*tenant); !recovered.ok()) return recovered;
  }
  senders_ = std::make_unique<WorkQueue>(workshop_.config.send_threads, 1024);
  courier_ = std::make_unique<Courier>(workshop_, clock_, [this] { Wake(); });
  loop_ = std::thread([this] { Loop(); });
  return {};
}

void Dispatcher::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (loop_.joinable()) loop_.join();
  senders_.reset();
  courier_.reset();
}

void Dispatcher::Wake() {
  {
    const std::lock_guard lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  wake_.notify_all();
}

void Dispatcher::Loop() {
  for (;;) {
    const auto begun = std::chrono::steady_clock::now();
    for (const auto& tenant : tenants_.all()) {
      ClaimDue(*tenant);
      courier_->SendDue(*tenant);
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(workshop_.config.dispatch_interval_ms),
                   [this] { return stopping_ || woken_; });
    woken_ = false;
    if (stopping_) return;
    lock.unlock();
    std::this_thread::sleep_until(begun + kShortestRound);
  }
}

fhir::Status Dispatcher::Recover(Tenant& tenant) {
  // Whoever claimed these is gone: whether they left is not known.
  return tenant.store->Update([&](store::Transaction& tx) -> fhir::Status {
    auto attempts = tx.AttemptsSending();
    if (!attempts.ok()) return std::move(attempts).error();
    for (const store::Attempt& attempt : *attempts) {
      const Ending lost{store::AttemptState::kUnknown, "", "the gateway stopped while sending",
                        false};
      if (auto s = Settle(tx, workshop_, attempt, lost); !s.ok()) return s;
    }
    return {};
  });
}

void Dispatcher::ClaimDue(Tenant& tenant) {
  // Never claim more than the senders can begin at once: a claim waits for nobody else's provider.
  const int room = workshop_.config.send_threads * 2 - sending_.load();
  if (room <= 0) return;
  const fhir::Instant now = clock_.Now();
  std::vector<Due> due;
  const fhir::Status looked = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto rows = reader.DueOutreach(now, std::min<size_t>(kClaimsPerRound, room));
    if (!rows.ok()) return std::move(rows).error();
    for (store::Outreach& row : *rows) {
      Due item{std::move(row), std::nullopt};
      auto verdict = Fresh(reader, workshop_, item.row, now);
      if (verdict.ok()) item.verdict = std::move(*verdict);
      due.push_back(std::move(item));
    }
    return {};
  });
  if (!looked.ok()) {
    log::Failure("dispatch", {{"tenant", tenant.name}, {"error", looked.error().message}});
    return;
  }
  if (due.empty()) return;

  std::vector<Claim> claims;
  const fhir::Status claimed = tenant.store->Update([&](store::Transaction& tx) -> fhir::Status {
    claims.clear();
    for (const Due& item : due) {
      auto present = tx.FindOutreach(item.row.key);
      if (!present.ok()) return std::move(present).error();
      if (!present->has_value() || (*present)->state != store::OutreachState::kQueued) continue;
      std::optional<Verdict> verdict = item.verdict;
      if (verdict) {
        auto holds =
            Stands(tx, item.row.programme, verdict->gathered.request, verdict->gathered.epochs);
        if (!holds.ok()) return std::move(holds).error();
        if (!*holds) verdict.reset();
      }
      if (!verdict) {
        auto fresh = Fresh(tx, workshop_, **present, tx.Now());
        if (!fresh.ok() && fresh.error().code == fhir::ErrorCode::kInternal) {
          return std::move(fresh).error();
        }
        if (!fresh.ok()) {
          // The request or the programme is gone: there is nothing to send any more.
          store::Outreach row = **present;
          row.state = store::OutreachState::kCancelled;
          if (auto s = tx.UpdateOutreach(row); !s.ok()) return s;
          continue;
        }
        verdict = std::move(*fresh);
      }
      if (verdict->decision.permits() && !verdict->vendor.empty()) {
        const fhir::Instant next = health_.NextTry(verdict->vendor, now);
        if (next > now) {
          store::Outreach row = **present;
          row.due_at = next;
          if (auto s = tx.UpdateOutreach(row); !s.ok()) return s;
          continue;
        }
      }
      auto claim = Apply(tx, workshop_, tenant.name, *verdict, Stage::kSend, **present);
      if (!claim.ok()) return std::move(claim).error();
      if (!claim->has_value()) continue;
      (*claim)->content =
          Compose(*verdict, UnsubscribeUrl(workshop_.config, tenant, (*claim)->attempt));
      claims.push_back(std::move(**claim));
    }
    // Each claim has changed what others stand on: that is known here.
    for (Claim& claim : claims) {
      if (auto s = Renew(tx, claim.epochs); !s.ok()) return s;
    }
    return {};
  });
  if (!claimed.ok()) {
    log::Failure("claim", {{"tenant", tenant.name}, {"error", claimed.error().message}});
    return;
  }
  for (Claim& claim : claims) {
    ++sending_;
    auto committed = std::make_shared<CommittedClaim>(CommittedClaim(std::move(claim)));
    const bool taken = senders_->Post([this, &tenant, committed] {
      Send(tenant, *committed);
      --sending_;
      Wake();
    });
    // A claim that nobody takes stays `sending` and is settled as unknown at the next start.
    if (!taken) --sending_;
  }
}

// What changes from here on finds the attempt begun, and waits for it where it must (opt_outs.h).
Ending Dispatcher::Deliver(Tenant& tenant, const CommittedClaim& committed) {
  const Claim& claim = committed.claim();
  bool holds = false;
  const fhir::Status looked = tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto answer = Stands(reader, claim.outreach.programme, claim.request, claim.epochs);
    if (!answer.ok()) return std::move(answer).error();
    holds = *answer;
    return {};
  });
  if (!looked.ok() || !holds) {
    return {store::AttemptState::kAborted, "", "a fact changed before it left", false};
  }
  // A process that was stopped, or a machine: what was decided then says nothing of now.
  const auto limit = std::chrono::milliseconds(workshop_.config.send_deadline_ms);
  if (TooOld(claim.attempt, clock_.Now(), committed.Waited(), limit)) {
    return {store::AttemptState::kAborted, "", "the decision was too old to be acted on", false};
  }
  adapters::Adapter* adapter = workshop_.adapters.Find(claim.attempt.vendor);
  if (adapter == nullptr) {
    return {store::AttemptState::kNotSent, "", "the vendor is not configured", true};
  }
  return EndingOf(adapter->Deliver(committed.Message(), limit));
}

void Dispatcher::Send(Tenant& tenant, const CommittedClaim& committed) {
  const Claim& claim = committed.claim();
  const InFlight::Key key{tenant.name, claim.attempt.key};
  Ending ending{store::AttemptState::kAborted, "", "aborted by an opt-out", false};
  if (in_flight_.Begin(key)) ending = Deliver(tenant, committed);
  health_.Note(claim.attempt.vendor, ending, clock_.Now());
  const fhir::Status settled = tenant.store->Update(
      [&](store::Transaction& tx) { return Settle(tx, workshop_, claim.attempt, ending); });
  in_flight_.Settled(key);
  static constexpr const char* kStates[] = {"sending",  "accepted", "refused",
                                            "not-sent", "unknown",  "aborted"};
  const std::string state = kStates[static_cast<int>(ending.state)];
  workshop_.metrics.Count("psgateway_attempts_total{channel=\"" + claim.attempt.channel +
                          "\",state=\"" + state + "\"}");
  log::Info("attempt", {{"tenant", tenant.name},
                        {"attempt", claim.attempt.id},
                        {"request", claim.outreach.request_id},
                        {"vendor", claim.attempt.vendor},
                        {"state", state},
                        {"settled", settled.ok() ? "yes" : settled.error().message}});
}

}  // namespace gateway::outreach
