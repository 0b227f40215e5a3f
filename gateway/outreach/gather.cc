#include "gateway/outreach/gather.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "consent/words.h"
#include "fhir/canonicals.h"
#include "fhir/reference.h"
#include "gateway/tenants.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using store::EpochKey;

// More of these on one patient than any therapy has; past them the rest is left out and the
// decision goes to a human (Given::unresolved_identity stands for "facts are incomplete").
constexpr size_t kMostConsents = 200;
constexpr size_t kMostPrescriptions = 500;

class Collector {
 public:
  Collector(store::Reader& reader, const std::string& programme, consent::Given& given)
      : reader_(reader), programme_(programme), given_(given) {}

  // Adds the resource unless it is there; an unknown or unreadable one is left out: the engine
  // treats an absent fact strictly.
  fhir::Result<bool> Add(const std::string& text) {
    const std::optional<fhir::Reference> reference = fhir::ParseReference(text);
    if (!reference || reference->type.empty()) return false;
    return Add(reference->type, reference->id);
  }

  fhir::Result<bool> Add(const std::string& type, const std::string& id) {
    if (!seen_.insert(type + "/" + id).second) return true;
    auto found = LoadResource(reader_, programme_, type, id);
    if (found.ok()) {
      given_.resources.push_back(std::move(*found));
      return true;
    }
    if (found.error().code == fhir::ErrorCode::kInternal) return std::move(found).error();
    return false;
  }

  void AddLoaded(const fhir::Resource& resource) {
    if (seen_.insert(resource.Relative()).second) given_.resources.push_back(resource);
  }

  fhir::Status AddAllOf(const std::string& type, const std::string& patient, size_t most) {
    store::SearchQuery query;
    query.programme = programme_;
    query.type = type;
    query.all_of.push_back(store::AnyTerm("patient", {patient}));
    query.count = most;
    auto page = reader_.Search(query);
    if (!page.ok()) return std::move(page).error();
    for (const store::ResourceVersion& match : page->matches) {
      auto parsed = fhir::Resource::Parse(match.bytes);
      if (parsed.ok()) AddLoaded(*parsed);
    }
    if (!page->next.empty()) given_.unresolved_identity = true;
    return {};
  }

 private:
  store::Reader& reader_;
  const std::string& programme_;
  consent::Given& given_;
  std::set<std::string> seen_;
};

void CollectContacts(const fhir::Resource& person, std::vector<std::string>& contacts) {
  for (const fhir::json::Value& point : person["telecom"].items()) {
    std::string contact = consent::NormalContact(point["value"].text());
    if (!contact.empty() &&
        std::find(contacts.begin(), contacts.end(), contact) == contacts.end()) {
      contacts.push_back(std::move(contact));
    }
  }
}

void CollectActors(const fhir::json::Value& provision, std::vector<std::string>& actors) {
  for (const fhir::json::Value& actor : provision["actor"].items()) {
    actors.push_back(actor["reference"]["reference"].text());
  }
  for (const fhir::json::Value& child : provision["provision"].items()) {
    CollectActors(child, actors);
  }
}

fhir::Status AddSuppressions(store::Reader& reader, Gathered& gathered) {
  auto rows = reader.OptOuts(gathered.person, gathered.contacts);
  if (!rows.ok()) return std::move(rows).error();
  for (const store::OptOutRow& row : *rows) {
    gathered.given.opt_outs.push_back(
        {row.channel, row.contact, row.message_class, row.seller, row.received_at, row.source});
  }
  return {};
}

fhir::Status AddHistory(store::Reader& reader, Gathered& gathered, fhir::Instant now) {
  if (gathered.person == 0) return {};
  auto attempts = reader.AttemptsSince(gathered.person, now - std::chrono::hours(7 * 24));
  if (!attempts.ok()) return std::move(attempts).error();
  for (const store::Attempt& attempt : *attempts) {
    gathered.given.history.push_back({attempt.channel, attempt.started_at, attempt.message_class});
  }
  return {};
}

