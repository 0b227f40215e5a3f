#include "tests/consent/world.h"

#include <algorithm>

namespace consent::testing {
namespace {

Programme Pharmacy() {
  auto programme = ReadProgramme(Json(R"({
    "id": "care-line", "name": "Care Line", "seller": "Harbor Pharmacy",
    "sender": "Harbor Pharmacy", "regime": "CE_PROVIDER", "postalAddress": "1 Pier Road",
    "products": [
      {"system": "rx", "code": "1001", "display": "Aurora 10 MG", "maker": "Aurora Pharma",
       "ingredient": "auroramab", "formulation": "tablet"},
      {"system": "rx", "code": "1004", "display": "Borealis 5 MG", "maker": "Aurora Pharma"}]})"));
  EXPECT_TRUE(programme.ok());
  return *programme;
}

constexpr std::string_view kPatient = R"({"resourceType": "Patient", "id": "p1",
  "telecom": [{"extension": [{"url": "https://psgateway.example/fhir/StructureDefinition/provided-by",
                              "valueCode": "patient"}],
               "system": "phone", "use": "mobile", "value": "206 555 0100"},
              {"system": "email", "value": "pat@example.org"}],
  "address": [{"state": "WA"}]})";

constexpr std::string_view kDrug = R"({"resourceType": "MedicationRequest", "id": "rx1",
  "status": "active", "intent": "order", "subject": {"reference": "Patient/p1"},
  "medicationCodeableConcept": {"coding": [{"system": "rx", "code": "1001"}]}})";

constexpr std::string_view kReminder = R"({"resourceType": "ActivityDefinition", "id": "m1",
  "status": "active", "approvalDate": "2026-06-01", "extension": [
  {"url": "https://psgateway.example/fhir/StructureDefinition/mentions-product",
   "valueCodeableConcept": {"coding": [{"system": "rx", "code": "1001"}]}},
  {"url": "https://psgateway.example/fhir/StructureDefinition/funding", "valueCode": "none"},
  {"url": "https://psgateway.example/fhir/StructureDefinition/content-text",
   "valueString": "Your refill is due."}]})";

constexpr std::string_view kOffer = R"({"resourceType": "ActivityDefinition", "id": "m1",
  "status": "active", "approvalDate": "2026-06-01", "extension": [
  {"url": "https://psgateway.example/fhir/StructureDefinition/mentions-product",
   "valueCodeableConcept": {"coding": [{"system": "rx", "code": "1004"}]}},
  {"url": "https://psgateway.example/fhir/StructureDefinition/funding",
   "valueReference": {"reference": "Contract/f1"}},
  {"url": "https://psgateway.example/fhir/StructureDefinition/content-text",
   "valueString": "Something new for you."}]})";

constexpr std::string_view kContract = R"({"resourceType": "Contract", "id": "f1",
  "status": "executed", "extension": [
  {"url": "https://psgateway.example/fhir/StructureDefinition/funding-terms", "extension": [
    {"url": "payer", "valueString": "Aurora Pharma"}, {"url": "payee", "valueCode": "CE"},
    {"url": "form", "valueCode": "cash"},
    {"url": "amount", "valueMoney": {"value": 4.00, "currency": "USD"}}]}]})";

constexpr std::string_view kAuthorization = R"({"resourceType": "Consent", "id": "a1",
  "status": "active", "scope": {"coding": [{"code": "patient-privacy"}]},
  "patient": {"reference": "Patient/p1"}, "performer": [{"reference": "Patient/p1"}],
  "policyRule": {"coding": [{"code": "hipaa-auth"}]},
  "provision": {"type": "permit", "purpose": [{"code": "HMARKT"}], "period": {"end": "2027-06-30"}},
  "extension": [
  {"url": "https://psgateway.example/fhir/StructureDefinition/authorization", "extension": [
    {"url": "information", "valueString": "prescriptions"},
    {"url": "discloser", "valueString": "Harbor Pharmacy"},
    {"url": "recipient", "valueString": "Harbor Pharmacy"},
    {"url": "signature-date", "valueDateTime": "2026-07-01"},
    {"url": "statement", "valueCode": "right-to-revoke"},
    {"url": "statement", "valueCode": "conditioning"},
    {"url": "statement", "valueCode": "redisclosure"},
    {"url": "statement", "valueCode": "remuneration"},
    {"url": "product",
     "valueCodeableConcept": {"coding": [{"system": "rx", "code": "1004"}]}}]}]})";

fhir::Resource Request(std::string_view purpose) {
  std::string text = R"({"resourceType": "CommunicationRequest", "id": "cr1", "status": "active",
    "subject": {"reference": "Patient/p1"}, "about": [{"reference": "ActivityDefinition/m1"}],
    "medium": [{"coding": [{"system": "https://psgateway.example/fhir/CodeSystem/channel",
                            "code": "sms"}]}],
    "reasonCode": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                                "code": ")";
  text.append(purpose).append(R"("}]}]})");
  return Res(text);
}

Given Base(std::string_view purpose, std::string_view module) {
  Given given;
  given.now = At("2026-11-23T20:00:00Z");
  given.programme = Pharmacy();
  given.request = "CommunicationRequest/cr1";
  given.resources = {Request(purpose), Res(kPatient), Res(kDrug), Res(module)};
  return given;
}

}  // namespace

Given Reminder() { return Base("TREAT", kReminder); }

Given Promotion() {
  Given given = Base("HMARKT", kOffer);
  given.resources.push_back(Res(kContract));
  given.resources.push_back(Res(kAuthorization));
  return given;
}

bool HasReason(const Decision& decision, std::string_view rule) {
  return std::any_of(decision.reasons.begin(), decision.reasons.end(),
                     [&](const Reason& reason) { return reason.rule == rule; });
}

std::string Written(const Decision& decision) { return fhir::json::Write(ToJson(decision)); }

}  // namespace consent::testing
