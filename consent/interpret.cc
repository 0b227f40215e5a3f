#include "consent/interpret.h"

#include <algorithm>

#include "consent/decide.h"
#include "consent/interpret_health_data.h"
#include "consent/representative.h"
#include "consent/words.h"
#include "fhir/canonicals.h"
#include "fhir/shape.h"

namespace consent {
namespace {

using fhir::json::Value;

void AddOnce(std::vector<std::string>& items, std::string item) {
  if (!item.empty() && !Contains(items, item)) items.push_back(std::move(item));
}

void AddIdentifiers(const Value& identifiers, std::vector<std::string>& out) {
  for (const Value& identifier : identifiers.items()) {
    if (!identifier["value"].text().empty()) {
      AddOnce(out, identifier["system"].text() + "|" + identifier["value"].text());
    }
  }
}

// An organisation stands for itself and for what it is part of.
void AddWithParents(const Given& given, std::string reference, Actors& actors) {
  for (int depth = 0; depth < 8 && !reference.empty(); ++depth) {
    if (Contains(actors.references, reference)) return;
    actors.references.push_back(reference);
    const fhir::Resource* resource = given.Find(reference);
    if (resource == nullptr) return;
    AddIdentifiers((*resource)["identifier"], actors.identifiers);
    if (resource->type() == "PractitionerRole") {
      AddWithParents(given, RelativeOf((*resource)["practitioner"]), actors);
      reference = RelativeOf((*resource)["organization"]);
    } else {
      reference = RelativeOf((*resource)["partOf"]);
    }
  }
}

// The records that bear one of their names.
void AddNamed(const Given& given, Actors& actors) {
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Organization") continue;
    const auto is_named = [&](const std::string& name) {
      return SameName(resource["name"].text(), name);
    };
    if (std::any_of(actors.names.begin(), actors.names.end(), is_named)) {
      AddWithParents(given, resource.Relative(), actors);
    }
  }
}

// Somebody who is met: not planned, not called off, not over, and not somebody else.
bool IsMeeting(const fhir::Resource& encounter, const std::vector<std::string>& person,
               const EvaluationContext& context) {
  if (HasUnknownModifier(encounter.json())) return false;  // G5
  // A visit that nobody closed ends with its period.
  if (!ReadPeriod(encounter["period"], context.patient.zones).Surely(context.now)) return false;
  const std::string& status = encounter["status"].text();
  const bool now = status == "arrived" || status == "triaged" || status == "in-progress";
  const std::string subject = RelativeOf(encounter["subject"]);
  return now && (subject.empty() || Contains(person, subject));
}

bool InPersonClass(const std::string& code) {
  // v3-ActEncounterCode where patient and caregiver are in one place; VR is a video visit.
  for (std::string_view each :
       {"AMB", "HH", "IMP", "ACUTE", "NONAC", "EMER", "FLD", "OBSENC", "SS"}) {
    if (code == each) return true;
  }
  return false;
}

}  // namespace

bool Actors::Knows(std::string_view type) const {
  for (const std::string& reference : references) {
    if (reference.starts_with(type) && reference[type.size()] == '/') return true;
  }
  return false;
}

Parties PartiesOf(const Given& given, const Value& request, std::string_view to) {
  Actors us;
  const Programme& programme = given.programme;
  for (const std::string& name : {programme.sender, programme.seller, programme.name}) {
    AddOnce(us.names, name);
  }
  AddWithParents(given, RelativeOf(request["sender"]), us);
  AddWithParents(given, RelativeOf(request["requester"]), us);
  for (const Value& recipient : request["recipient"].items()) {
    AddWithParents(given, RelativeOf(recipient), us);
  }
  AddNamed(given, us);
  if (to.empty()) return {us, us};
  // A party is who its record says it is, and has a record where one has its name.
  const fhir::Resource* record = given.Find(to);
  const std::string named(record != nullptr ? std::string_view((*record)["name"].text()) : to);
  const auto is_named = [&](const std::string& own) { return SameName(own, named); };
  const bool to_us = std::any_of(us.names.begin(), us.names.end(), is_named);
  Parties parties{to_us ? us : Actors{}, us};
  for (Actors* actors : {&parties.receiving, &parties.concerned}) {
    AddOnce(actors->names, named);
    AddWithParents(given, std::string(to), *actors);
    AddNamed(given, *actors);
  }
  return parties;
}

std::vector<std::string> PersonOf(const Given& given, const std::string& subject) {
  std::vector<std::string> person{subject};
  // The survivor of a merge comes first: it is the record to write to.
  for (int hops = 0; hops < 8; ++hops) {
    const fhir::Resource* record = given.Find(person.front());
    if (record == nullptr) break;
    std::string survivor;
    for (const Value& link : (*record)["link"].items()) {
      if (link["type"].text() == "replaced-by") survivor = RelativeOf(link["other"]);
    }
    if (survivor.empty() || Contains(person, survivor) || given.Find(survivor) == nullptr) break;
    person.insert(person.begin(), survivor);
  }
  for (const std::string& reference : given.person) AddOnce(person, reference);
  for (size_t i = 0; i < person.size() && person.size() < 64; ++i) {
    if (const fhir::Resource* record = given.Find(person[i])) {
      for (const Value& link : (*record)["link"].items()) {
        if (link["type"].text() == "replaces") AddOnce(person, RelativeOf(link["other"]));
      }
    }
    for (const fhir::Resource& resource : given.resources) {
      if (resource.type() != "Patient") continue;
      for (const Value& link : resource["link"].items()) {
        if (link["type"].text() == "replaced-by" && RelativeOf(link["other"]) == person[i]) {
          AddOnce(person, resource.Relative());
        }
      }
    }
  }
  return person;
}

