#include "consent/interpret_health_data.h"

#include <algorithm>

#include "consent/deidentified.h"
#include "consent/words.h"
#include "fhir/canonicals.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::string_view kOriginSystem = "https://psgateway.example/fhir/CodeSystem/data-origin";

template <class T>
void SortOnce(std::vector<T>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

void AddOrigin(const std::string& code, DataItem& item) {
  item.origins.push_back(OriginFromCode(code).value_or(Origin::kUnreadable));
}

// Labels of meta.security: some say where the data comes from, the others how sensitive it is.
void ReadSecurity(const Value& resource, DataItem& item) {
  for (const Value& label : resource["meta"]["security"].items()) {
    const std::string& code = label["code"].text();
    if (label["system"].text() == kOriginSystem) {
      AddOrigin(code, item);
    } else if (code == "42CFRPart2") {
      item.origins.push_back(Origin::kPart2Record);
    } else if (!code.empty()) {
      item.labels.push_back(code);
    }
  }
}

bool HasInlineLabel(const Value& element) {
  if (element["url"].text() == fhir::kInlineLabel) return true;
  const auto& items = element.items();
  const auto& members = element.members();
  return std::any_of(items.begin(), items.end(), HasInlineLabel) ||
         std::any_of(members.begin(), members.end(),
                     [](const auto& member) { return HasInlineLabel(member.value); });
}

void ReadOriginExtension(const Value& resource, DataItem& item) {
  const Value& extension = OurExtension(resource, "data-origin");
  if (extension.is_null()) return;
  AddOrigin(Fact(extension, "origin").text(), item);
  item.authorization = RelativeOf(Fact(extension, "authorization"));
  item.collected_in = Fact(extension, "collected-in").text();
}

// When the data came to be: what restrictions and data periods are held against.
std::optional<fhir::Instant> DateOf(const Value& resource, const std::vector<std::string>& zones) {
  for (std::string_view name :
       {"effectiveDateTime", "performedDateTime", "onsetDateTime", "authoredOn", "recordedDate",
        "issued", "date", "whenHandedOver", "created", "sent"}) {
    if (const auto moment = ReadMoment(resource[name], zones)) return moment->possible.begin;
  }
  for (std::string_view name : {"effectivePeriod", "performedPeriod", "period"}) {
    if (const auto moment = ReadMoment(resource[name]["start"], zones)) {
      return moment->possible.begin;
    }
  }
  return std::nullopt;
}

DataItem ReadItem(const fhir::Resource& resource, const EvaluationContext& context) {
  const Value& json = resource.json();
  DataItem item;
  item.reference = resource.Relative();
  item.classes = {resource.type()};
  ReadSecurity(json, item);
  item.labels_within = HasInlineLabel(json);
  ReadOriginExtension(json, item);
  for (std::string_view name : {"code", "type", "medicationCodeableConcept", "vaccineCode"}) {
    for (Coding& coding : CodingsOf(json[name])) item.codes.push_back(std::move(coding));
  }
  for (const Value& category : json["category"].items()) {
    for (Coding& coding : CodingsOf(category)) item.codes.push_back(std::move(coding));
  }
  item.date = DateOf(json, context.patient.zones);
  SortOnce(item.labels);
  SortOnce(item.origins);
  return item;
}

void AddItem(const Given& given, const std::string& reference, EvaluationContext& context) {
  auto& items = context.health.items;
  if (reference.empty() || std::any_of(items.begin(), items.end(), [&](const DataItem& item) {
        return item.reference == reference;
      })) {
    return;
  }
  if (const fhir::Resource* resource = given.Find(reference)) {
    items.push_back(ReadItem(*resource, context));
  } else {
    context.health.disclosure.data_missing = true;
  }
}

// Extension targeted-by: a record, or a kind of fact, that chose the patient.
void AddTargeting(const Given& given, const Value& element, EvaluationContext& context) {
  for (const Value* targeted : OurExtensions(element, "targeted-by")) {
    DataItem item;
    if (const fhir::Resource* record = given.Find(RelativeOf(Fact(*targeted, "resource")))) {
      item = ReadItem(*record, context);
    }
    if (const std::string& origin = Fact(*targeted, "origin").text(); !origin.empty()) {
      AddOrigin(origin, item);
    }
    for (const Value* label : Facts(*targeted, "label")) item.labels.push_back(label->text());
    SortOnce(item.labels);
    SortOnce(item.origins);
    context.health.items.push_back(std::move(item));
  }
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
    }
  }
  const Value& trigger = OurExtension(request->json(), "location-trigger");
  if (trigger.is_object()) {
    LocationTrigger facts;
    facts.health_facility = Fact(trigger, "place").text() != "other";
    facts.feet_micros = Micros(Fact(trigger, "distance-feet"));
    facts.state = Fact(trigger, "state").text();
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
  return said.value_or(RecipientKind::kUnknown);
}

std::string NameOf(const Given& given, const std::string& recipient) {
  const fhir::Resource* record = given.Find(recipient);
  if (record == nullptr) return recipient;
  const Value& name = (*record)["name"];
  if (name.is_string()) return name.text();
  return name.at(0)["text"].text();
}

// Whether a record is, or names as its patient, somebody else.
bool OfAnother(const Given& given, const std::string& reference,
               const std::vector<std::string>& person) {
  const auto another = [&](const std::string& patient) {
    return patient.starts_with("Patient/") && !Contains(person, patient);
  };
  const fhir::Resource* record = given.Find(reference);
  if (another(reference)) return true;
  if (record == nullptr) return false;
  for (std::string_view name : {"subject", "patient", "beneficiary", "for"}) {
    if (another(RelativeOf((*record)[name]))) return true;
  }
  return false;
}

void ReadDisclosureFacts(const Given& given, const std::vector<std::string>& person,
                         EvaluationContext& context) {
  const DisclosureRequest& asked = *given.disclosure;
  if (asked.medium) context.request.channel = asked.medium;
  DisclosureFacts& facts = context.health.disclosure;
  facts.recipient = KindOf(given, person, asked);
  facts.recipient_name = NameOf(given, asked.recipient);
  facts.subject_found = context.patient.found;
  if (asked.funding == "none") {
    facts.funding = FundingFacts{.form = FundingFacts::Form::kNone};
  } else if (!asked.funding.empty()) {
    facts.funding = ReadContract(given, asked.funding, context);
  }
  for (const std::string& reference : asked.data) {
    AddItem(given, reference, context);
    facts.data_of_another =
        facts.data_of_another || (context.patient.found && OfAnother(given, reference, person));
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
  SortOnce(item.labels);
  SortOnce(item.origins);
  context.health.items.push_back(std::move(item));
}

}  // namespace

bool DataItem::Is(Origin origin) const { return Contains(origins, origin); }

bool DataItem::LabelledAnyOf(const std::vector<std::string>& wanted) const {
  return std::any_of(labels.begin(), labels.end(),
                     [&](const std::string& label) { return Contains(wanted, label); });
}

std::vector<Origin> OriginsOf(const Value& resource) {
  DataItem item;
  ReadSecurity(resource, item);
  ReadOriginExtension(resource, item);
  SortOnce(item.origins);
  return item.origins;
}

void ReadHealthData(const Given& given, const std::vector<std::string>& person,
                    EvaluationContext& context) {
  for (const std::string& reference : person) {
    const fhir::Resource* record = given.Find(reference);
    if (record == nullptr) continue;
    for (const Value& address : (*record)["address"].items()) {
      if (!address["state"].text().empty()) {
        context.health.states.push_back(address["state"].text());
      }
    }
  }
  SortOnce(context.health.states);
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
