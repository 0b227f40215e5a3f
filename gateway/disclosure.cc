#include "gateway/disclosure.h"

#include <algorithm>

#include "consent/decide.h"
#include "consent/redaction.h"
#include "fhir/compartment.h"
#include "fhir/json/json.h"
#include "fhir/search/search_plan.h"
#include "gateway/clock.h"
#include "gateway/outreach/decision_record.h"
#include "gateway/tenants.h"
#include "gateway/writes.h"

namespace gateway {
namespace {

using fhir::json::Value;

// What this gateway can do to data before it leaves (E.3). It attaches nothing.
const std::vector<std::string>& Dischargeable() {
  static const std::vector<std::string> codes = {"MINEC", "REDACT"};
  return codes;
}

Value ReferenceTo(const std::string& text) {
  Value value = Value::Object();
  value.Set("reference", Value::String(text));
  return value;
}

// Whoever has the name of the recipient may be meant, and its record says what it is. The search
// answers also what only begins like it; the engine compares.
fhir::Status AddNamesakes(store::Reader& reader, const std::string& programme,
                          const std::string& name, Value& about) {
  auto plan = fhir::ParseSearch("Organization", {{"name", name}}, reader.Plan(), {});
  if (!plan.ok()) return std::move(plan).error();
  constexpr size_t kMostNamesakes = 100;
  store::SearchQuery query;
  query.programme = programme;
  query.type = "Organization";
  query.all_of.push_back(plan->all_of.front().clause);
  query.count = kMostNamesakes;
  auto page = reader.Search(query);
  if (!page.ok()) return std::move(page).error();
  for (const store::ResourceVersion& match : page->matches) {
    about.Add(ReferenceTo("Organization/" + match.id));
  }
  return {};
}

// Stands for the patient and for what the disclosure names, so that the same facts are gathered as
// for a request.
fhir::Result<fhir::Resource> StandIn(store::Reader& reader, const std::string& programme,
                                     const std::string& subject,
                                     const consent::DisclosureRequest& asked) {
  Value about = Value::Array();
  for (const std::string& data : asked.data) about.Add(ReferenceTo(data));
  for (const std::string* text : {&asked.recipient, &asked.funding}) {
    if (text->find('/') != std::string::npos) about.Add(ReferenceTo(*text));
  }
  if (!asked.recipient.empty() && asked.recipient.find('/') == std::string::npos) {
    auto added = AddNamesakes(reader, programme, asked.recipient, about);
    if (!added.ok()) return std::move(added).error();
  }
  Value json = Value::Object();
  json.Set("resourceType", Value::String("CommunicationRequest"));
  json.Set("id", Value::String("none"));
  json.Set("subject", ReferenceTo(subject));
  json.Set("about", std::move(about));
  return fhir::Resource::From(std::move(json));
}

fhir::Result<fhir::Resource> LoadReference(store::Reader& reader, const std::string& programme,
                                           const std::string& reference) {
  const size_t slash = reference.find('/');
  return LoadResource(reader, programme, reference.substr(0, slash), reference.substr(slash + 1));
}

}  // namespace

consent::DisclosureRequest AskedOfPartner(const consent::Programme& programme,
                                          std::string_view way) {
  consent::DisclosureRequest asked;
  if (const consent::Partner* partner = programme.FindPartner(way)) {
    asked.recipient = partner->recipient;
    asked.recipient_kind = partner->kind;
    asked.purpose = partner->purpose;
  } else if (way == programme.nurse_queue) {
    // Nurses who work for the sender.
    asked.recipient = programme.sender.empty() ? programme.seller : programme.sender;
    asked.recipient_kind = consent::Code(consent::RecipientKind::kVendor);
    asked.purpose = "TREAT";
  } else {
    asked.recipient = way;
    asked.purpose = "HOPERAT";
  }
  return asked;
}

fhir::Result<outreach::Gathered> GatherDisclosure(store::Reader& reader,
                                                  const std::string& programme,
                                                  const std::string& subject,
                                                  consent::DisclosureRequest asked,
                                                  fhir::Instant now,
                                                  const std::vector<fhir::Resource>& laid_over) {
  auto stand_in = StandIn(reader, programme, subject, asked);
  if (!stand_in.ok()) return std::move(stand_in).error();
  auto gathered =
      outreach::Gather(reader, programme, *stand_in, now, /*channel=*/std::nullopt, laid_over);
  if (!gathered.ok()) return gathered;
  consent::Given& given = gathered->given;
  given.resources.erase(given.resources.begin());  // the one that stood in
  given.request.clear();
  given.subject = subject;
  given.disclosure = std::move(asked);
  gathered->request = fhir::Resource();
  return gathered;
}

fhir::Result<Disclosure> Disclosure::Prepare(store::Reader& reader, const std::string& programme,
                                             const std::string& subject,
                                             const consent::DisclosureRequest& asked,
                                             fhir::Instant now) {
  Disclosure disclosure;
  consent::DisclosureRequest of_any = asked;
  of_any.data.clear();
  auto gathered = GatherDisclosure(reader, programme, subject, std::move(of_any), now);
  if (!gathered.ok()) return std::move(gathered).error();
  disclosure.gathered_ = std::move(*gathered);
  disclosure.gathered_.given.dischargeable = Dischargeable();
  return disclosure;
}

const Disclosed& Disclosure::Decide(const fhir::Resource& resource) {
  consent::Given& given = gathered_.given;
  given.disclosure->data = {resource.Relative()};
  const bool known = given.Find(resource.Relative()) != nullptr;
  if (!known) given.resources.push_back(resource);
  Disclosed& disclosed = decided_.emplace_back();
  disclosed.asked = resource;
  disclosed.decision = consent::Decide(given);
  if (!known) given.resources.pop_back();
  disclosed.resource = consent::Redacted(resource, disclosed.decision, given.policy->disclosure);
  return disclosed;
}

fhir::Result<bool> Disclosure::StillHolds(store::Reader& reader) const {
  return outreach::StillHolds(reader, gathered_.epochs);
}

fhir::Status Disclosure::RecordAlike(store::Transaction& tx, std::string_view client,
                                     std::string_view way,
                                     const std::vector<const Disclosed*>& alike) const {
  outreach::Gathered gathered = gathered_;
  consent::Given& given = gathered.given;
  given.disclosure->data.clear();
  for (const Disclosed* each : alike) {
    given.disclosure->data.push_back(each->asked.Relative());
    if (given.Find(each->asked.Relative()) == nullptr) given.resources.push_back(each->asked);
  }
  const consent::Decision& decision = alike.front()->decision;
  // Together they may come out otherwise than each for itself: what is replayed must be what was
  // decided.
  if (alike.size() > 1 && consent::Decide(given) != decision) {
    for (const Disclosed* each : alike) {
      if (auto s = RecordAlike(tx, client, way, {each}); !s.ok()) return s;
    }
    return {};
  }
  store::DecisionRow row;
  row.id = NewId(tx.Now());
  row.programme = given.programme.id;
  // No id of a request has a slash.
  row.request_id = alike.size() == 1 ? given.disclosure->data.front() : given.subject;
  row.patient_id = gathered.patient_id;
  row.decided_at = tx.Now();
  row.outcome = std::string(consent::Code(decision.outcome));
  row.stage = "disclosure";
  row.context = fhir::json::Canonical(consent::WriteGiven(given));
  row.record = outreach::RecordText(
      gathered, decision,
      {row.id, "", row.stage, row.decided_at, row.decided_at, "", *row.context});
  if (auto added = tx.AddDecision(row); !added.ok()) return added;

  store::AuditRow audit;
  audit.at = tx.Now();
  audit.action = "disclose";
  audit.client = std::string(client);
  audit.programme = row.programme;
  audit.subject = alike.size() == 1 ? alike.front()->asked.Versioned() : given.subject;
  audit.outcome = decision.permits() ? "0" : "8";
  audit.detail = row.id + " " + std::string(way);
  return tx.AppendAudit(audit);
}

fhir::Status Disclosure::Record(store::Transaction& tx, std::string_view client,
                                std::string_view way) const {
  std::vector<std::vector<const Disclosed*>> groups;
  for (const Disclosed& each : decided_) {
    const auto alike = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group.front()->decision == each.decision;
    });
    if (alike != groups.end()) {
      alike->push_back(&each);
    } else {
      groups.push_back({&each});
    }
  }
  for (const auto& group : groups) {
    if (auto s = RecordAlike(tx, client, way, group); !s.ok()) return s;
  }
  return {};
}

