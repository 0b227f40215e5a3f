#include "consent/interpret_health_data.h"

#include <algorithm>

#include "consent/deidentified.h"
#include "consent/places.h"
#include "consent/representative.h"
#include "consent/words.h"
#include "consent/zones.h"
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
  const std::string& state = Fact(extension, "collected-in").text();
  const std::string_view code = CodeOfState(state);
  item.collected_in = code.empty() ? state : std::string(code);
}

// All that the element says of when: a period without an end goes on.
std::optional<fhir::Span> SpanOf(const Value& element, const std::vector<std::string>& zones) {
  if (const auto moment = ReadMoment(element, zones)) return moment->possible;
  if (!element.is_object() || element["start"].is_null()) return std::nullopt;
  const Validity period = ReadPeriod(element, zones);
  const bool readable = period.sure.begin <= period.sure.end;
  return readable ? std::optional(period.possible) : std::nullopt;
}

// When the data came to be: what restrictions and data periods are held against.
std::optional<fhir::Span> DateOf(const Value& resource, const std::vector<std::string>& zones) {
  for (std::string_view name :
       {"effectiveDateTime", "effectivePeriod", "performedDateTime", "performedPeriod",
        "onsetDateTime", "onsetPeriod", "occurrenceDateTime", "occurrencePeriod", "authoredOn",
        "recordedDate", "issued", "date", "whenHandedOver", "created", "sent", "period"}) {
    if (!resource[name].is_null()) return SpanOf(resource[name], zones);
  }
  return std::nullopt;
}

// Every code in it, at whatever depth (C.1); the entries of a Bundle are records of their own.
void AddCodes(const Value& value, std::vector<Coding>& codes) {
  for (Coding& coding : CodingsOf(value)) {
    if (!Contains(codes, coding)) codes.push_back(std::move(coding));
  }
  for (const Value& item : value.items()) AddCodes(item, codes);
  for (const auto& member : value.members()) {
    if (member.name != "meta" && member.name != "entry") AddCodes(member.value, codes);
  }
}

void AddClasses(const Value& resource, DataItem& item) {
  item.classes.push_back(resource["resourceType"].text());
  for (const Value& profile : resource["meta"]["profile"].items()) {
    const std::string& url = profile.text();
    item.classes.push_back(url.substr(0, url.find('|')));
  }
}

void ReadInto(const Given& given, const Value& json, const EvaluationContext& context,
              DataItem& item) {
  AddClasses(json, item);
  ReadSecurity(json, item);
  for (const Value& contained : json["contained"].items()) ReadSecurity(contained, item);
  item.labels_within = item.labels_within || HasInlineLabel(json);
  ReadOriginExtension(json, item);
  AddCodes(json, item.codes);
  // An order says of its drug what the record of the drug says.
  if (const auto* drug = given.Find(RelativeOf(json["medicationReference"]))) {
    ReadSecurity(drug->json(), item);
    AddCodes(drug->json(), item.codes);
  }
  item.date = DateOf(json, context.patient.zones);
  SortOnce(item.labels);
  SortOnce(item.origins);
}

// Bundles may hold Bundles.
void AddParts(const Given& given, const Value& json, const EvaluationContext& context,
              const DataItem& whole, std::vector<DataItem>& items) {
  DataItem item = whole;
  ReadInto(given, json, context, item);
  const auto& entries = json["entry"].items();
  const bool holds = std::any_of(entries.begin(), entries.end(),
                                 [](const Value& entry) { return entry["resource"].is_object(); });
  if (!holds) return items.push_back(std::move(item));
  item.codes.clear();
  for (const Value& entry : entries) {
    if (entry["resource"].is_object()) AddParts(given, entry["resource"], context, item, items);
  }
}

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
      SortOnce(item.labels);
      SortOnce(item.origins);
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

std::vector<DataItem> ItemsOf(const Given& given, const fhir::Resource& resource,
                              const EvaluationContext& context) {
  DataItem whole;
  whole.reference = resource.Relative();
  std::vector<DataItem> items;
  AddParts(given, resource.json(), context, whole, items);
  return items;
}

bool OfAnother(const Value& resource, const std::vector<std::string>& person) {
  const auto another = [&](const std::string& patient) {
    return patient.starts_with("Patient/") && !Contains(person, patient);
  };
  if (another(resource["resourceType"].text() + "/" + resource["id"].text())) return true;
  for (std::string_view name : {"subject", "patient", "beneficiary", "for"}) {
    if (another(RelativeOf(resource[name]))) return true;
  }
  const auto& entries = resource["entry"].items();
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Value& entry) { return OfAnother(entry["resource"], person); });
}

void ReadHealthData(const Given& given, const std::vector<std::string>& person,
                    EvaluationContext& context) {
  for (const std::string& reference : person) {
    const fhir::Resource* record = given.Find(reference);
    if (record == nullptr) continue;
    for (const Value& address : (*record)["address"].items()) {
      AddStates(address, context.health.states);
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
