#include "gateway/outreach/gather.h"

#include <algorithm>
#include <set>

#include "consent/reply.h"
#include "consent/sent.h"
#include "consent/words.h"
#include "fhir/reference.h"
#include "fhir/search/search_plan.h"
#include "gateway/outreach/approvals.h"
#include "gateway/outreach/identity.h"
#include "gateway/outreach/replies.h"
#include "gateway/policies.h"
#include "gateway/tenants.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using store::EpochKey;

// More of these on one patient than any therapy has; past them the rest is left out and the
// decision goes to a human (Given::unresolved_identity stands for "facts are incomplete").
constexpr size_t kMostConsents = 200;
constexpr size_t kMostPrescriptions = 500;

// What a request, a consent or a module names may be named again: an actor's organisation and what
// it is part of, a module's contract, a therapy's medication. References are followed from what
// the engine reads further, not from what it only looks at (an encounter, an observation), and
// never into other patients' records.
constexpr size_t kMostResources = 1000;
constexpr int kMostSteps = 8;

bool IsFollowedFrom(std::string_view type) {
  for (std::string_view each :
       {"ActivityDefinition", "CareTeam", "CommunicationRequest", "Consent", "Contract", "Group",
        "Organization", "PractitionerRole", "RelatedPerson"}) {
    if (type == each) return true;
  }
  return false;
}

void CollectReferences(const fhir::json::Value& element, std::vector<std::string>& references) {
  for (const fhir::json::Value& item : element.items()) CollectReferences(item, references);
  for (const fhir::json::Member& member : element.members()) {
    if (member.name == "reference" && member.value.is_string()) {
      references.push_back(member.value.text());
    } else {
      CollectReferences(member.value, references);
    }
  }
}

void CollectReferencesOf(const fhir::Resource& resource, std::vector<std::string>& references) {
  if (IsFollowedFrom(resource.type())) CollectReferences(resource.json(), references);
  CollectReferences(resource["medicationReference"], references);
}

