// A record as an item of data: what it is, how sensitive, from when, under which law (C.3).
#include <algorithm>

#include "consent/interpret_health_data.h"
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

void ReadInto(const Given& given, const Value& json, const EvaluationContext& context,
              DataItem& item) {
  for (std::string& each : ClassesOf(json)) item.classes.push_back(std::move(each));
  ReadSecurity(json, item);
  for (const Value& contained : json["contained"].items()) {
    ReadSecurity(contained, item);
    for (std::string& each : ClassesOf(contained)) {
      item.contained_classes.push_back(std::move(each));
    }
  }
  item.labels_within = item.labels_within || HasInlineLabel(json);
  ReadOriginExtension(json, item);
  AddCodes(json, item.codes);
  // An order says of its drug what the record of the drug says.
  if (const auto* drug = given.Find(RelativeOf(json["medicationReference"]))) {
    ReadSecurity(drug->json(), item);
    AddCodes(drug->json(), item.codes);
  }
  item.date = DateOf(json, context.patient.zones);
  Settle(item);
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

}  // namespace

void AddOrigin(const std::string& code, DataItem& item) {
  item.origins.push_back(OriginFromCode(code).value_or(Origin::kUnreadable));
}

void Settle(DataItem& item) {
  SortOnce(item.labels);
  SortOnce(item.origins);
}

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
    const auto& several = resource[name].items();
    const auto of = [&](const Value& who) { return another(RelativeOf(who)); };
    if (of(resource[name]) || std::any_of(several.begin(), several.end(), of)) return true;
  }
  const auto& entries = resource["entry"].items();
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Value& entry) { return OfAnother(entry["resource"], person); });
}

}  // namespace consent
