// The patient, the recipients and where they can be reached.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "consent/interpret.h"
#include "consent/places.h"
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

// Where something is sent must not be what has perhaps ended.
bool SurelyInUse(const Value& element, const EvaluationContext& context) {
  return InUse(element, context) &&
         ReadPeriod(element["period"], context.patient.zones).Surely(context.now);
}

void AddZone(std::vector<std::string>& zones, std::string_view zone) {
  if (!fhir::KnownZone(zone)) return;
  const std::string_view clock = SameClock(zone);
  if (!Contains(zones, clock)) zones.emplace_back(clock);
}

void AddState(std::vector<std::string>& states, std::string_view state) {
  if (!state.empty() && !Contains(states, state)) states.emplace_back(state);
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

// Where an address is: its ZIP code says it more closely than its state; where the two contradict
// each other both count.
std::vector<std::string> ZonesOfAddress(const Value& address, std::vector<std::string>& states) {
  std::vector<std::string> of_state;
  for (std::string_view zone : ZonesOfState(address["state"].text())) AddZone(of_state, zone);
  AddState(states, CodeOfState(address["state"].text()));
  const Places places = PlacesOfZip(address["postalCode"].text());
  std::vector<std::string> of_zip;
  for (std::string_view zone : places.zones) AddZone(of_zip, zone);
  for (std::string_view state : places.states) AddState(states, state);
  if (of_zip.empty()) return of_state;
  const bool agree = of_state.empty() ||
                     std::any_of(of_zip.begin(), of_zip.end(),
                                 [&](const std::string& zone) { return Contains(of_state, zone); });
  if (!agree) {
    for (const std::string& zone : of_state) AddZone(of_zip, zone);
  }
  return of_zip;
}

// B1-30: what the person said, then every address in use; a stated zone narrows a split state.
std::vector<std::string> ZonesOf(const Value& person, const EvaluationContext& context,
                                 std::vector<std::string>& states) {
  std::vector<std::string> zones;
  const std::string stated = StatedZone(person);
  AddZone(zones, stated);
  for (const Value& address : person["address"].items()) {
    if (address["use"].text() == "old") continue;
    if (!ReadPeriod(address["period"], {"UTC"}).Possibly(context.now)) continue;
    const std::vector<std::string> of_address = ZonesOfAddress(address, states);
    const std::string own = StatedZone(address);
    if (fhir::KnownZone(own)) {
      AddZone(zones, own);
      continue;
    }
    if (Contains(of_address, SameClock(stated))) continue;
    for (const std::string& zone : of_address) AddZone(zones, zone);
  }
  return zones;
}

void ReadZones(const Value& patient, EvaluationContext& context) {
  std::vector<std::string> zones = ZonesOf(patient, context, context.patient.states);
  context.patient.zones_known = !zones.empty();
  if (zones.empty()) {
    for (std::string_view zone : AllUsZones()) AddZone(zones, zone);
  }
  if (zones.empty()) zones.emplace_back("UTC");
  context.patient.zones = std::move(zones);
}

// CP2 to CP4: how, when and in which language the patient would like to be reached.
void ReadPreferences(const Value& patient, PatientFacts& facts) {
  for (const Value* channel : Facts(patient, "preferred-channel")) {
    if (const auto known = fhir::ChannelFromCode(channel->text())) {
      facts.preferred_channels.push_back(*known);
    }
  }
  const Value& hours = OurExtension(patient, "preferred-hours");
  if (hours.is_object()) {
    constexpr int kMinutes = 24 * 60;
    const auto minute = [&](std::string_view name, int otherwise) {
      const std::string& text = Fact(hours, name).text();
      if (text.size() < 5 || text[2] != ':') return otherwise;
      return std::atoi(text.substr(0, 2).c_str()) * 60 + std::atoi(text.substr(3, 2).c_str());
    };
    facts.preferred_hours = Hours{}.And({minute("opens", 0), minute("closes", kMinutes)});
  }
  std::vector<std::string> all;
  for (const Value& communication : patient["communication"].items()) {
    for (const Coding& coding : CodingsOf(communication["language"])) {
      all.push_back(Lower(coding.code));
      if (communication["preferred"].boolean()) facts.languages.push_back(Lower(coding.code));
    }
  }
  if (facts.languages.empty()) facts.languages = std::move(all);
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

// G2: what two records of one person contradict each other about. A birth date that cannot be read
// contradicts every other.
int Contradictions(const Value& a, const Value& b) {
  const auto born = [](const Value& patient) { return ReadMoment(patient["birthDate"], {"UTC"}); };
  const auto families = [](const Value& patient) {
    std::vector<std::string> names;
    for (const Value& name : patient["name"].items()) {
      std::string family = Lower(Trim(name["family"].text()));
      if (!family.empty()) names.push_back(std::move(family));
    }
    return names;
  };
  const auto one_of_two = [](const std::string& sex) { return sex == "male" || sex == "female"; };
  int count = 0;
  const auto first = born(a);
  const auto second = born(b);
  const bool both = !a["birthDate"].is_null() && !b["birthDate"].is_null();
  if (both && (!first || !second || first->possible.end <= second->possible.begin ||
               second->possible.end <= first->possible.begin)) {
    ++count;
  }
  const std::string& sex = a["gender"].text();
  const std::string& other = b["gender"].text();
  if (one_of_two(sex) && one_of_two(other) && sex != other) ++count;
  const std::vector<std::string> names = families(a);
  const std::vector<std::string> others = families(b);
  const bool shared = std::any_of(names.begin(), names.end(),
                                  [&](const std::string& name) { return Contains(others, name); });
  if (!names.empty() && !others.empty() && !shared) ++count;
  return count;
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

// Whether the channel can reach it at all: "call me" is no number.
bool IsAddressFor(Channel channel, const std::string& value) {
  if (channel == Channel::kEmail) return value.find('@') != std::string::npos;
  return std::count_if(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }) >=
         7;
}

long Rank(const Value& telecom) {
  const std::string& text = telecom["rank"].text();
  return text.empty() || text.size() > 6 ? 1'000'000 : std::atol(text.c_str());
}

ContactPoint ReadContactPoint(const Value& telecom, const std::vector<std::string>& zones) {
  ContactPoint point;
  point.value = telecom["value"].text();
  point.key = NormalContact(point.value);
  const std::string& provided = Fact(telecom, "provided-by").text();
  if (provided == "patient") point.provided_by = ProvidedBy::kPatient;
  if (provided == "provider") point.provided_by = ProvidedBy::kProvider;
  if (provided == "broker") point.provided_by = ProvidedBy::kBroker;
  point.detailed_messages = Fact(telecom, "detailed-messages").boolean();
  point.reassigned = Speaks(Fact(telecom, "reassigned"));
  const std::string& holder = Fact(telecom, "controlled-by").text();
  point.held_by_other = !holder.empty() && holder != "patient";
  point.disconnected = ReadMoment(Fact(telecom, "disconnected-on"), zones);
  // A date that cannot be read still says that the number was given up at some time.
  if (!point.disconnected && !Fact(telecom, "disconnected-on").is_null())
    point.disconnected.emplace();
  point.confirmed = ReadMoment(Fact(telecom, "confirmed-on"), zones);
  point.do_not_call = Speaks(Fact(telecom, "do-not-call"));
  return point;
}

// G4: who asks to be reached at a number says that it is his.
void Confirm(const ConfidentialCommunication& asked, fhir::Instant now, ContactPoint& point) {
  if (!asked.asked || asked.asked->possible.begin > now || !asked.period.Surely(now)) return;
  const bool later =
      !point.confirmed || point.confirmed->possible.begin < asked.asked->possible.begin;
  if (later) point.confirmed = asked.asked;
}

// R5: where the patient has asked to be reached, with all that the record says of that number.
ContactPoint AskedFor(const std::string& contact, const Value& patient,
                      const std::vector<std::string>& zones) {
  ContactPoint point;
  point.value = contact;
  point.key = NormalContact(contact);
  for (const Value& telecom : patient["telecom"].items()) {
    if (NormalContact(telecom["value"].text()) != point.key) continue;
    ContactPoint said = ReadContactPoint(telecom, zones);
    said.value = contact;
    said.reassigned = said.reassigned || point.reassigned;
    said.do_not_call = said.do_not_call || point.do_not_call;
    said.held_by_other = said.held_by_other || point.held_by_other;
    if (!said.disconnected) said.disconnected = point.disconnected;
    point = std::move(said);
  }
  point.provided_by = ProvidedBy::kPatient;
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
    if (!InUse(address, context)) continue;
    const std::string_view code = CodeOfState(state);
    AddState(facts.states, code.empty() ? std::string_view(state) : code);
  }
  facts.age = AgeAt(given, person, context, context.now);
  facts.minor = facts.age == Age::kMinor;
  ReadPreferences(patient->json(), facts);
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
    for (const std::string& before : person) {
      if (before == reference) break;
      const fhir::Resource* other = given.Find(before);
      if (other != nullptr && Contradictions(record->json(), other->json()) >= 2) {
        facts.unresolved = true;
      }
    }
  }
  bool dead_elsewhere = false;
  for (const Value& record : given.elsewhere) {
    const Dead said = ReadDeceased(record, context);
    ++seen[static_cast<size_t>(said)];
    dead_elsewhere = dead_elsewhere || said == Dead::kDead;
  }
  const auto count = [&](Dead dead) { return seen[static_cast<size_t>(dead)]; };
  if (count(Dead::kUnreadable) > 0) {
    facts.deceased = Deceased::kUnreadable;
  } else if (count(Dead::kDead) > 0) {
    // Another programme's word fills the silence of this one's record.
    const Dead survivor = ReadDeceased(patient->json(), context);
    const bool survivor_dead =
        survivor == Dead::kDead || (survivor == Dead::kSilent && dead_elsewhere);
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
      if (!SurelyInUse(address, context) || AddressLine(address).empty()) continue;
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
    if (fitness == 0 || !SurelyInUse(telecom, context)) continue;
    if (!IsAddressFor(channel, telecom["value"].text())) continue;
    const bool better = best == nullptr || Rank(telecom) < Rank(*best) ||
                        (Rank(telecom) == Rank(*best) && fitness > Fitness(*best, channel));
    if (better) best = &telecom;
  }
  if (best != nullptr) context.contact = ReadContactPoint(*best, context.patient.zones);
  for (const ConfidentialCommunication& asked : context.confidential) {
    if (!to_patient || !asked.period.Possibly(context.now) || asked.contact.empty()) continue;
    if (!Contains(asked.channels, channel)) continue;
    if (!context.contact || context.contact->key != NormalContact(asked.contact)) {
      context.contact = AskedFor(asked.contact, resource->json(), context.patient.zones);
    }
    Confirm(asked, context.now, *context.contact);
  }
  // B1-27: the clock of whoever is called.
  if (recipient.party == Party::kRepresentative) {
    context.calling_zones = ZonesOf(resource->json(), context, context.calling_states);
  }
}

void ReadCallingPlaces(EvaluationContext& context) {
  const PatientFacts& patient = context.patient;
  // Of a representative whose address nobody knows, it is that of the patient.
  if (context.calling_zones.empty()) {
    if (patient.zones_known) context.calling_zones = patient.zones;
    context.calling_states = patient.states;
  }
  if (context.contact) {
    const Places places = PlacesOfNumber(context.contact->key);
    for (std::string_view zone : places.zones) AddZone(context.calling_zones, zone);
    for (std::string_view state : places.states) AddState(context.calling_states, state);
  }
  // Neither an address nor a number says where: every zone of the country counts (B1-30.4).
  if (context.calling_zones.empty()) context.calling_zones = patient.zones;
}

}  // namespace consent
