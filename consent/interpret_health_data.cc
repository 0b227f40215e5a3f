#include "consent/interpret_health_data.h"

#include <algorithm>

#include "consent/deidentified.h"
#include "consent/places.h"
#include "consent/representative.h"
#include "consent/words.h"
#include "consent/zones.h"

namespace consent {
namespace {

using fhir::json::Value;

// The state of an address, however it is written; its ZIP code says it, too.
void AddStates(const Value& address, std::vector<std::string>& states) {
  const std::string_view state = CodeOfState(address["state"].text());
  if (!state.empty()) states.emplace_back(state);
  for (std::string_view each : PlacesOfZip(address["postalCode"].text()).states) {
    states.emplace_back(each);
  }
}

void AddItem(const Given& given, const std::string& reference, EvaluationContext& context) {
  auto& items = context.health.items;
  if (reference.empty() || std::any_of(items.begin(), items.end(), [&](const DataItem& item) {
        return item.reference == reference;
      })) {
    return;
  }
  if (const fhir::Resource* resource = given.Find(reference)) {
    for (DataItem& item : ItemsOf(given, *resource, context)) items.push_back(std::move(item));
  } else {
    context.health.disclosure.data_missing = true;
  }
}

// Extension targeted-by: a record, or a kind of fact, that chose the patient.
void AddTargeting(const Given& given, const Value& element, EvaluationContext& context) {
  for (const Value* targeted : OurExtensions(element, "targeted-by")) {
    std::vector<DataItem> items(1);
    if (const fhir::Resource* record = given.Find(RelativeOf(Fact(*targeted, "resource")))) {
      items = ItemsOf(given, *record, context);
    }
    for (DataItem& item : items) {
      if (const std::string& origin = Fact(*targeted, "origin").text(); !origin.empty()) {
        AddOrigin(origin, item);
      }
      for (const Value* label : Facts(*targeted, "label")) item.labels.push_back(label->text());
      Settle(item);
      context.health.items.push_back(std::move(item));
    }
  }
}

void NoteAnother(const Given& given, const std::string& reference,
                 const std::vector<std::string>& person, EvaluationContext& context) {
  const fhir::Resource* record = given.Find(reference);
  const bool named = reference.starts_with("Patient/") && !Contains(person, reference);
  context.health.of_another = context.health.of_another || named ||
                              (record != nullptr && OfAnother(record->json(), person));
}

// What an outreach stands on: the record it is for, what it is about, what it was targeted by.
void ReadOutreachData(const Given& given, const std::vector<std::string>& person,
                      EvaluationContext& context) {
  const fhir::Resource* request = given.Find(given.request);
  if (request == nullptr) return;
  AddItem(given, request->Relative(), context);
  for (const std::string& record : person) AddItem(given, record, context);
  AddTargeting(given, request->json(), context);
  for (const Value& about : (*request)["about"].items()) {
    const std::string reference = RelativeOf(about);
    const fhir::Resource* resource = given.Find(reference);
    if (resource != nullptr && resource->type() == "ActivityDefinition") {
      AddTargeting(given, resource->json(), context);
    } else {
      AddItem(given, reference, context);
      NoteAnother(given, reference, person, context);
    }
  }
  const Value& trigger = OurExtension(request->json(), "location-trigger");
  if (trigger.is_object()) {
    LocationTrigger facts;
    facts.health_facility = Fact(trigger, "place").text() != "other";
    facts.feet_micros = Micros(Fact(trigger, "distance-feet"));
    facts.state = CodeOfState(Fact(trigger, "state").text());
    context.health.trigger = facts;
  }
}

// The record of a recipient; of one that is named, where just one Organization has the name.
const fhir::Resource* RecordOf(const Given& given, const std::string& recipient) {
  if (const fhir::Resource* record = given.Find(recipient)) return record;
  const fhir::Resource* named = nullptr;
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Organization" || !SameName(resource["name"].text(), recipient)) {
      continue;
    }
    if (named != nullptr) return nullptr;
    named = &resource;
  }
  return named;
}

// Whether somebody with this record can be of that kind. Only his own records are the patient's.
bool CanBe(const std::string& type, RecipientKind kind) {
  if (kind == RecipientKind::kIndividual) return false;
  if (type == "Patient" || type == "Person") return kind == RecipientKind::kFamily;
  return type != "Organization" || kind != RecipientKind::kFamily;
}

