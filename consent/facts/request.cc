// Facts of the request and of what is given beside the resources.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"request.medium", "CommunicationRequest", "medium", "the channel, unless it is given beside",
     "v3-ParticipationMode or our channel codes", R"({"coding": [{"code": "sms"}]})"},
    {"request.status", "CommunicationRequest", "status", "whether it may go at all",
     "active, on-hold; every other code stops it", R"("active")"},
    {"request.do-not-perform", "CommunicationRequest", "doNotPerform", "true forbids it", "boolean",
     R"(true)"},
    {"request.modifier", "CommunicationRequest", "modifierExtension, implicitRules",
     "what nobody understands; of every resource read", "must be absent", ""},
    {"request.category", "CommunicationRequest", "category",
     "what the sender calls it; never evidence", "any code",
     R"([{"coding": [{"code": "reminder"}]}])"},
    {"request.purpose", "CommunicationRequest", "reasonCode",
     "what it is for; each must be permitted", "v3-ActReason (PurposeOfUse)",
     R"([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]}])"},
    {"request.named-purpose", "CommunicationRequest", "reasonCode",
     "a use that only an authorization naming it opens",
     "sale, third-party-marketing, retargeting, ad-sync of our CodeSystem purpose",
     R"([{"coding": [{"system": "https://psgateway.example/fhir/CodeSystem/purpose", "code": "retargeting"}]}])"},
    {"request.occurrence", "CommunicationRequest", "occurrenceDateTime, occurrencePeriod",
     "when it may go; the end is inclusive", "dateTime, Period", R"({"end": "2026-11-30"})"},
    {"request.payload", "CommunicationRequest", "payload.contentString",
     "the words; none: the wording of the module. Parts that are no text are not approved",
     "string", R"([{"contentString": "Your refill is due."}])"},
    {"request.about", "CommunicationRequest", "about",
     "what it rests on: modules, prescriptions, other records",
     "Reference(ActivityDefinition, MedicationRequest, any)",
     R"([{"reference": "ActivityDefinition/m1"}])"},
    {"request.labels", "CommunicationRequest", "meta.security",
     "how confidential and how sensitive it is", "v3-Confidentiality, v3-ActCode",
     R"([{"code": "HIV"}])"},
    {"request.mentions-product", "CommunicationRequest", "extension mentions-product",
     "a product it names, repeats", "CodeableConcept", ""},
    {"request.targeted-by", "CommunicationRequest", "extension targeted-by",
     "what chose this patient, repeats",
     "resource: Reference, or kind: prescription, dispense, diagnosis, result, claim, enrolment, "
     "demographics, location, opt-in; origin: HIPAA_PHI (when absent), "
     "RECEIVED_UNDER_AUTHORIZATION, CONSUMER_PROVIDED, PART2_RECORD, DEIDENTIFIED; label: "
     "v3-ActCode, repeats",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/targeted-by", "extension": [{"url": "kind", "valueCode": "diagnosis"}, {"url": "label", "valueCode": "HIV"}]})"},
    {"request.location-trigger", "CommunicationRequest", "extension location-trigger",
     "the message was set off by a device near a place; of an unknown place or distance the "
     "strictest is thought",
     "place: health-care-facility, other; distance-feet: decimal; state: code of a state",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/location-trigger", "extension": [{"url": "place", "valueCode": "health-care-facility"}, {"url": "distance-feet", "valueDecimal": 300}, {"url": "state", "valueCode": "WA"}]})"},
    {"request.sender", "CommunicationRequest", "sender", "who speaks or sends",
     "Reference(Practitioner, PractitionerRole, Organization)",
     R"({"reference": "PractitionerRole/n1"})"},
    {"request.encounter", "CommunicationRequest", "encounter", "the meeting it is handed over in",
     "Reference(Encounter)", R"({"reference": "Encounter/e1"})"},
    {"encounter.class", "Encounter", "class", "where it takes place",
     "v3-ActCode; in person: AMB, HH, IMP, ACUTE, NONAC, EMER, FLD, OBSENC, SS",
     R"({"code": "HH"})"},
    {"encounter.status", "Encounter", "status", "whether it takes place now",
     "arrived, triaged, in-progress", R"("in-progress")"},
    {"encounter.subject", "Encounter", "subject", "who is met; where it is given, this patient",
     "Reference(Patient)", R"({"reference": "Patient/p1"})"},
    {"role.organization", "PractitionerRole", "organization", "for whom the person works",
     "Reference(Organization)", R"({"reference": "Organization/o1"})"},
    {"organization.name", "Organization", "name", "its legal name; with those of partOf", "string",
     R"("Harbor Pharmacy")"},
    {"practitioner.licensed-in", "Practitioner", "qualification extension licensed-in",
     "states where the qualification or its compact privilege holds, repeats; within "
     "qualification.period",
     "USPS code",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/licensed-in", "valueCode": "NY"})"},
    {"given.request", "Given", "request", "which request is decided on", "a relative reference",
     R"("CommunicationRequest/cr1")"},
    {"given.dischargeable", "Given", "dischargeable",
     "the obligations the way out can discharge; absent: any", "obligation codes",
     R"(["INCLUDE_OPT_OUT_TEXT"])"},
    {"given.unresolved-identity", "Given", "unresolvedIdentity",
     "it is not settled whose records these are", "boolean", R"(true)"},
    {"given.unavailable", "Given", "unavailable", "what could not be asked",
     "consent-store, opt-out-store, clock", R"(["opt-out-store"])"},
    {"given.overrides", "Given", "overrides", "what persons let go, verified before it is put here",
     "consent/override.h", ""},
    {"policy.content", "Policy", "content",
     "the values of the policy pack that the rules of content read", "consent/content_policy.h",
     ""},
    {"request.priority", "CommunicationRequest", "priority", "whether it may ring at night",
     "routine, urgent, asap, stat", R"("stat")"},
    {"given.opt-outs", "Given", "optOuts",
     "what the patient stopped: channel, contact, class, seller, programme, allProgrammes, "
     "receivedAt, source, inReplyTo, answer, pending, unmerged",
     "case file", R"({"channel": "sms", "class": "all", "inReplyTo": "marketing"})"},
    {"given.history", "Given", "history", "what was sent: channel, sentAt, class, subject",
     "case file", ""},
    {"given.reply", "Given", "reply", "the patient's latest words and the channel they came on",
     "text, replyChannel", R"("Please quit texting me")"},
});

}  // namespace

std::span<const DeclaredFact> RequestFactTable() { return kFacts; }

}  // namespace consent