// As a value of a search: http://hl7.org/fhir/R4/search.html#escaping
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == ',' || c == '|' || c == '$') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

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

  void AddLoaded(fhir::Resource resource) {
    if (seen_.insert(resource.Relative()).second) given_.resources.push_back(std::move(resource));
  }

  fhir::Status AddAllOf(const std::string& type, const std::string& patient, size_t most) {
    return AddMatches(type, store::AnyTerm("patient", {patient}), most);
  }

  // Consents of other systems may know the patient by an identifier alone.
  fhir::Status AddConsentsNaming(const fhir::Resource& patient) {
    std::string list;
    for (const fhir::json::Value& identifier : patient["identifier"].items()) {
      const std::string& value = identifier["value"].text();
      if (value.empty()) continue;
      if (!list.empty()) list += ',';
      list += Escaped(identifier["system"].text()) + "|" + Escaped(value);
    }
    if (list.empty()) return {};
    auto plan = fhir::ParseSearch("Consent", {{"patient:identifier", list}}, reader_.Plan(), {});
    if (!plan.ok()) return {};  // not indexed here
    return AddMatches("Consent", plan->all_of.front().clause, kMostConsents);
  }

  // Whoever has the name of an actor may be meant by a provision that names the record (C.3).
  fhir::Status AddOrganizationsNamed(const std::string& name) {
    if (name.empty()) return {};
    auto plan = fhir::ParseSearch("Organization", {{"name:exact", name}}, reader_.Plan(), {});
    if (!plan.ok()) return std::move(plan).error();
    constexpr size_t kMostNamesakes = 20;
    return AddMatches("Organization", plan->all_of.front().clause, kMostNamesakes);
  }

  // The wording that a consent names by its canonical address (CM2).
  fhir::Status AddWordingsOfConsents() {
    std::vector<std::string> urls;
    for (const fhir::Resource& resource : given_.resources) {
      if (resource.type() != "Consent") continue;
      for (const fhir::json::Value& policy : resource["policy"].items()) {
        const std::string& uri = policy["uri"].text();
        std::string url = uri.substr(0, uri.find('|'));
        const bool known = std::find(urls.begin(), urls.end(), url) != urls.end();
        if (!url.empty() && !known) urls.push_back(std::move(url));
      }
    }
    for (const std::string& url : urls) {
      auto plan = fhir::ParseSearch("ActivityDefinition", {{"url", url}}, reader_.Plan(), {});
      if (!plan.ok()) continue;  // not an address: it names no module
      constexpr size_t kMostVersions = 50;
      auto added = AddMatches("ActivityDefinition", plan->all_of.front().clause, kMostVersions);
      if (!added.ok()) return added;
    }
    return {};
  }

  // Which consent takes the place of which, and when it was signed (C5, V6).
  fhir::Status AddProvenanceOfConsents() {
    std::vector<std::string> targets;
    for (const fhir::Resource& resource : given_.resources) {
      if (resource.type() == "Consent") targets.push_back(resource.Relative());
    }
    if (targets.empty()) return {};
    return AddMatches("Provenance", store::AnyTerm("target", targets), kMostConsents);
  }

  // What the resources so far refer to, step by step.
  fhir::Status Follow() {
    size_t from = 0;
    for (int step = 0; step < kMostSteps && from < given_.resources.size(); ++step) {
      std::vector<std::string> references;
      for (; from < given_.resources.size(); ++from) {
        CollectReferencesOf(given_.resources[from], references);
      }
      for (const std::string& text : references) {
        const std::optional<fhir::Reference> reference = fhir::ParseReference(text);
        if (!reference || reference->type == "Patient") continue;
        if (given_.resources.size() >= kMostResources) {
          given_.unresolved_identity = true;
          return {};
        }
        if (auto added = Add(reference->type, reference->id); !added.ok()) {
          return std::move(added).error();
        }
      }
    }
    return {};
  }

 private:
  fhir::Status AddMatches(const std::string& type, fhir::Clause clause, size_t most) {
    store::SearchQuery query;
    query.programme = programme_;
    query.type = type;
    query.all_of.push_back(std::move(clause));
    query.count = most;
    auto page = reader_.Search(query);
    if (!page.ok()) return std::move(page).error();
    for (const store::ResourceVersion& match : page->matches) {
      auto parsed = fhir::Resource::Parse(match.bytes);
      if (parsed.ok()) AddLoaded(std::move(*parsed));
    }
    if (!page->next.empty()) given_.unresolved_identity = true;
    return {};
  }

  store::Reader& reader_;
  const std::string& programme_;
  consent::Given& given_;
  std::set<std::string> seen_;
};

// Whether some consent permits or denies by name.
bool HasActors(const consent::Given& given) {
  const auto in = [](const auto& self, const fhir::json::Value& provision) -> bool {
    if (provision["actor"].size() > 0) return true;
    const auto& nested = provision["provision"].items();
    return std::any_of(nested.begin(), nested.end(),
                       [&](const fhir::json::Value& each) { return self(self, each); });
  };
  return std::any_of(given.resources.begin(), given.resources.end(),
                     [&](const fhir::Resource& resource) {
                       return resource.type() == "Consent" && in(in, resource["provision"]);
                     });
}

void CollectContacts(const fhir::Resource& person, std::vector<std::string>& contacts) {
  for (const fhir::json::Value& point : person["telecom"].items()) {
    std::string contact = consent::NormalContact(point["value"].text());
    if (!contact.empty() &&
        std::find(contacts.begin(), contacts.end(), contact) == contacts.end()) {
      contacts.push_back(std::move(contact));
    }
  }
}

