// FHIR Consent (C).
#include <array>

#include "consent/rules/tables.h"

namespace consent {
namespace {

using enum Confidence;

constexpr std::string_view kHouse = "house policy";

constexpr auto kRules = std::to_array<Rule>({
    {.id = "C.1",
     .source = "FHIR R4 Consent",
     .confidence = kV,
     .against = "A consent lacks its patient, its scope or a known status, or cannot be read.",
     .for_it = "",
     .for_patient = "A person must read your consent first.",
     .queue = "privacy",
     .reads = "consent.status consent.patient consent.scope any.element consent.signature-date "
              "authorization.signature-date telephone-consent.signature-date"},
    {.id = "C.3",
     .source = "IHE PCF P.4.4",
     .confidence = kV,
     .against = "A consent denies part of what is asked, or somebody who may be the sender: a "
                "person must read it.",
     .for_it = "",
     .for_patient = "A person must read your consent first.",
     .queue = "privacy",
     .reads = "consent.actor consent.purpose consent.data consent.data-period consent.role "
              "group.member request.sender request.requester request.recipient "
              "organization.name organization.identifier organization.part-of "
              "role.practitioner role.organization care-team.participant programme.name "
              "programme.sender programme.seller data.code given.now"},
    {.id = "C.4",
     .source = "IHE PCF P.4.5",
     .confidence = kV,
     .against = "A consent of the patient denies this use.",
     .for_it = "A consent of the patient permits this use.",
     .for_patient = "You have not allowed this use of your information.",
     .queue = "privacy",
     .reads =
         "consent.scope consent.category consent.period consent.date-time "
         "consent.type consent.actor consent.action consent.label consent.purpose "
         "consent.class consent.code consent.data consent.data-period "
         "consent.nested consent.patient consent.status request.sender "
         "request.requester request.recipient organization.name "
         "organization.identifier organization.part-of role.practitioner "
         "role.organization group.member care-team.participant programme.name "
         "programme.sender programme.seller data.code request.labels "
         "request.purpose policy.permission given.now related.representative-doubt "
         "consent.signature-date record.product request.mentions-product module.mentions-product "
         "consent.performer related.patient related.period"},
    {.id = "C.6",
     .source = "FHIR R5 Consent",
     .confidence = kP,
     .against = "A consent has the form of FHIR R5 and cannot be read as R4.",
     .for_it = "",
     .for_patient = "A person must read your consent first.",
     .queue = "privacy",
     .reads = "consent.form"},
    {.id = "C2",
     .source = "v3-ActReason",
     .confidence = kP,
     .against = "The purpose of the request is missing or unknown.",
     .for_it = "The request itself says that its purpose is marketing.",
     .for_patient = "We do not know yet what this message is for, so it waits.",
     .queue = "compliance",
     .reads = "request.purpose request.named-purpose disclosure.purpose"},
    {.id = "C3",
     .source = "FHIR R4 Consent.provision",
     .confidence = kP,
     .against =
         "A consent contradicts itself: its base rule and its provisions cannot be told apart.",
     .for_it = "",
     .for_patient = "A person must read your consent first.",
     .queue = "privacy",
     .reads = "consent.policy-rule consent.type consent.nested"},
    {.id = "C4",
     .source = "IHE PCF, FAST consent profiles",
     .confidence = kP,
     .against = "",
     .for_it = "A consent nests deeper than the profiles allow; it was evaluated in full.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "consent.nested"},
    {.id = "C5",
     .source = kHouse,
     .confidence = kP,
     .against = "",
     .for_it = "Another consent permits, but a denial overrides it.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "consent.identifier provenance.revision consent.performer consent.signature-date "
              "consent.policy consent.organization consent.scope consent.category "
              "provenance.target"},
    {.id = "C6",
     .source = "FHIR R4 Consent.status, Provenance.entity",
     .confidence = kP,
     .against = "",
     .for_it = "A consent was left aside: it is recorded in error, or a newer one revises it; see "
               "what it held back.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "consent.status provenance.revision provenance.target"},
    {.id = "C7",
     .source = "45 CFR 164.506, IHE PCF",
     .confidence = kP,
     .against =
         "No consent covers this purpose and the sender's regime does not allow it without one.",
     .for_it = "HIPAA allows this purpose without consent and the patient has not objected.",
     .for_patient = "You have not agreed to this use, and the law does not allow it without.",
     .queue = "privacy",
     .reads = "programme.regime consent.purpose policy.permission request.purpose "
              "related.representative-authority related.representative-doubt"},
    {.id = "C8",
     .source = "FAST consent management",
     .confidence = kP,
     .against = "The copy of a consent was not refreshed in time, so no permit may rest on it.",
     .for_it = "",
     .for_patient = "A person must read your consent first.",
     .queue = "privacy",
     .reads = "consent.copied-at policy.permission given.now"},
});

}  // namespace

std::span<const Rule> ConsentRules() { return kRules; }

}  // namespace consent
