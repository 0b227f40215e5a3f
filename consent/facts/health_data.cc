// Facts of the data that goes out or stands behind a message, and of a disclosure.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"data.labels", "any", "meta.security",
     "how confidential and sensitive; 42CFRPart2 and our data-origin codes say where it comes "
     "from, HIPAASelfPay that it was paid in full",
     "v3-Confidentiality, v3-ActCode, our CodeSystem data-origin", R"([{"code": "42CFRPart2"}])"},
    {"data.origin", "any", "extension data-origin",
     "under which law the data came: origin, or the same code as a label of meta.security",
     "HIPAA_PHI, RECEIVED_UNDER_AUTHORIZATION, CONSUMER_PROVIDED, PART2_RECORD, DEIDENTIFIED",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/data-origin", "extension": [{"url": "origin", "valueCode": "CONSUMER_PROVIDED"}]})"},
    {"data.authorization", "any", "extension data-origin, authorization",
     "the authorization under which it was received", "Reference(Consent)",
     R"({"url": "authorization", "valueReference": {"reference": "Consent/a1"}})"},
    {"data.collected-in", "any", "extension data-origin, collected-in",
     "the state where consumer health data was collected", "code of a state",
     R"({"url": "collected-in", "valueCode": "WA"})"},
    {"data.date", "any",
     "effective[x], performed[x], authoredOn, recordedDate, issued, date, created, sent, period",
     "when the data came to be", "dateTime, Period", R"("2026-03-01")"},
    {"identifier.code-origin", "any", "identifier.extension code-origin",
     "a code to find the person again: drawn at random, or derived", "random, derived",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/code-origin", "valueCode": "random"})"},
    {"disclosure.purpose", "Disclosure", "purpose", "what it is for", "v3-ActReason",
     R"("HOPERAT")"},
    {"disclosure.recipient", "Disclosure", "recipient",
     "to whom; a record says itself what it is (Organization.type, Patient, Practitioner)",
     "reference or name", R"("Organization/o1")"},
    {"disclosure.recipient-kind", "Disclosure",
     "recipientKind, or extension recipient-kind of the Organization",
     "what the recipient is, where its record does not say",
     "provider, plan, business-associate, vendor, manufacturer, ad-partner, data-broker, "
     "researcher, public-health, oversight, individual, family, legal-proceeding, "
     "law-enforcement, other",
     R"("vendor")"},
    {"disclosure.action", "Disclosure", "action", "what is done with the data",
     "access, collect, use, disclose, correct", R"("disclose")"},
    {"disclosure.data", "Disclosure", "data, classes, labels, codes, origin",
     "the data, by reference or by kind", "references and codes", R"(["Condition/c1"])"},
    {"disclosure.funding", "Disclosure", "funding",
     "what is paid for the data; absent: unknown, and paid where the recipient buys data",
     "Contract or none", R"("Contract/f1")"},
    {"disclosure.deidentified", "Disclosure", "deidentified",
     "the claim that the data is de-identified", "boolean", "true"},
    {"disclosure.actual-knowledge", "Disclosure", "actualKnowledge",
     "the sender knows who it is about all the same", "boolean", "true"},
    {"disclosure.required-by-law", "Disclosure", "requiredByLaw", "a law demands it", "boolean",
     "true"},
    {"disclosure.requested-service", "Disclosure", "requestedService",
     "the consumer asked for what needs the data", "boolean", "true"},
    {"disclosure.attached", "Disclosure", "attached", "what travels with the data",
     "part2-notice, consent-copy, court-order", R"(["part2-notice"])"},
    {"policy.disclosure", "Policy", "disclosure",
     "minimum elements, label sets, small ZIP areas, consumer health and shield laws by state",
     "consent/disclosure_policy.h", ""},
});

}  // namespace

std::span<const DeclaredFact> HealthDataFactTable() { return kFacts; }

}  // namespace consent
