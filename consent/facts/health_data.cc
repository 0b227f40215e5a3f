// Facts of the data that goes out or stands behind a message, of a disclosure, and the policy pack.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"data.labels", "Resource", "meta.security",
     "how confidential and sensitive; 42CFRPart2 and our data-origin codes say where it comes "
     "from, HIPAASelfPay that it was paid in full; an element's own label (DS4P "
     "extension-inline-sec-label) concerns that element",
     "v3-Confidentiality, v3-ActCode, our CodeSystem data-origin", R"([{"code": "42CFRPart2"}])"},
    {"data.origin", "Resource", "extension data-origin",
     "under which law the data came: origin, or the same code as a label of meta.security",
     "HIPAA_PHI, RECEIVED_UNDER_AUTHORIZATION, CONSUMER_PROVIDED, PART2_RECORD, DEIDENTIFIED",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/data-origin", "extension": [{"url": "origin", "valueCode": "CONSUMER_PROVIDED"}]})"},
    {"data.authorization", "Resource", "extension data-origin, authorization",
     "the authorization under which it was received", "Reference(Consent)",
     R"({"url": "authorization", "valueReference": {"reference": "Consent/a1"}})"},
    {"data.collected-in", "Resource", "extension data-origin, collected-in",
     "the state where consumer health data was collected", "code of a state",
     R"({"url": "collected-in", "valueCode": "WA"})"},
    {"data.date", "Resource",
     "effective[x], performed[x], onset[x], occurrence[x], authoredOn, recordedDate, issued, date, "
     "whenHandedOver, created, sent, period",
     "when the data came to be, the first that is there; all that a partial date or a period may "
     "mean counts",
     "dateTime, Period", R"("2026-03-01")"},
    {"identifier.code-origin", "Resource", "identifier.extension code-origin",
     "a code to find the person again: drawn at random, or derived", "random, derived",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/code-origin", "valueCode": "random"})"},
    {"disclosure.purpose", "Given", "disclosure.purpose", "what it is for", "v3-ActReason",
     R"("HOPERAT")"},
    {"disclosure.recipient", "Given", "disclosure.recipient",
     "to whom; a record says itself what it is (Organization.type, Patient, Practitioner)",
     "reference or name", R"("Organization/o1")"},
    {"disclosure.recipient-kind", "Given", "disclosure.recipientKind",
     "what the recipient is, where its record does not say and does not contradict it",
     "provider, plan, business-associate, vendor, manufacturer, ad-partner, data-broker, "
     "researcher, public-health, oversight, individual, family, legal-proceeding, "
     "law-enforcement, other",
     R"("vendor")"},
    {"organization.type", "Organization", "type",
     "what a recipient is: prov and dept, pay and ins, crs", "organization-type",
     R"([{"coding": [{"code": "prov"}]}])"},
    {"organization.recipient-kind", "Organization", "extension recipient-kind",
     "what a recipient is, where its type does not say; goes before everything else",
     "as disclosure.recipientKind",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/recipient-kind", "valueCode": "vendor"})"},
    {"disclosure.medium", "Given", "disclosure.medium", "the way it leaves by", "channel code",
     R"("fax")"},
    {"disclosure.action", "Given", "disclosure.action", "what is done with the data",
     "access, collect, use, disclose, correct", R"("disclose")"},
    {"disclosure.data", "Given", "disclosure.data, classes, labels, codes, origin",
     "the data, by reference or by kind", "references and codes", R"(["Condition/c1"])"},
    {"disclosure.funding", "Given", "disclosure.funding",
     "what is paid for the data; absent: unknown, and paid where the recipient buys data",
     "Contract or none", R"("Contract/f1")"},
    {"disclosure.deidentified", "Given", "disclosure.deidentified",
     "the claim that the data is de-identified", "boolean", "true"},
    {"disclosure.actual-knowledge", "Given", "disclosure.actualKnowledge",
     "the sender knows who it is about all the same", "boolean", "true"},
    {"disclosure.required-by-law", "Given", "disclosure.requiredByLaw", "a law demands it",
     "boolean", "true"},
    {"disclosure.requested-service", "Given", "disclosure.requestedService",
     "the consumer asked for what needs the data", "boolean", "true"},
    {"disclosure.attached", "Given", "disclosure.attached", "what travels with the data",
     "part2-notice, consent-copy, court-order", R"(["part2-notice"])"},
    {"data.code", "Resource", "code, category, type, medicationCodeableConcept, vaccineCode",
     "what it is about", "CodeableConcept", R"({"coding": [{"code": "1001"}]})"},
    {"policy.classification", "Given", "policy.classification",
     "days after a lapse, the cap of a nominal gift", "consent/classification_policy.h",
     R"({"lapsedDays": 90})"},
    {"policy.permission", "Given", "policy.permission",
     "what holds without a consent; ages and services by state; wordings of forms",
     "consent/permission_policy.h", R"({"compoundExemptForms": ["enrolment-7"]})"},
    {"policy.channels", "Given", "policy.channels",
     "hours, limits and holidays by state, words of refusal, exempted topics",
     "consent/channel_policy.h", R"({"opensAt": "08:00"})"},
    {"policy.disclosure", "Given", "policy.disclosure",
     "minimum elements, label sets, small ZIP areas, consumer health and shield laws by state",
     "consent/disclosure_policy.h", R"({"smallZip3": ["036"]})"},
});

}  // namespace

std::span<const DeclaredFact> HealthDataFactTable() { return kFacts; }

}  // namespace consent
