#include "gateway/outreach/intake.h"

#include <algorithm>
#include <utility>

#include "gateway/outreach/deceased.h"
#include "gateway/outreach/inbound.h"
#include "gateway/subscriptions.h"

namespace gateway::outreach {
namespace {

using store::OutreachState;

fhir::Status CancelQueued(store::Transaction& tx, const Scope& scope,
                          const std::string& request_id) {
  auto rows = tx.OutreachOfRequest(scope.programme, request_id);
  if (!rows.ok()) return std::move(rows).error();
  for (store::Outreach& row : *rows) {
    if (row.state != OutreachState::kQueued && row.state != OutreachState::kHeld) continue;
    row.state = OutreachState::kCancelled;
    if (auto s = tx.UpdateOutreach(row); !s.ok()) return s;
  }
  return {};
}

fhir::Status TakeRequest(store::Transaction& tx, const Workshop& workshop,
                         const std::string& tenant, const Scope& scope,
                         const fhir::Resource& request, Barrier& barrier) {
  auto rows = tx.OutreachOfRequest(scope.programme, request.id());
  if (!rows.ok()) return std::move(rows).error();
  for (const store::Outreach& row : *rows) {
    if (row.state != OutreachState::kSending) continue;
    auto attempts = tx.AttemptsOf(row.key);
    if (!attempts.ok()) return std::move(attempts).error();
    for (const store::Attempt& attempt : *attempts) {
      if (attempt.state == store::AttemptState::kSending) barrier.emplace_back(tenant, attempt.key);
    }
  }
  const bool left = std::any_of(rows->begin(), rows->end(), [](const store::Outreach& row) {
    return row.state == OutreachState::kSending || row.state == OutreachState::kSent ||
           row.state == OutreachState::kUnknown;
  });
  if (auto s = CancelQueued(tx, scope, request.id()); !s.ok()) return s;
  // One request is one message: what has left is not sent again because the request was edited.
  if (left || request["status"].text() != "active") return {};
  auto verdict = Prepare(tx, workshop, scope.programme, request, WhenToSend(request, tx.Now()));
  if (!verdict.ok()) return std::move(verdict).error();
  store::Outreach row;
  row.client = scope.client;
  auto applied = Apply(tx, workshop, tenant, *verdict, Stage::kIntake, row);
  if (!applied.ok()) return std::move(applied).error();
  return {};
}

template <class T>
void AddOnce(std::vector<T>& items, T item) {
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(std::move(item));
}

// Whose message may have to stop: the persons of a Patient or of a Consent's patient, whom another
// system may know by an identifier alone.
fhir::Status AddConcerned(store::Transaction& tx, const Scope& scope, const Written& written,
                          std::vector<int64_t>& persons) {
  for (const std::string& patient : written.patients) {
    auto person = tx.PersonOf(scope.programme, patient.substr(patient.find('/') + 1));
    if (!person.ok()) return std::move(person).error();
    if (*person != 0) AddOnce(persons, *person);
  }
  if (written.resource.type() != "Consent") return {};
  const fhir::json::Value& identifier = written.resource["patient"]["identifier"];
  if (identifier.is_null()) return {};
  auto known = tx.PersonsWith(identifier["system"].text() + "|" + identifier["value"].text());
  if (!known.ok()) return std::move(known).error();
  for (const int64_t person : *known) AddOnce(persons, person);
  return {};
}

}  // namespace

fhir::Status React(store::Transaction& tx, const Workshop& workshop, const std::string& tenant,
                   const Scope& scope, const std::vector<Written>& written, Barrier& barrier) {
  Barrier all;
  std::vector<int64_t> persons;
  for (const Written& each : written) {
    if (!each.changed) continue;
    const std::string& type = each.resource.type();
    if (type != "Consent" && type != "Patient") continue;
    if (auto s = AddConcerned(tx, scope, each, persons); !s.ok()) return s;
  }
  for (const int64_t person : persons) {
    Barrier mine;
    if (auto s = DecideQueuedAgain(tx, workshop, tenant, person, {}, mine); !s.ok()) return s;
    all.insert(all.end(), mine.begin(), mine.end());
  }
  for (const Written& each : written) {
    if (!each.changed || each.resource.type() != "Patient" || !SpeaksOfDeath(each.resource)) {
      continue;
    }
    auto ended = EndPlans(tx, workshop, tenant, scope.programme, each.resource.id());
    if (!ended.ok()) return ended;
  }
  for (const Written& each : written) {
    if (!each.changed) continue;
    const std::string& type = each.resource.type();
    if (type == "CommunicationRequest") {
      if (auto s = TakeRequest(tx, workshop, tenant, scope, each.resource, all); !s.ok()) return s;
    } else if (type == "Communication") {
      Barrier mine;
      if (auto s = TakeCommunication(tx, workshop, tenant, scope, each, mine); !s.ok()) return s;
      all.insert(all.end(), mine.begin(), mine.end());
    } else if (type == "Subscription") {
      if (auto s = TakeSubscription(tx, workshop.config, scope, each); !s.ok()) return s;
    }
  }
  barrier = std::move(all);
  return {};
}

}  // namespace gateway::outreach