consent::OptOut OptOutOf(const store::OptOutRow& row, const Gathered& gathered) {
  // A contact point that the person does not have (any more) is nobody's number here.
  constexpr char kAnother[] = "another";
  consent::OptOut opt_out;
  opt_out.channel = row.channel;
  opt_out.contact = row.other_contact ? kAnother : row.contact;
  opt_out.message_class = row.message_class;
  opt_out.seller = row.seller;
  opt_out.received_at = row.received_at;
  opt_out.source = row.source;
  opt_out.programme = row.programme;
  opt_out.all_programmes = row.all_programmes;
  opt_out.in_reply_to = row.in_reply_to;
  // The words are the patient's and go with his data; what they chose stays.
  if (row.keeps_informational) opt_out.answer = consent::kKeepsInformational;
  const auto& persons = gathered.persons;
  opt_out.unmerged = row.contact.empty() && row.person != 0 && !persons.empty() &&
                     std::find(persons.begin(), persons.end(), row.person) == persons.end();
  return opt_out;
}

fhir::Status AddSuppressions(store::Reader& reader, Gathered& gathered) {
  std::set<int64_t> seen;
  // Nobody's person: the contact points alone.
  std::vector<int64_t> persons = gathered.persons;
  if (persons.empty()) persons.push_back(0);
  for (const int64_t person : persons) {
    auto rows = reader.OptOuts(person, gathered.contacts);
    if (!rows.ok()) return std::move(rows).error();
    for (const store::OptOutRow& row : *rows) {
      if (seen.insert(row.key).second) gathered.given.opt_outs.push_back(OptOutOf(row, gathered));
    }
  }
  return {};
}

// What records of the human in other programmes say of his death, and nothing else of theirs.
void AddElsewhere(const std::vector<fhir::Resource>& records, consent::Given& given) {
  for (const fhir::Resource& record : records) {
    fhir::json::Value said = fhir::json::Value::Object();
    for (const char* name : {"deceasedBoolean", "deceasedDateTime"}) {
      if (const fhir::json::Value* value = record.json().Find(name)) said.Set(name, *value);
    }
    if (said.size() > 0) given.elsewhere.push_back(std::move(said));
  }
}

fhir::Status AddHistory(store::Reader& reader, Gathered& gathered, fhir::Instant now) {
  const fhir::Instant since = now - consent::LongestLimit(*gathered.given.policy);
  for (const int64_t person : gathered.persons) {
    auto attempts = reader.AttemptsSince(person, since);
    if (!attempts.ok()) return std::move(attempts).error();
    for (const store::Attempt& attempt : *attempts) {
      gathered.given.history.push_back(
          {attempt.channel, attempt.started_at, attempt.message_class, attempt.subject});
    }
  }
  return {};
}

