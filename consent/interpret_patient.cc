// The patient, the recipients and where they can be reached.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "consent/interpret.h"
#include "consent/representative.h"
#include "consent/words.h"
#include "consent/zones.h"

namespace consent {
namespace {

using fhir::Channel;
using fhir::json::Value;

bool InUse(const Value& element, const EvaluationContext& context) {
  if (element["use"].text() == "old") return false;
  return ReadPeriod(element["period"], context.patient.zones).Possibly(context.now);
}

void AddZone(std::vector<std::string>& zones, std::string_view zone) {
  if (fhir::KnownZone(zone) && !Contains(zones, zone)) zones.emplace_back(zone);
}

std::string StatedZone(const Value& element) {
  for (const Value& extension : element["extension"].items()) {
    const std::string& url = extension["url"].text();
    if (url == "http://hl7.org/fhir/StructureDefinition/timezone" ||
        url == "http://hl7.org/fhir/StructureDefinition/tz-code") {
      return extension["valueCode"].text();
    }
  }
  return {};
}

// B1-30: what the patient said, then every address in use; a stated zone narrows a split state.
void ReadZones(const Value& patient, EvaluationContext& context) {
  std::vector<std::string> zones;
  const std::string stated = StatedZone(patient);
  AddZone(zones, stated);
  for (const Value& address : patient["address"].items()) {
    if (address["use"].text() == "old") continue;
    if (!ReadPeriod(address["period"], {"UTC"}).Possibly(context.now)) continue;
    const std::string own = StatedZone(address);
    if (fhir::KnownZone(own)) {
      AddZone(zones, own);
      continue;
    }
    const auto of_state = ZonesOfState(address["state"].text());
    if (std::find(of_state.begin(), of_state.end(), stated) != of_state.end()) continue;
    for (std::string_view zone : of_state) AddZone(zones, zone);
  }
  context.patient.zones_known = !zones.empty();
  if (zones.empty()) {
    for (std::string_view zone : AllUsZones()) AddZone(zones, zone);
  }
  if (zones.empty()) zones.emplace_back("UTC");
  context.patient.zones = std::move(zones);
}

enum class Dead : uint8_t { kSilent, kAlive, kDead, kUnreadable };

Dead ReadDeceased(const Value& patient, const EvaluationContext& context) {
  const Value& flag = patient["deceasedBoolean"];
  const Value& when = patient["deceasedDateTime"];
  if (!when.is_null()) {
    const auto moment = ReadMoment(when, context.patient.zones);
    if (!moment) return Dead::kUnreadable;
    return moment->possible.begin <= context.now ? Dead::kDead : Dead::kUnreadable;
  }
  if (flag.is_null()) return Dead::kSilent;
  if (!flag.is_bool()) return Dead::kUnreadable;
  return flag.boolean() ? Dead::kDead : Dead::kAlive;
}

Recipient ReadRecipient(const Given& given, const std::string& reference,
                        const std::vector<std::string>& person, const EvaluationContext& context) {
  Recipient recipient{reference, Party::kUnknown, Authority::kNotNeeded};
  const std::string type = reference.substr(0, reference.find('/'));
  if (Contains(person, reference)) {
    recipient.party = Party::kPatient;
  } else if (type == "Practitioner" || type == "PractitionerRole" || type == "CareTeam" ||
             type == "Organization" || type == "HealthcareService") {
    recipient.party = Party::kHcp;
  } else if (type == "RelatedPerson") {
    recipient.party = Party::kRepresentative;
    recipient.authority = AuthorityOf(given, reference, person, context, context.now);
  }
  return recipient;
}

// How well a ContactPoint serves the channel: 0 not at all, else better is greater.
int Fitness(const Value& telecom, Channel channel) {
  const std::string& system = telecom["system"].text();
  const bool mobile = telecom["use"].text() == "mobile";
  switch (channel) {
    case Channel::kEmail:
      return system == "email" ? 1 : 0;
    case Channel::kSms:
      return system == "sms" ? 2 : (system == "phone" && mobile ? 1 : 0);
    case Channel::kVoiceLive:
    case Channel::kVoiceRecorded:
      return system == "phone" ? 1 : 0;
    case Channel::kFax:
      return system == "fax" ? 1 : 0;
    default:
      return 0;
  }
}

long Rank(const Value& telecom) {
  const std::string& text = telecom["rank"].text();
  return text.empty() || text.size() > 6 ? 1'000'000 : std::atol(text.c_str());
}

ContactPoint ReadContactPoint(const Value& telecom) {
  ContactPoint point;
  point.value = telecom["value"].text();
  point.key = NormalContact(point.value);
  const std::string& provided = Fact(telecom, "provided-by").text();
  if (provided == "patient") point.provided_by = ProvidedBy::kPatient;
  if (provided == "provider") point.provided_by = ProvidedBy::kProvider;
  if (provided == "broker") point.provided_by = ProvidedBy::kBroker;
  point.detailed_messages = Fact(telecom, "detailed-messages").boolean();
  point.reassigned = Fact(telecom, "reassigned").boolean();
  const std::string& holder = Fact(telecom, "controlled-by").text();
  point.held_by_other = !holder.empty() && holder != "patient";
  return point;
}

}  // namespace

std::string AddressLine(const Value& address) {
  if (!address["text"].text().empty()) return address["text"].text();
  std::string line;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    if (!line.empty()) line += ", ";
    line += part;
  };
  for (const Value& part : address["line"].items()) add(part.text());
  add(address["city"].text());
  add(address["state"].text());
  add(address["postalCode"].text());
  return line;
}