void ReadRequest(const Given& given, const std::vector<std::string>& person,
                 EvaluationContext& context) {
  RequestFacts& facts = context.request;
  facts.reference = given.request;
  const fhir::Resource* request = given.Find(given.request);
  if (given.channel) facts.channel = given.channel;
  if (request == nullptr) return;
  facts.found = true;
  facts.reference = request->Versioned();
  facts.unusable = HasUnknownModifier(request->json());
  facts.status = (*request)["status"].text();
  // Whatever is not a plain false forbids it.
  facts.do_not_perform = Speaks((*request)["doNotPerform"]);
  facts.priority = (*request)["priority"].text();
  for (const Value& reason : (*request)["reasonCode"].items()) {
    for (const Coding& coding : CodingsOf(reason)) {
      if (coding.system == fhir::kActReason) {
        AddOnce(facts.purposes, coding.code);
      } else if (coding.system == fhir::kPurposeSystem) {
        AddOnce(facts.named_purposes, coding.code);
      } else {
        facts.unknown_purpose = true;
      }
    }
  }
  for (const Value& category : (*request)["category"].items()) {
    for (const Coding& coding : CodingsOf(category)) AddOnce(facts.categories, coding.code);
  }
  if (!facts.channel) {
    for (const Value& medium : (*request)["medium"].items()) {
      facts.channel = fhir::ChannelFromMedium(medium);
      if (facts.channel) break;
    }
  }
  const auto& zones = context.patient.zones;
  if (const auto at = ReadMoment((*request)["occurrenceDateTime"], zones)) {
    facts.not_before = at->sure.begin;
  } else if (!(*request)["occurrenceDateTime"].is_null()) {
    facts.unreadable_time = true;
  }
  const Value& period = (*request)["occurrencePeriod"];
  if (period.is_object()) {
    if (const auto start = ReadMoment(period["start"], zones)) facts.not_before = start->sure.begin;
    if (const auto end = ReadMoment(period["end"], zones)) facts.not_after = end->sure.end;
    facts.unreadable_time = (!facts.not_before && !period["start"].is_null()) ||
                            (!facts.not_after && !period["end"].is_null());
  }
  const auto& payload = (*request)["payload"].items();
  facts.has_payload = !payload.empty();
  for (const Value& part : payload) {
    if (!facts.text.empty()) facts.text += '\n';
    facts.text += part["contentString"].text();
    facts.unread_payload = facts.unread_payload || part["contentString"].text().empty();
  }
  if (const fhir::Resource* encounter = given.Find(RelativeOf((*request)["encounter"]))) {
    facts.met_in_person = IsMeeting(*encounter, person, context) &&
                          InPersonClass((*encounter)["class"]["code"].text());
  }
}

EvaluationContext InterpretFor(const Given& given, std::string_view recipient) {
  EvaluationContext context;
  context.now = given.now;
  context.policy = given.policy;
  context.programme = given.programme;
  const fhir::Resource* request = given.Find(given.request);
  static const Value kNone;
  const Value& json = request != nullptr ? request->json() : kNone;
  const Parties parties = PartiesOf(given, json, recipient);
  const std::vector<std::string> person =
      PersonOf(given, given.subject.empty() ? RelativeOf(json["subject"]) : given.subject);
  ReadPatient(given, person, context);
  ReadRequest(given, person, context);
  ReadMinorServices(given, person, context);
  ReadStay(given, person, context);
  ReadRecipients(given, person, context);
  ReadTherapies(given, person, context);
  ReadContent(given, context);
  ReadHealthData(given, person, context);
  ReadPerformer(given, person, context);
  ReadTargeting(given, person, context);
  ReadConsents(given, person, parties, context);
  ReadDataConsents(given, person, context);
  ReadContact(given, person, context);
  ReadOptInWordings(given, context);
  context.overrides = given.overrides;
  context.unavailable = given.unavailable;
  // An unreadable Consent is a doubt of its own (C.1).
  context.unreadable = std::any_of(
      given.resources.begin(), given.resources.end(), [](const fhir::Resource& resource) {
        return resource.type() != "Consent" && !fhir::HasShape(resource.json());
      });
  for (const std::string& record : person) {
    const fhir::Resource* patient = given.Find(record);
    if (patient != nullptr && Speaks(Fact(patient->json(), "legal-hold"))) {
      context.patient.legal_hold = true;
    }
  }
  ReadCallingPlaces(context);
  context.reply = given.reply;
  context.reply_channel = fhir::ChannelFromCode(given.reply_channel);
  context.opt_outs = given.opt_outs;
  for (OptOut& opt_out : context.opt_outs) opt_out.contact = NormalContact(opt_out.contact);
  context.dischargeable = given.dischargeable;
  context.history = given.history;
  std::stable_sort(context.history.begin(), context.history.end(),
                   [](const Sent& a, const Sent& b) { return a.sent_at > b.sent_at; });
  return context;
}

EvaluationContext Interpret(const Given& given) {
  return InterpretFor(given, given.disclosure ? given.disclosure->recipient : "");
}

}  // namespace consent