fhir::Status ReadEpochs(store::Reader& reader, const std::string& programme, Gathered& gathered) {
  std::vector<EpochKey> keys = {{EpochKey::Kind::kProgramme, programme},
                                {EpochKey::Kind::kPolicy, ""}};
  for (const int64_t person : gathered.persons) {
    keys.push_back({EpochKey::Kind::kPerson, std::to_string(person)});
    keys.push_back({EpochKey::Kind::kReserved, std::to_string(person)});
  }
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
                              std::optional<fhir::Channel> channel,
                              const std::vector<fhir::Resource>& laid_over) {
  Gathered gathered;
  consent::Given& given = gathered.given;
  given.now = now;
  given.channel = channel;
  given.request = request.Relative();
  gathered.request = request;

  auto loaded = LoadProgramme(reader, programme);
  if (!loaded.ok()) return std::move(loaded).error();
  given.programme = std::move(*loaded);

  auto policy = ActivePolicy(reader);
  if (!policy.ok()) return std::move(policy).error();
  given.policy = std::move(*policy);

  // What has happened cannot lie ahead: nobody knows what time it is (G6).
  const std::chrono::minutes tolerance{given.policy->channels.clock_tolerance_minutes};
  if (reader.ClockLag() > tolerance) given.unavailable.emplace_back("clock");

  Collector collector(reader, programme, given);
  collector.AddLoaded(request);
  for (const fhir::Resource& resource : laid_over) collector.AddLoaded(resource);

  const std::optional<fhir::Reference> subject =
      fhir::ParseReference(request["subject"]["reference"].text());
  if (subject && subject->type == "Patient") {
    gathered.patient_id = subject->id;
    // Restrictions add up over every record of the human in this programme.
    auto identity = IdentityOf(reader, programme, subject->id);
    if (!identity.ok()) return std::move(identity).error();
    if (!identity->complete) given.unresolved_identity = true;
    gathered.persons = std::move(identity->persons);
    if (!gathered.persons.empty()) gathered.person = gathered.persons.front();
    AddElsewhere(identity->read_elsewhere, given);
    auto reply = UnreadReplyOf(reader, given.programme, *identity);
    if (!reply.ok()) return std::move(reply).error();
    if (*reply) {
      given.reply = std::move((*reply)->text);
      given.reply_channel = std::move((*reply)->channel);
    }
    for (fhir::Resource& record : identity->read) collector.AddLoaded(std::move(record));
    for (const std::string& id : identity->records) {
      given.person.push_back("Patient/" + id);
      if (auto added = collector.Add("Patient", id); !added.ok()) return std::move(added).error();
    }
    for (const std::string& patient : given.person) {
      if (auto s = collector.AddAllOf("Consent", patient, kMostConsents); !s.ok()) return s.error();
      if (const fhir::Resource* record = given.Find(patient)) {
        if (auto s = collector.AddConsentsNaming(*record); !s.ok()) return s.error();
      }
      if (auto s = collector.AddAllOf("MedicationRequest", patient, kMostPrescriptions); !s.ok()) {
        return s.error();
      }
      for (const char* type : {"RelatedPerson", "EpisodeOfCare", "ResearchSubject"}) {
        if (auto s = collector.AddAllOf(type, patient, kMostConsents); !s.ok()) return s.error();
      }
    }
  }
  for (const char* named : {"recipient", "about"}) {
    for (const fhir::json::Value& reference : request[named].items()) {
      auto added = collector.Add(reference["reference"].text());
      if (!added.ok()) return std::move(added).error();
    }
  }
  if (auto s = collector.AddProvenanceOfConsents(); !s.ok()) return s.error();
  if (auto s = collector.AddWordingsOfConsents(); !s.ok()) return s.error();
  if (HasActors(given)) {
    const consent::Programme& sender = given.programme;
    for (const std::string& name : {sender.sender, sender.seller, sender.name}) {
      if (auto s = collector.AddOrganizationsNamed(name); !s.ok()) return s.error();
    }
  }
  if (auto s = collector.Follow(); !s.ok()) return s.error();

  for (const std::string& reference : given.person) {
    if (const fhir::Resource* patient = given.Find(reference)) {
      CollectContacts(*patient, gathered.contacts);
    }
  }
  for (const fhir::json::Value& recipient : request["recipient"].items()) {
    const auto reference = fhir::ParseReference(recipient["reference"].text());
    if (!reference || reference->type != "RelatedPerson") continue;
    if (const fhir::Resource* related = given.Find("RelatedPerson/" + reference->id)) {
      CollectContacts(*related, gathered.contacts);
    }
  }
  if (auto s = AddSuppressions(reader, gathered); !s.ok()) return s.error();
  if (auto s = AddHistory(reader, gathered, now); !s.ok()) return s.error();
  auto overrides = OverridesOf(reader, programme, request.id(), now);
  if (!overrides.ok()) return std::move(overrides).error();
  given.overrides = std::move(*overrides);
  if (auto s = ReadEpochs(reader, programme, gathered); !s.ok()) return s.error();
  return gathered;
}

fhir::Status Renew(store::Reader& reader, Epochs& epochs) {
  for (auto& [key, epoch] : epochs) {
    auto present = reader.Epoch(key);
    if (!present.ok()) return std::move(present).error();
    epoch = *present;
  }
  return {};
}

fhir::Result<bool> StillHolds(store::Reader& reader, const Epochs& epochs) {
  for (const auto& [key, epoch] : epochs) {
    auto present = reader.Epoch(key);
    if (!present.ok()) return std::move(present).error();
    if (*present != epoch) return false;
  }
  return true;
}

}  // namespace gateway::outreach
