#include "gateway/outreach/deceased.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "consent/context.h"
#include "consent/decide.h"
#include "gateway/outreach/documents.h"
#include "gateway/outreach/identity.h"
#include "gateway/outreach/outgoing.h"
#include "gateway/tenants.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;
using store::OutreachState;

constexpr char kRule[] = "G1";

// Whether the records agree that the patient of this record is dead, by the engine's own reading.
fhir::Result<bool> IsDead(store::Transaction& tx, const RecordName& record) {
  Value subject = Value::Object();
  subject.Set("reference", Value::String("Patient/" + record.second));
  Value json = Value::Object();
  json.Set("resourceType", Value::String("CommunicationRequest"));
  json.Set("id", Value::String("none"));
  json.Set("subject", std::move(subject));
  auto request = fhir::Resource::From(std::move(json));
  if (!request.ok()) return std::move(request).error();
  auto gathered = Gather(tx, record.first, *request, tx.Now(), std::nullopt);
  if (!gathered.ok()) return std::move(gathered).error();
  return consent::Interpret(gathered->given).patient.deceased == consent::Deceased::kYes;
}

// Every present resource of the type about the patient.
fhir::Status EachOf(store::Transaction& tx, const RecordName& record, const std::string& type,
                    const std::function<fhir::Status(fhir::Resource)>& visit) {
  store::SearchQuery query;
  query.programme = record.first;
  query.type = type;
  query.all_of.push_back(store::AnyTerm("patient", {"Patient/" + record.second}));
  query.count = 200;
  do {
    auto page = tx.Search(query);
    if (!page.ok()) return std::move(page).error();
    for (const store::ResourceVersion& match : page->matches) {
      auto resource = fhir::Resource::Parse(match.bytes);
      if (!resource.ok()) continue;
      if (auto s = visit(std::move(*resource)); !s.ok()) return s;
    }
    query.after = page->next;
  } while (!query.after.empty());
  return {};
}

fhir::Status EndRequest(store::Transaction& tx, const Workshop& workshop, const std::string& tenant,
                        const std::string& programme, const fhir::Resource& request) {
  const std::string& status = request["status"].text();
  if (status != "active" && status != "on-hold" && status != "draft") return {};
  auto rows = tx.OutreachOfRequest(programme, request.id());
  if (!rows.ok()) return std::move(rows).error();
  for (const store::Outreach& row : *rows) {
    if (row.state != OutreachState::kQueued && row.state != OutreachState::kHeld) continue;
    auto verdict = Prepare(tx, workshop, programme, request, tx.Now());
    if (!verdict.ok()) return std::move(verdict).error();
    auto applied = Apply(tx, workshop, tenant, *verdict, Stage::kRecheck, row);
    if (!applied.ok()) return std::move(applied).error();
  }
  return SetRequestStatus(tx, programme, request.id(), "revoked", kRule);
}

fhir::Status EndTask(store::Transaction& tx, const consent::Programme& programme,
                     fhir::Resource task) {
  if (!IsOpenTask(task) || TaskCode(task) == "ae-intake") return {};
  const std::string subject = task.Relative();
  if (auto s = SetTaskStatus(tx, programme.id, std::move(task), "cancelled", kRule); !s.ok()) {
    return s;
  }
  return QueueTask(tx, programme, subject);
}

}  // namespace

bool SpeaksOfDeath(const fhir::Resource& patient) {
  return patient["deceasedBoolean"].boolean() || !patient["deceasedDateTime"].is_null();
}

fhir::Status EndPlans(store::Transaction& tx, const Workshop& workshop, const std::string& tenant,
                      const std::string& programme, const std::string& patient_id) {
  auto identity = IdentityOf(tx, programme, patient_id);
  if (!identity.ok()) return std::move(identity).error();
  std::vector<RecordName> records = std::move(identity->elsewhere);
  for (std::string& id : identity->records) records.emplace_back(programme, std::move(id));
  for (const RecordName& record : records) {
    auto there = LoadProgramme(tx, record.first);
    if (!there.ok() && there.error().code == fhir::ErrorCode::kNotFound) continue;
    if (!there.ok()) return std::move(there).error();
    auto dead = IsDead(tx, record);
    if (!dead.ok()) return std::move(dead).error();
    if (!*dead) continue;
    auto requests = EachOf(tx, record, "CommunicationRequest", [&](const fhir::Resource& request) {
      return EndRequest(tx, workshop, tenant, record.first, request);
    });
    if (!requests.ok()) return requests;
    auto tasks = EachOf(tx, record, "Task",
                        [&](fhir::Resource task) { return EndTask(tx, *there, std::move(task)); });
    if (!tasks.ok()) return tasks;
  }
  return {};
}

}  // namespace gateway::outreach
