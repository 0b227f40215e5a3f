// What chose the patient: extension targeted-by of the request and of its modules.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "consent/interpret.h"
#include "consent/interpret_health_data.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::json::Value;

// A kind of fact, and the resource type that a consent would call it by; none has one of its own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kKinds{{
    {"prescription", "MedicationRequest"},
    {"dispense", "MedicationDispense"},
    {"diagnosis", "Condition"},
    {"result", "Observation"},
    {"claim", "ExplanationOfBenefit"},
    {"enrolment", "Coverage"},
    {"demographics", "Patient"},
    {"location", "Patient"},
    {"opt-in", ""},
}};

// Kinds of records with codes and labels of their own.
constexpr std::array<std::string_view, 5> kCoded{"prescription", "dispense", "diagnosis", "result",
                                                 "claim"};

bool EnteredInError(const fhir::Resource& resource) {
  if (resource["status"].text() == "entered-in-error") return true;
  const std::vector<Coding> verified = CodingsOf(resource["verificationStatus"]);
  return std::any_of(verified.begin(), verified.end(),
                     [](const Coding& coding) { return coding.code == "entered-in-error"; });
}

// Not said: protected health information. A code we do not know: no origin at all.
std::optional<Origin> OriginOf(const Value& targeted) {
  const std::string& code = Fact(targeted, "origin").text();
  if (code.empty()) return Origin::kHipaaPhi;
  return OriginFromCode(code);
}

TargetingFact ReadFact(const Given& given, const Value& targeted,
                       const std::vector<std::string>& person, const EvaluationContext& context) {
  TargetingFact fact;
  const auto origin = OriginOf(targeted);
  if (origin) fact.origin = *origin;
  for (const Value* label : Facts(targeted, "label")) fact.labels.push_back(label->text());
  const std::string reference = RelativeOf(Fact(targeted, "resource"));
  if (!reference.empty()) {
    const fhir::Resource* resource = given.Find(reference);
    if (resource == nullptr) return fact;
    for (const DataItem& item : ItemsOf(given, *resource, context)) {
      // What the record says of itself holds where the sender says nothing; the strictest first.
      if (Fact(targeted, "origin").is_null() && !item.origins.empty() &&
          fact.origin != Origin::kPart2Record) {
        fact.origin = item.Is(Origin::kPart2Record) ? Origin::kPart2Record : item.origins.front();
      }
      fact.labels.insert(fact.labels.end(), item.labels.begin(), item.labels.end());
      fact.classes.insert(fact.classes.end(), item.classes.begin(), item.classes.end());
      fact.codes.insert(fact.codes.end(), item.codes.begin(), item.codes.end());
      fact.date = item.date;
    }
    fact.sources.push_back(reference);
    // A record of somebody else, or one that should not be there, can choose nobody.
    if (OfAnother(resource->json(), person) || EnteredInError(*resource)) return fact;
    fact.known = origin.has_value();
    return fact;
  }
  const std::string& kind = Fact(targeted, "kind").text();
  for (const auto& [name, type] : kKinds) {
    if (name != kind) continue;
    fact.known = origin.has_value();
    if (!type.empty()) fact.classes.emplace_back(type);
    fact.by_kind = std::find(kCoded.begin(), kCoded.end(), name) != kCoded.end();
  }
  return fact;
}

void AddFacts(const Given& given, const Value& element, const std::vector<std::string>& person,
              EvaluationContext& context) {
  for (const Value* targeted : OurExtensions(element, "targeted-by")) {
    context.targeting.push_back(ReadFact(given, *targeted, person, context));
  }
}

}  // namespace

void ReadTargeting(const Given& given, const std::vector<std::string>& person,
                   EvaluationContext& context) {
  const fhir::Resource* request = given.Find(given.request);
  if (request == nullptr) return;
  AddFacts(given, request->json(), person, context);
  for (const Value& about : (*request)["about"].items()) {
    const fhir::Resource* module = given.Find(RelativeOf(about));
    if (module != nullptr && module->type() == "ActivityDefinition") {
      AddFacts(given, module->json(), person, context);
    }
  }
}

}  // namespace consent