fhir::Status ReadEpochs(store::Reader& reader, const std::string& programme, Gathered& gathered) {
  std::vector<EpochKey> keys = {{EpochKey::Kind::kPerson, std::to_string(gathered.person)},
                                {EpochKey::Kind::kProgramme, programme},
                                {EpochKey::Kind::kPolicy, ""}};
  for (const std::string& contact : gathered.contacts) {
    keys.push_back({EpochKey::Kind::kContact, contact});
  }
  for (EpochKey& key : keys) {
    auto epoch = reader.Epoch(key);
    if (!epoch.ok()) return std::move(epoch).error();
    gathered.epochs.emplace_back(std::move(key), *epoch);
  }
  return {};
}

}  // namespace

fhir::Result<Gathered> Gather(store::Reader& reader, const std::string& programme,
                              const fhir::Resource& request, fhir::Instant now,
                              std::optional<fhir::Channel> channel) {
  Gathered gathered;
  consent::Given& given = gathered.given;
  given.now = now;
  given.channel = channel;
  given.request = request.Relative();
  gathered.request = request;

  auto loaded = LoadProgramme(reader, programme);
  if (!loaded.ok()) return std::move(loaded).error();
  given.programme = std::move(*loaded);

  Collector collector(reader, programme, given);
  collector.AddLoaded(request);

  const std::optional<fhir::Reference> subject =
      fhir::ParseReference(request["subject"]["reference"].text());
  if (subject && subject->type == "Patient") {
    gathered.patient_id = subject->id;
    auto person = reader.PersonOf(programme, subject->id);
    if (!person.ok()) return std::move(person).error();
    gathered.person = *person;

    // Restrictions add up over every record of the person in this programme.
    std::vector<std::string> records = {subject->id};
    if (gathered.person != 0) {
      auto linked = reader.PatientsOf(gathered.person);
      if (!linked.ok()) return std::move(linked).error();
      for (const auto& [of, id] : *linked) {
        if (of == programme && id != subject->id) records.push_back(id);
      }
    }
    for (const std::string& id : records) {
      const std::string patient = "Patient/" + id;
      if (auto added = collector.Add(patient); !added.ok()) return std::move(added).error();
      if (auto s = collector.AddAllOf("Consent", patient, kMostConsents); !s.ok()) return s.error();
      if (auto s = collector.AddAllOf("MedicationRequest", patient, kMostPrescriptions); !s.ok()) {
        return s.error();
      }
    }
  }
  for (const fhir::json::Value& recipient : request["recipient"].items()) {
    auto added = collector.Add(recipient["reference"].text());
    if (!added.ok()) return std::move(added).error();
  }
  for (const fhir::json::Value& about : request["about"].items()) {
    auto added = collector.Add(about["reference"].text());
    if (!added.ok()) return std::move(added).error();
  }
  // A consent names who signed it and whom it means; a group or team, its members.
  std::vector<std::string> named;
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Consent") continue;
    for (const fhir::json::Value& performer : resource["performer"].items()) {
      const std::string& signer = performer["reference"].text();
      if (signer.find("RelatedPerson/") != std::string::npos) named.push_back(signer);
    }
    CollectActors(resource["provision"], named);
  }
  for (const std::string& each : named) {
    auto added = collector.Add(each);
    if (!added.ok()) return std::move(added).error();
  }
  // A module names the contract that pays for it.
  const std::string funding = std::string(fhir::kBase) + "/StructureDefinition/funding";
  std::vector<std::string> contracts;
  for (const fhir::Resource& resource : given.resources) {
    const std::string& contract =
        fhir::ExtensionValue(resource.json(), funding)["reference"].text();
    if (!contract.empty()) contracts.push_back(contract);
  }
  for (const std::string& contract : contracts) {
    if (auto added = collector.Add(contract); !added.ok()) return std::move(added).error();
  }

  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() == "Patient" || resource.type() == "RelatedPerson") {
      CollectContacts(resource, gathered.contacts);
    }
  }
  if (auto s = AddSuppressions(reader, gathered); !s.ok()) return s.error();
  if (auto s = AddHistory(reader, gathered, now); !s.ok()) return s.error();
  if (auto s = ReadEpochs(reader, programme, gathered); !s.ok()) return s.error();
  return gathered;
}

fhir::Result<bool> StillHolds(store::Reader& reader, const Gathered& gathered) {
  for (const auto& [key, epoch] : gathered.epochs) {
    auto present = reader.Epoch(key);
    if (!present.ok()) return std::move(present).error();
    if (*present != epoch) return false;
  }
  return true;
}

}  // namespace gateway::outreach