void ReadPatient(const Given& given, const std::vector<std::string>& person,
                 EvaluationContext& context) {
  PatientFacts& facts = context.patient;
  facts.unresolved = given.unresolved_identity;
  const fhir::Resource* patient = given.Find(person.front());
  if (patient == nullptr) {
    static const Value kNone;
    ReadZones(kNone, context);
    return;
  }
  facts.found = true;
  facts.reference = patient->Versioned();
  ReadZones(patient->json(), context);
  for (const Value& address : (*patient)["address"].items()) {
    const std::string& state = address["state"].text();
    if (!state.empty() && InUse(address, context)) facts.states.push_back(state);
  }
  facts.age = AgeAt(given, person, context, context.now);
  facts.minor = facts.age == Age::kMinor;
  std::array<int, 4> seen{};
  for (const std::string& reference : person) {
    const fhir::Resource* record = given.Find(reference);
    if (record == nullptr) continue;
    facts.unusable = facts.unusable || HasUnknownModifier(record->json());
    ++seen[static_cast<size_t>(ReadDeceased(record->json(), context))];
    for (const Value& link : (*record)["link"].items()) {
      const std::string& type = link["type"].text();
      // A duplicate that nobody confirmed, or a survivor that is not here.
      if (type == "seealso" ||
          (type == "replaced-by" && given.Find(RelativeOf(link["other"])) == nullptr)) {
        facts.unresolved = true;
      }
    }
  }
  const auto count = [&](Dead dead) { return seen[static_cast<size_t>(dead)]; };
  if (count(Dead::kUnreadable) > 0) {
    facts.deceased = Deceased::kUnreadable;
  } else if (count(Dead::kDead) > 0) {
    const bool survivor_dead = ReadDeceased(patient->json(), context) == Dead::kDead;
    const bool conflict = count(Dead::kAlive) > 0 || !survivor_dead;
    facts.deceased = conflict ? Deceased::kConflict : Deceased::kYes;
  }
}

void ReadRecipients(const Given& given, const std::vector<std::string>& person,
                    EvaluationContext& context) {
  const fhir::Resource* request = given.Find(given.request);
  if (request == nullptr) return;
  for (const Value& recipient : (*request)["recipient"].items()) {
    context.request.recipients.push_back(
        ReadRecipient(given, RelativeOf(recipient), person, context));
  }
  if (context.request.recipients.empty() && context.patient.found) {
    context.request.recipients.push_back({person.front(), Party::kPatient, Authority::kNotNeeded});
  }
}

void ReadContact(const Given& given, const std::vector<std::string>& person,
                 EvaluationContext& context) {
  if (!context.request.channel || context.request.recipients.empty()) return;
  const Channel channel = *context.request.channel;
  const Recipient& recipient = context.request.recipients.front();
  const bool to_patient = recipient.party == Party::kPatient;
  const fhir::Resource* resource = given.Find(to_patient ? person.front() : recipient.reference);
  if (resource == nullptr) return;
  if (channel == Channel::kMail) {
    for (const Value& address : (*resource)["address"].items()) {
      if (!InUse(address, context) || AddressLine(address).empty()) continue;
      ContactPoint point;
      point.value = AddressLine(address);
      point.key = NormalContact(point.value);
      context.contact = point;
      break;
    }
  }
  const Value* best = nullptr;
  for (const Value& telecom : (*resource)["telecom"].items()) {
    const int fitness = Fitness(telecom, channel);
    if (fitness == 0 || !InUse(telecom, context) || telecom["value"].text().empty()) continue;
    const bool better = best == nullptr || Rank(telecom) < Rank(*best) ||
                        (Rank(telecom) == Rank(*best) && fitness > Fitness(*best, channel));
    if (better) best = &telecom;
  }
  if (best != nullptr) context.contact = ReadContactPoint(*best);
  for (const ConfidentialCommunication& asked : context.confidential) {
    if (!to_patient || !asked.period.Possibly(context.now) || asked.contact.empty()) continue;
    if (!Contains(asked.channels, channel)) continue;
    if (context.contact && context.contact->key == NormalContact(asked.contact)) continue;
    ContactPoint point;
    point.value = asked.contact;
    point.key = NormalContact(asked.contact);
    point.provided_by = ProvidedBy::kPatient;
    context.contact = point;
  }
}

}  // namespace consent