fhir::Result<Disclosed> Disclose(store::Store& store, const std::string& programme,
                                 const std::string& reference, std::string_view way,
                                 fhir::Instant now) {
  struct Prepared {
    fhir::Resource resource;
    Disclosure disclosure;
    Disclosed disclosed;
  };
  const auto prepare = [&](store::Reader& reader, fhir::Instant at) -> fhir::Result<Prepared> {
    auto resource = LoadReference(reader, programme, reference);
    if (!resource.ok()) return std::move(resource).error();
    auto sender = LoadProgramme(reader, programme);
    if (!sender.ok()) return std::move(sender).error();
    auto disclosure = Disclosure::Prepare(reader, programme, fhir::PatientOf(*resource),
                                          AskedOfPartner(*sender, way), at);
    if (!disclosure.ok()) return std::move(disclosure).error();
    Disclosed disclosed = disclosure->Decide(*resource);
    return Prepared{std::move(*resource), std::move(*disclosure), std::move(disclosed)};
  };
  std::optional<Prepared> before;
  std::optional<fhir::Resource> of_nobody;
  const auto looked = store.View([&](store::Reader& reader) -> fhir::Status {
    auto resource = LoadReference(reader, programme, reference);
    if (!resource.ok()) return std::move(resource).error();
    if (!fhir::MayBeOfPatient(*resource)) {
      of_nobody = std::move(*resource);
      return {};
    }
    auto prepared = prepare(reader, now);
    if (!prepared.ok()) return std::move(prepared).error();
    before = std::move(*prepared);
    return {};
  });
  if (!looked.ok()) return looked.error();
  Disclosed disclosed;
  if (of_nobody) {
    disclosed.asked = *of_nobody;
    disclosed.decision.outcome = consent::Outcome::kPermit;
    disclosed.resource = std::move(of_nobody);
    return disclosed;
  }
  const auto committed = store.Update([&](store::Transaction& tx) -> fhir::Status {
    auto present = LoadReference(tx, programme, reference);
    if (!present.ok()) return std::move(present).error();
    auto holds = before->disclosure.StillHolds(tx);
    if (!holds.ok()) return std::move(holds).error();
    if (*holds && present->version() == before->resource.version()) {
      disclosed = before->disclosed;
      return before->disclosure.Record(tx, "psgateway", way);
    }
    auto anew = prepare(tx, tx.Now());
    if (!anew.ok()) return std::move(anew).error();
    disclosed = std::move(anew->disclosed);
    return anew->disclosure.Record(tx, "psgateway", way);
  });
  if (!committed.ok()) return committed.error();
  return disclosed;
}

}  // namespace gateway
