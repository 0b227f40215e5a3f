#include "gateway/outreach/opt_outs.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "gateway/outreach/identity.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

constexpr std::chrono::seconds kForTheCommit{2};

fhir::Status AddInFlight(store::Transaction& tx, const std::string& tenant,
                         const std::vector<int64_t>& persons,
                         const std::vector<std::string>& contacts, Barrier& barrier) {
  auto sending = tx.AttemptsSending();
  if (!sending.ok()) return std::move(sending).error();
  const auto is_same = [&](int64_t other) {
    return other != 0 && std::find(persons.begin(), persons.end(), other) != persons.end();
  };
  for (const store::Attempt& attempt : *sending) {
    bool concerned = is_same(attempt.person);
    if (!concerned && !contacts.empty()) {
      auto row = tx.FindOutreach(attempt.outreach);
      if (!row.ok()) return std::move(row).error();
      concerned = row->has_value() &&
                  std::find(contacts.begin(), contacts.end(), (*row)->contact) != contacts.end();
    }
    if (concerned) barrier.emplace_back(tenant, attempt.key);
  }
  return {};
}

}  // namespace

fhir::Status AwaitBarrier(InFlight& in_flight, const Barrier& barrier, const Config& config) {
  const auto deadline = std::chrono::milliseconds(config.send_deadline_ms) + kForTheCommit;
  if (in_flight.AbortAndWait(barrier, deadline)) return {};
  return fhir::Fail(fhir::ErrorCode::kUnavailable,
                    "it is recorded, but a message that was under way has not ended; repeat");
}

fhir::Status HoldInFlight(store::Transaction& tx, const std::string& tenant, int64_t person,
                          Barrier& barrier) {
  barrier.clear();
  auto persons = SameHuman(tx, person);
  if (!persons.ok()) return std::move(persons).error();
  return AddInFlight(tx, tenant, *persons, {}, barrier);
}

fhir::Status DecideQueuedAgain(store::Transaction& tx, const Workshop& workshop,
                               const std::string& tenant, int64_t person,
                               const std::vector<std::string>& contacts, Barrier& barrier) {
  barrier.clear();
  auto sending = tx.AttemptsSending();
  if (!sending.ok()) return std::move(sending).error();
  // Who is the same human is asked only while there is something that could be for him.
  if (sending->empty()) {
    auto any = tx.DueOutreach(store::Instant::max(), 1);
    if (!any.ok()) return std::move(any).error();
    if (any->empty()) return {};
  }
  auto persons = SameHuman(tx, person);
  if (!persons.ok()) return std::move(persons).error();
  if (auto s = AddInFlight(tx, tenant, *persons, contacts, barrier); !s.ok()) return s;
  std::map<int64_t, store::Outreach> queued;
  for (const int64_t each : *persons) {
    auto rows = tx.QueuedFor(each, contacts);
    if (!rows.ok()) return std::move(rows).error();
    for (store::Outreach& row : *rows) queued.emplace(row.key, std::move(row));
  }
  for (const auto& [key, row] : queued) {
    auto request = LoadResource(tx, row.programme, "CommunicationRequest", row.request_id);
    if (!request.ok()) continue;
    // As it would stand when it is due: a DEFER must not look like a reason to cancel.
    auto verdict = Prepare(tx, workshop, row.programme, *request, std::max(tx.Now(), row.due_at));
    if (!verdict.ok()) return std::move(verdict).error();
    if (verdict->decision.outcome != consent::Outcome::kDeny &&
        verdict->decision.outcome != consent::Outcome::kReview) {
      continue;
    }
    auto applied = Apply(tx, workshop, tenant, *verdict, Stage::kRecheck, row);
    if (!applied.ok()) return std::move(applied).error();
  }
  return {};
}

fhir::Status RecordOptOut(store::Transaction& tx, const Workshop& workshop,
                          const std::string& tenant, const store::OptOutRow& row,
                          Barrier& barrier) {
  auto persons = SameHuman(tx, row.person);
  if (!persons.ok()) return std::move(persons).error();
  store::OptOutRow kept = row;
  kept.also.assign(persons->begin() + 1, persons->end());
  if (auto s = tx.AddOptOut(kept); !s.ok()) return s;
  if (row.person != 0) {
    auto s = tx.BumpEpoch({store::EpochKey::Kind::kPerson, std::to_string(row.person)});
    if (!s.ok()) return s;
  }
  std::vector<std::string> contacts;
  if (!row.contact.empty()) {
    contacts.push_back(row.contact);
    if (auto s = tx.BumpEpoch({store::EpochKey::Kind::kContact, row.contact}); !s.ok()) return s;
  }
  store::AuditRow audit;
  audit.at = tx.Now();
  audit.action = "opt-out";
  audit.client = row.source;
  audit.outcome = "0";
  audit.detail = row.channel + " " + row.message_class;
  if (auto s = tx.AppendAudit(audit); !s.ok()) return s;
  return DecideQueuedAgain(tx, workshop, tenant, row.person, contacts, barrier);
}

}  // namespace gateway::outreach
