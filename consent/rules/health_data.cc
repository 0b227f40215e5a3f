// Health data beyond HIPAA's authorization: Part 2 (B4), consumer health law (B5), shield law
// (B6-3).
#include <array>

#include "consent/rules/tables.h"

namespace consent {
namespace {

using enum Confidence;

constexpr std::string_view kPart2Consent =
    "data.labels data.origin part2.consent part2.form consent.status consent.revoked-at "
    "request.targeted-by module.targeted-by";

constexpr auto kRules = std::to_array<Rule>({
    {.id = "B4-1",
     .source = "42 CFR 2.11, 2.12",
     .confidence = kS,
     .against = "This is a record of a substance use disorder programme and no consent of 42 CFR "
                "2.31 is on file.",
     .for_it = "No record of a substance use disorder programme goes to somebody else: the origin "
               "of a record decides, not a drug or a diagnosis.",
     .for_patient =
         "Records of your treatment programme are shared only with your written consent.",
     .queue = "privacy",
     .reads = "data.labels data.origin request.targeted-by programme.regime "
              "disclosure.recipient-kind organization.type organization.recipient-kind "
              "disclosure.purpose module.targeted-by"},
    {.id = "B4-2",
     .source = "42 CFR 2.31(a)",
     .confidence = kV,
     .against = "The consent lacks an element that 42 CFR 2.31 requires; a HIPAA authorization "
                "alone is not enough.",
     .for_it = "A complete consent of 42 CFR 2.31 permits this.",
     .for_patient = "The consent you signed for records of your treatment programme is incomplete.",
     .queue = "privacy",
     .reads = "data.origin part2.consent part2.form module.targeted-by "
              "request.targeted-by disclosure.recipient-kind organization.type "
              "organization.recipient-kind authorization.information "
              "authorization.discloser authorization.recipient "
              "authorization.expiration-event authorization.signature-date "
              "authorization.statement authorization.representative-authority "
              "consent.revoked-at consent.performer related.patient related.period"},
    {.id = "B4-3",
     .source = "42 CFR 2.33",
     .confidence = kV,
     .against = "The consent covers neither this purpose nor this recipient; a consent to "
                "treatment, payment and operations never reaches a proceeding against the patient.",
     .for_it = "An own consent of the patient covers this proceeding.",
     .for_patient = "Your consent does not cover sharing these records for this purpose.",
     .queue = "privacy",
     .reads = "data.origin part2.consent part2.form disclosure.purpose disclosure.recipient "
              "disclosure.recipient-kind organization.type organization.recipient-kind "
              "disclosure.attached module.targeted-by request.targeted-by "
              "authorization.recipient"},
    {.id = "B4-4",
     .source = "42 CFR 2.32",
     .confidence = kV,
     .against = "",
     .for_it = "The notice of 42 CFR 2.32 and the consent travel with the record.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "data.origin disclosure.attached disclosure.action"},
    {.id = "B4-5",
     .source = "42 CFR 2.31(b)",
     .confidence = kS,
     .against = "Counseling notes need a consent of their own, combined with nothing else.",
     .for_it = "",
     .for_patient = "Notes of your counseling sessions need a separate consent.",
     .queue = "privacy",
     .reads = kPart2Consent},
    {.id = "B4-6",
     .source = "42 CFR 2.31, 2.33",
     .confidence = kP,
     .against = "Marketing is not treatment, payment or operations: no consent to those supports "
                "it for records of a substance use disorder programme.",
     .for_it = "A consent of 42 CFR 2.31 that names marketing supports it.",
     .for_patient = "Records of your treatment programme are not used to advertise to you.",
     .queue = "privacy",
     .reads = kPart2Consent},
    {.id = "B4-7",
     .source = "42 CFR 2.31(c)",
     .confidence = kM,
     .against =
         "The consent for these records is over, revoked, known to be false, or ends with an "
         "event that a person must look at.",
     .for_it = "",
     .for_patient = "The consent you gave for these records has ended.",
     .queue = "privacy",
     .reads = "consent.revoked-at request.targeted-by module.targeted-by data.labels data.origin "
              "part2.consent part2.form consent.status consent.period "
              "given.now policy.permission"},
    {.id = "B5-1",
     .source = "RCW 19.373.030",
     .confidence = kV,
     .against = "The consumer has not consented to this: collecting and sharing are agreed to "
                "apart, each for its purpose.",
     .for_it = "The consumer consented to this, or asked for the service that needs it.",
     .for_patient = "You have not agreed that your health data be used or shared in this way.",
     .queue = "privacy",
     .reads = "data.origin data.collected-in patient.address consumer-health.category "
              "consumer-health.form consent.status disclosure.action "
              "disclosure.recipient-kind organization.type organization.recipient-kind "
              "disclosure.requested-service policy.disclosure request.targeted-by "
              "module.targeted-by consent.revoked-at consent.performer"},
    {.id = "B5-2",
     .source = "RCW 19.373.070",
     .confidence = kV,
     .against = "Health data of consumers is sold only under a complete authorization that was "
                "signed within the last year.",
     .for_it = "A complete authorization of the consumer, not older than a year, permits the sale.",
     .for_patient = "Your health data may not be sold without your signed authorization.",
     .queue = "privacy",
     .reads = "data.origin data.collected-in patient.address consumer-health.category "
              "consumer-health.form disclosure.funding policy.disclosure given.now "
              "consent.revoked-at disclosure.recipient consent.performer"},
    {.id = "B5-3",
     .source = "RCW 19.373.080",
     .confidence = kS,
     .against = "A message may not be set off by coming near a health-care facility; no consent "
                "cures that.",
     .for_it = "The place that set off the message is outside the protected distance.",
     .for_patient = "You are not messaged because you came near a place of care.",
     .queue = "privacy",
     .reads = "request.location-trigger policy.disclosure"},
    {.id = "B5-4",
     .source = "RCW 19.373.100",
     .confidence = kM,
     .against = "",
     .for_it = "Data that HIPAA or 42 CFR Part 2 protects is exempt from the consumer health law.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "data.origin data.labels patient.address data.collected-in programme.regime "
              "request.targeted-by module.targeted-by"},
    {.id = "B6-3",
     .source = "Purl v. HHS, state shield laws",
     .confidence = kP,
     .against = "The patient's state shields reproductive health data from this recipient, or the "
                "table of states does not say.",
     .for_it = "No attestation is needed for reproductive health data, and no shield law of the "
               "patient's state stands in the way.",
     .for_patient = "The law of your state protects this information from this request.",
     .queue = "privacy",
     .reads = "data.labels patient.address disclosure.recipient-kind organization.type "
              "organization.recipient-kind policy.disclosure"},
});

}  // namespace

std::span<const Rule> HealthDataRules() { return kRules; }

}  // namespace consent
