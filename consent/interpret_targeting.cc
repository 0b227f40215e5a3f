// What chose the patient: extension targeted-by of the request and of its modules.
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

// Not said: protected health information. A code we do not know: no origin at all.
std::optional<Origin> OriginOf(const Value& targeted) {
  const std::string& code = Fact(targeted, "origin").text();
  if (code.empty()) return Origin::kHipaaPhi;
  return OriginFromCode(code);
}

TargetingFact ReadFact(const Given& given, const Value& targeted) {
  TargetingFact fact;
  const auto origin = OriginOf(targeted);
  if (origin) fact.origin = *origin;
  for (const Value* label : Facts(targeted, "label")) fact.labels.push_back(label->text());
  const std::string reference = RelativeOf(Fact(targeted, "resource"));
  if (!reference.empty()) {
    const fhir::Resource* resource = given.Find(reference);
    if (resource == nullptr) return fact;
    // What the record says of itself holds where the sender says nothing; the strictest first.
    if (Fact(targeted, "origin").is_null()) {
      const std::vector<Origin> own = OriginsOf(resource->json());
      if (!own.empty())
        fact.origin = Contains(own, Origin::kPart2Record) ? Origin::kPart2Record : own.front();
    }
    fact.sources.push_back(reference);
    fact.classes.push_back(resource->type());
    AddLabels(resource->json(), fact.labels);
    for (std::string_view element : {"code", "medicationCodeableConcept"}) {
      for (Coding& coding : CodingsOf((*resource)[element])) {
        fact.codes.push_back(std::move(coding));
      }
    }
    fact.known = origin.has_value();
    return fact;
  }
  const std::string& kind = Fact(targeted, "kind").text();
  for (const auto& [name, type] : kKinds) {
    if (name != kind) continue;
    fact.known = origin.has_value();
    if (!type.empty()) fact.classes.emplace_back(type);
  }
  return fact;
}

void AddFacts(const Given& given, const Value& element, EvaluationContext& context) {
  for (const Value* targeted : OurExtensions(element, "targeted-by")) {
    context.targeting.push_back(ReadFact(given, *targeted));
  }
}

}  // namespace

void ReadTargeting(const Given& given, EvaluationContext& context) {
  const fhir::Resource* request = given.Find(given.request);
  if (request == nullptr) return;
  AddFacts(given, request->json(), context);
  for (const Value& about : (*request)["about"].items()) {
    const fhir::Resource* module = given.Find(RelativeOf(about));
    if (module != nullptr && module->type() == "ActivityDefinition") {
      AddFacts(given, module->json(), context);
    }
  }
}

}  // namespace consent
