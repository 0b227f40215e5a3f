// Facts of the patient, of representatives and of contact points.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"patient.deceased", "Patient", "deceased[x]",
     "whether the patient has died; of every merged record", "boolean or dateTime",
     R"({"deceasedBoolean": true})"},
    {"patient.legal-hold", "Patient", "extension legal-hold",
     "the records are under legal hold; of every merged record", "boolean",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/legal-hold", "valueBoolean": true})"},
    {"patient.address", "Patient", "address",
     "where the patient lives, or is now (use temp within its period)", "Address",
     R"([{"use": "home", "state": "WA"}])"},
    {"patient.link", "Patient", "link", "records that are the same person; seealso: in doubt",
     "replaces, replaced-by, seealso", ""},
    {"patient.timezone", "Patient", "extension timezone, address.state",
     "where the days of the patient begin", "IANA zone, USPS code", ""},
    {"telecom.detailed-messages", "Patient", "telecom extension detailed-messages",
     "the patient wants details on this contact", "boolean",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/detailed-messages", "valueBoolean": true})"},
    {"patient.birth-date", "Patient", "birthDate", "age; a year alone leaves it open", "date",
     R"("2010-03-04")"},
    {"patient.emancipated", "Patient", "extension emancipated", "a minor who decides like an adult",
     "boolean", R"({"url": "emancipated", "valueBoolean": true})"},
    {"patient.state", "Patient", "address.state",
     "whose law says who is of age; every address in use", "two letters", R"("WA")"},
    {"telecom.controlled-by", "Patient", "telecom extension controlled-by", "who answers it",
     "patient (default), parent, representative",
     R"({"url": "controlled-by", "valueCode": "parent"})"},
    {"related.relationship", "RelatedPerson", "relationship",
     "authority: GUARD, POWATT, DPOWATT, HPOWATT, SPOWATT, GUADLTM; a parent of a minor",
     "v3-RoleCode", R"({"coding": [{"code": "GUARD"}]})"},
    {"related.active", "RelatedPerson", "active", "false ends the authority", "boolean", R"(true)"},
    {"related.period", "RelatedPerson", "period", "when the authority holds", "Period",
     R"({"end": "2027"})"},
    {"related.representative-authority", "RelatedPerson", "extension representative-authority",
     "the authority in words, where no code says it", "string",
     R"({"url": "representative-authority", "valueString": "court order"})"},
    {"related.representative-scope", "RelatedPerson", "extension representative-scope",
     "purposes it reaches, repeats; SPOWATT and GUADLTM need it, HPOWATT without it is for care",
     "v3-ActReason", R"({"url": "representative-scope", "valueCode": "TREAT"})"},
    {"related.representative-evidence", "RelatedPerson", "extension representative-evidence",
     "the document that shows a power of attorney", "Reference(DocumentReference)",
     R"({"url": "representative-evidence", "valueReference": {"reference": "DocumentReference/d1"}})"},
    {"related.representative-doubt", "RelatedPerson", "extension representative-doubt",
     "abuse, neglect or endangerment: decided against, under suspicion, or cleared",
     "declined, suspected, cleared", R"({"url": "representative-doubt", "valueCode": "declined"})"},
    {"minor.consent", "CommunicationRequest and about[]", "extension minor-consent",
     "who agreed to the service for a minor",
     "minor-alone, court-or-other, parent-agreed-to-confidentiality, parent",
     R"({"url": "minor-consent", "valueCode": "minor-alone"})"},
    {"minor.service", "CommunicationRequest and about[]", "extension minor-service",
     "the service as the state table names it; else by meta.security",
     "sti, mental-health, substance-use, reproductive, violence",
     R"({"url": "minor-service", "valueCode": "sti"})"},
    {"therapy.status", "MedicationRequest", "status, dispenseRequest.validityPeriod",
     "whether the therapy goes on", "active, stopped, completed, ...", R"("active")"},
});

}  // namespace

std::span<const DeclaredFact> PatientFactTable() { return kFacts; }

}  // namespace consent