// Who receives it: the record says so itself, else what is said beside.
RecipientKind KindOf(const Given& given, const std::vector<std::string>& person,
                     const DisclosureRequest& asked) {
  const auto said = RecipientKindFromCode(asked.recipient_kind);
  if (Contains(person, asked.recipient)) return RecipientKind::kIndividual;
  const fhir::Resource* record = RecordOf(given, asked.recipient);
  if (record == nullptr) return said.value_or(RecipientKind::kUnknown);
  const std::string& type = record->type();
  if (const Value& own = Fact(record->json(), "recipient-kind"); own.is_string()) {
    return RecipientKindFromCode(own.text()).value_or(RecipientKind::kUnknown);
  }
  if (type == "Practitioner" || type == "PractitionerRole" || type == "CareTeam") {
    return RecipientKind::kProvider;
  }
  if (type == "RelatedPerson") return RecipientKind::kFamily;
  // http://terminology.hl7.org/CodeSystem/organization-type
  for (const Value& concept_ : (*record)["type"].items()) {
    for (const Coding& coding : CodingsOf(concept_)) {
      if (coding.code == "prov" || coding.code == "dept") return RecipientKind::kProvider;
      if (coding.code == "pay" || coding.code == "ins") return RecipientKind::kPlan;
      if (coding.code == "crs") return RecipientKind::kResearcher;
    }
  }
  return said && CanBe(type, *said) ? *said : RecipientKind::kUnknown;
}

// P1: whoever acts for the patient receives it as the patient would; where the table of minors
// does not say whether he does, a person looks (P5).
void ReadRepresentative(const Given& given, const std::vector<std::string>& person,
                        EvaluationContext& context) {
  const std::string& recipient = given.disclosure->recipient;
  if (!recipient.starts_with("RelatedPerson/") || !context.patient.found) return;
  DisclosureFacts& facts = context.health.disclosure;
  const Authority authority = AuthorityOf(given, recipient, person, context, context.now);
  if (authority != Authority::kShown && authority != Authority::kUnclear) return;
  facts.representative = authority;
  facts.recipient = RecipientKind::kIndividual;
}

std::string NameOf(const Given& given, const std::string& recipient) {
  const fhir::Resource* record = given.Find(recipient);
  if (record == nullptr) return recipient;
  const Value& name = (*record)["name"];
  if (name.is_string()) return name.text();
  return name.at(0)["text"].text();
}

void ReadDisclosureFacts(const Given& given, const std::vector<std::string>& person,
                         EvaluationContext& context) {
  const DisclosureRequest& asked = *given.disclosure;
  if (asked.medium) context.request.channel = asked.medium;
  DisclosureFacts& facts = context.health.disclosure;
  if (given.request.empty()) context.request.purposes = {asked.purpose};
  facts.recipient = KindOf(given, person, asked);
  ReadRepresentative(given, person, context);
  facts.recipient_name = NameOf(given, asked.recipient);
  facts.subject_found = context.patient.found;
  if (asked.funding == "none") {
    facts.funding = FundingFacts{.form = FundingFacts::Form::kNone};
  } else if (!asked.funding.empty()) {
    facts.funding = ReadContract(given, asked.funding, context);
  }
  for (const std::string& reference : asked.data) {
    AddItem(given, reference, context);
    if (context.patient.found) NoteAnother(given, reference, person, context);
  }
  if (asked.deidentified) {
    for (DataItem& item : context.health.items) {
      const fhir::Resource* resource = given.Find(item.reference);
      item.identifying = Identifying(resource->json(), context.now, context.policy->disclosure);
    }
  }
  const bool by_kind = !asked.classes.empty() || !asked.labels.empty() || !asked.codes.empty() ||
                       !asked.origin.empty();
  if (!by_kind) return;
  DataItem item;
  item.classes = asked.classes;
  for (const std::string& label : asked.labels) {
    if (label == "42CFRPart2") {
      item.origins.push_back(Origin::kPart2Record);
    } else {
      item.labels.push_back(label);
    }
  }
  item.codes = asked.codes;
  if (!asked.origin.empty()) AddOrigin(asked.origin, item);
  Settle(item);
  context.health.items.push_back(std::move(item));
}

}  // namespace

void ReadHealthData(const Given& given, const std::vector<std::string>& person,
                    EvaluationContext& context) {
  for (const std::string& reference : person) {
    const fhir::Resource* record = given.Find(reference);
    if (record == nullptr) continue;
    for (const Value& address : (*record)["address"].items()) {
      AddStates(address, context.health.states);
    }
  }
  auto& states = context.health.states;
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  context.asked = given.disclosure;
  if (given.disclosure) {
    ReadDisclosureFacts(given, person, context);
  } else {
    ReadOutreachData(given, person, context);
  }
  std::stable_sort(context.health.items.begin(), context.health.items.end(),
                   [](const DataItem& a, const DataItem& b) { return a.reference < b.reference; });
}

}  // namespace consent
