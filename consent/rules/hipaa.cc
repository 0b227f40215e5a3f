// HIPAA: marketing, authorizations, restrictions, representatives (M, A, V, R, P, N).
#include <array>

#include "consent/rules/tables.h"

namespace consent {
namespace {

using enum Confidence;

constexpr std::string_view k501 = "45 CFR 164.501, marketing";
constexpr std::string_view k508 = "45 CFR 164.508";
constexpr std::string_view kHouse = "house policy";

constexpr auto kRules = std::to_array<Rule>({
    {.id = "A.4",
     .source = "45 CFR 164.508(a)(3)",
     .confidence = kV,
     .against = "This is marketing and there is no HIPAA authorization on file.",
     .for_it = "",
     .for_patient = "We have no signed permission from you for this message.",
     .queue = "privacy",
     .reads = "consent.policy-rule consent.status"},
    {.id = "A.5",
     .source = "45 CFR 164.508(c)",
     .confidence = kV,
     .against = "",
     .for_it = "A valid authorization of the patient permits this message.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "consent.policy-rule authorization.information related.representative-evidence "
              "related.representative-scope"},
    {.id = "A.6(i)",
     .source = "45 CFR 164.508(b)(2)(i)",
     .confidence = kV,
     .against = "The authorization has expired.",
     .for_it = "",
     .for_patient = "Your permission has ended.",
     .queue = "privacy",
     .reads = "consent.period authorization.expiration-event-occurred given.now"},
    {.id = "A.6(v)",
     .source = "45 CFR 164.508(b)(2)(v)",
     .confidence = kV,
     .against = "Something the authorization states is known to be false.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.known-false"},
    {.id = "M0",
     .source = k501,
     .confidence = kV,
     .against = "",
     .for_it = "The message describes no product and asks nobody to buy.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "module.kind module.call-to-purchase record.product request.mentions-product "
              "module.mentions-product"},
    {.id = "M1",
     .source = "45 CFR 164.501(3)",
     .confidence = kS,
     .against = "",
     .for_it = "A payment in kind, or by somebody whose product is not described, does not count.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "module.funding contract.status contract.applies contract.payer "
              "contract.on-behalf-of contract.form programme.products programme.sender "
              "programme.seller record.product request.mentions-product module.mentions-product"},
    {.id = "M10",
     .source = "HHS FAQ 1514",
     .confidence = kS,
     .against = "",
     .for_it = "The prescription lapsed within the last 90 days.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "therapy.status therapy.validity-end patient.timezone given.now "
              "policy.classification"},
    {.id = "M11",
     .source = "45 CFR 164.501(2)(i)",
     .confidence = kS,
     .against = "",
     .for_it =
         "No cost worksheet in effect is stored, so the payment counts as more than the cost.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "contract.cost-worksheet contract.cost-worksheet-period given.now contract.form "
              "contract.payee contract.payer contract.on-behalf-of contract.status "
              "contract.applies module.funding programme.sender programme.seller "
              "programme.products"},
    {.id = "M12",
     .source = "45 CFR 164.508(a)(3)(i)(A)",
     .confidence = kV,
     .against = "A face-to-face communication is not established: it needs an encounter in person.",
     .for_it = "A covered entity communicates face to face: no authorization is needed.",
     .for_patient = "We have no proof that you met in person, so we ask for your permission first.",
     .queue = "compliance",
     .reads = "request.encounter encounter.class encounter.status encounter.period "
              "encounter.subject request.medium given.channel"},
    {.id = "M13",
     .source = "45 CFR 164.508(a)(3)(i)(A)",
     .confidence = kP,
     .against = "The face-to-face exception is for covered entities, and the sender is none.",
     .for_it = "",
     .for_patient =
         "Only your own care provider may hand you this without your written permission.",
     .queue = "compliance",
     .reads = "programme.regime request.sender role.organization organization.name "
              "programme.sender organization.part-of"},
    {.id = "M14",
     .source = "45 CFR 164.508(a)(3)(i)(B)",
     .confidence = kP,
     .against =
         "This is no gift of nominal value from the covered entity: it is money, worth too much, "
         "not its own, or not handed over.",
     .for_it = "A promotional gift of nominal value needs no authorization.",
     .for_patient = "We may send you a promotional gift only when it is small.",
     .queue = "compliance",
     .reads = "module.gift request.medium programme.regime given.channel policy.classification "
              "programme.sender"},
    {.id = "M2",
     .source = k501,
     .confidence = kV,
     .against = "",
     .for_it = "A product is not in the programme's list, so it counts as another one than those "
               "prescribed.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "record.product request.mentions-product module.mentions-product programme.products "
              "therapy.product medication.code"},
    {.id = "M3",
     .source = "45 CFR 164.501(2)(i)",
     .confidence = kV,
     .against = "",
     .for_it = "The message is about drugs that are currently prescribed; the payment for it "
               "decides whether it is a refill reminder.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "therapy.status therapy.product contract.payee contract.amount contract.cost "
              "contract.fair-market-value contract.volume-contingent module.funding "
              "contract.status contract.applies contract.payer contract.on-behalf-of "
              "contract.form programme.products programme.sender programme.seller "
              "therapy.subject medication.code"},
    {.id = "M4",
     .source = "45 CFR 164.501(2)(ii)",
     .confidence = kV,
     .against = "",
     .for_it = "The message is paid for by a party whose product is described and names a product "
               "that is not currently prescribed: it is marketing.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "module.mentions-product record.product request.mentions-product therapy.product "
              "module.funding "
              "contract.status contract.applies contract.payer contract.on-behalf-of "
              "contract.form programme.products programme.sender programme.seller"},
    {.id = "M5",
     .source = "45 CFR 164.501(2)(ii)",
     .confidence = kV,
     .against = "",
     .for_it =
         "Nobody with an interest pays for the message; who sends it and why decides what it is.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "programme.regime programme.acts-for request.purpose programme.products "
              "programme.sender module.funding contract.status contract.applies contract.payer "
              "contract.on-behalf-of contract.form programme.seller record.product "
              "request.mentions-product "
              "module.mentions-product therapy.product module.call-to-purchase"},
    {.id = "M6",
     .source = kHouse,
     .confidence = kP,
     .against = "",
     .for_it = "Who pays for the message is not known, so it counts as paid.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "module.funding contract.status contract.applies contract.payer "
              "contract.on-behalf-of contract.form programme.products contract.payee "
              "programme.sender programme.seller"},
    {.id = "M7",
     .source = k501,
     .confidence = kP,
     .against = "",
     .for_it = "The message mixes current and other products; the strictest part decides.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "module.mentions-product record.product request.mentions-product therapy.product "
              "programme.products medication.code"},
    {.id = "M8",
     .source = k501,
     .confidence = kV,
     .against = "",
     .for_it = "The category of the request is no evidence: content and funding decide.",
     .for_patient = "",
     .queue = "compliance",
     .reads = "request.category"},
    {.id = "M9",
     .source = "45 CFR 164.508(a)(3)",
     .confidence = kV,
     .against = "",
     .for_it = "Neither choosing the recipient nor the words uses health information, so no "
               "authorization is needed.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "request.targeted-by module.targeted-by module.wording request.about request.labels"},
    {.id = "N2",
     .source = "45 CFR 164.502(b)",
     .confidence = kV,
     .against = "",
     .for_it = "Only the minimum necessary may be disclosed.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "disclosure.recipient-kind organization.type organization.recipient-kind "
              "disclosure.purpose disclosure.data policy.disclosure "
              "related.representative-authority related.representative-doubt"},
    {.id = "P1",
     .source = "45 CFR 164.502(g)",
     .confidence = kV,
     .against = "Nothing shows that who receives it, or who signed, may act for the patient.",
     .for_it = "The recipient acts for the patient.",
     .for_patient = "We do not know that this person may act for you.",
     .queue = "privacy",
     .reads = "related.relationship related.period related.active "
              "related.representative-authority related.representative-scope "
              "related.representative-evidence request.recipient related.patient "
              "policy.permission given.now consent.performer "
              "authorization.signature-date"},
    {.id = "P2",
     .source = "45 CFR 164.502(g)(3)",
     .confidence = kV,
     .against =
         "The minor decides alone about this service, so the parent does not stand for the minor.",
     .for_it = "",
     .for_patient = "You decide about this yourself, so we do not tell your parent.",
     .queue = "privacy",
     .reads = "minor.consent minor.service patient.birth-date patient.emancipated "
              "patient.state policy.permission record.product request.mentions-product "
              "module.mentions-product therapy.product request.labels module.labels "
              "therapy.labels related.relationship"},
    {.id = "P3",
     .source = "45 CFR 164.502(g)(5)",
     .confidence = kV,
     .against = "Abuse, neglect or endangerment is believed or suspected: this person is not "
                "treated as the representative.",
     .for_it = "",
     .for_patient = "A person looks at who may act for you.",
     .queue = "privacy",
     .reads = "related.representative-doubt"},
    {.id = "P4",
     .source = "45 CFR 164.502(g)(3), HHS FAQ",
     .confidence = kM,
     .against = "The patient is of age: a parent no longer answers for the patient.",
     .for_it = "A parent signed while the patient was a minor; that holds until it expires or is "
               "revoked.",
     .for_patient = "You are of age now: tell us how to reach you yourself.",
     .queue = "privacy",
     .reads = "patient.birth-date related.relationship telecom.controlled-by "
              "policy.permission related.patient patient.emancipated consent.performer "
              "authorization.signature-date"},
    {.id = "P5",
     .source = "state law, as the policy pack has it",
     .confidence = kP,
     .against =
         "The state table does not say who decides about this service for a patient of this age.",
     .for_it = "",
     .for_patient = "A person must check who may decide about this.",
     .queue = "privacy",
     .reads = "patient.birth-date patient.state minor.consent minor.service policy.permission "
              "record.product request.mentions-product module.mentions-product therapy.product "
              "request.labels "
              "module.labels therapy.labels patient.emancipated telecom.controlled-by "
              "related.relationship"},
    {.id = "R5",
     .source = "45 CFR 164.522(b)",
     .confidence = kV,
     .against = "The patient asked to be reached another way, and that request replaces every "
                "other address.",
     .for_it = "The patient asked to be reached in this way.",
     .for_patient = "You asked us to reach you another way.",
     .queue = "privacy",
     .reads = "confidential.channel confidential.contact-point confidential.contact-address "
              "consent.period given.channel request.medium given.now"},
    {.id = "V1",
     .source = "45 CFR 164.508(c)(1)(i)",
     .confidence = kV,
     .against = "The authorization does not describe the information.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.information policy.permission"},
    {.id = "V10",
     .source = "45 CFR 164.508(a)(3)(ii)",
     .confidence = kV,
     .against = "The authorization does not state that the marketing is paid for.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.statement module.funding contract.status contract.applies "
              "contract.payer contract.on-behalf-of contract.form contract.payee "
              "programme.products"},
    {.id = "V11",
     .source = "45 CFR 164.508(a)(4)(ii)",
     .confidence = kV,
     .against = "The authorization does not state that the disclosure is paid for.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.statement"},
    {.id = "V12",
     .source = "45 CFR 164.508(c)(3)",
     .confidence = kV,
     .against = "The authorization is not written in plain language.",
     .for_it = "",
     .for_patient = "A person must check the form you signed first.",
     .queue = "privacy",
     .reads = "authorization.plain-language"},
    {.id = "V13",
     .source = "45 CFR 164.508(c)(4)",
     .confidence = kS,
     .against = "The patient was not given a copy of the authorization.",
     .for_it = "",
     .for_patient = "We still owe you a copy of the form you signed.",
     .queue = "privacy",
     .reads = "authorization.copy-given"},
    {.id = "V14",
     .source = "45 CFR 164.508(b)(3)",
     .confidence = kV,
     .against = "The authorization is combined with another document, and nothing exempts that.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.compound authorization.compound-exemption "
              "authorization.separately-signed authorization.form policy.permission"},
    {.id = "V15",
     .source = "45 CFR 164.508(b)(4)",
     .confidence = kV,
     .against = "Care or benefits were made conditional on the authorization.",
     .for_it = "",
     .for_patient = "Your care must not depend on signing this permission.",
     .queue = "privacy",
     .reads = "authorization.conditioned authorization.conditioned-exemption programme.regime"},
    {.id = "V16",
     .source = k508,
     .confidence = kP,
     .against = "The event that ends the authorization has occurred, or nobody can tell.",
     .for_it = "",
     .for_patient = "Your permission has ended.",
     .queue = "privacy",
     .reads = "authorization.expiration-event authorization.expiration-event-reviewed "
              "episode.status study.status therapy.status patient.birth-date programme.id "
              "therapy.subject policy.permission given.now"},
    {.id = "V17",
     .source = "FHIR R4 dateTime, Period",
     .confidence = kM,
     .against =
         "The last day of the authorization is over in one of the places where the patient may be.",
     .for_it = "",
     .for_patient = "Your permission has ended.",
     .queue = "privacy",
     .reads = "consent.period given.now patient.address patient.timezone"},
    {.id = "V18",
     .source = "45 CFR 164.508(a)(1)",
     .confidence = kV,
     .against = "The authorization does not cover this sender, purpose, product, channel or time.",
     .for_it = "",
     .for_patient = "Your permission does not cover this message.",
     .queue = "privacy",
     .reads = "authorization.recipient authorization.product "
              "authorization.product-class authorization.channel authorization.seller "
              "consent.purpose consent.period consent.actor product.classes "
              "programme.name programme.sender programme.seller request.medium "
              "given.channel disclosure.medium disclosure.recipient given.now "
              "record.product request.mentions-product module.mentions-product therapy.product "
              "programme.products request.about authorization.individual-initiated"},
    {.id = "V19",
     .source = "45 CFR 164.508(b)(5)",
     .confidence = kS,
     .against = "The authorization has been revoked.",
     .for_it = "",
     .for_patient = "You have withdrawn your permission.",
     .queue = "privacy",
     .reads = "consent.status consent.revoked-at given.now"},
    {.id = "V2",
     .source = "45 CFR 164.508(c)(1)(ii)",
     .confidence = kV,
     .against = "The authorization does not say who may disclose.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.discloser policy.permission"},
    {.id = "V20",
     .source = "45 CFR 164.508(b)(5)",
     .confidence = kP,
     .against = "The patient asked by word of mouth to stop everything: offer the form to revoke "
                "in writing.",
     .for_it = "",
     .for_patient =
         "You asked us to stop; a person will send you the form to withdraw your permission.",
     .queue = "privacy",
     .reads = "given.opt-outs given.now"},
    {.id = "V21",
     .source = "45 CFR 164.508(b)(5)",
     .confidence = kP,
     .against = "The authorization was signed before a revocation.",
     .for_it = "",
     .for_patient = "You have withdrawn your permission.",
     .queue = "privacy",
     .reads = "consent.revoked-at authorization.signature-date given.now"},
    {.id = "V3",
     .source = "45 CFR 164.508(c)(1)(iii)",
     .confidence = kV,
     .against = "The authorization does not say who may receive.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.recipient policy.permission"},
    {.id = "V4",
     .source = "45 CFR 164.508(c)(1)(iv)",
     .confidence = kV,
     .against = "The authorization names no purpose, or says that it is at the request of the "
                "individual where the individual did not begin it.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "consent.purpose authorization.individual-initiated"},
    {.id = "V5",
     .source = "45 CFR 164.508(c)(1)(v)",
     .confidence = kV,
     .against = "The authorization has no expiration date or event that counts for this purpose.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "consent.period authorization.expiration-event"},
    {.id = "V6",
     .source = "45 CFR 164.508(c)(1)(vi)",
     .confidence = kV,
     .against = "The authorization is not properly signed and dated, or the signer's authority is "
                "not described.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.signature-date provenance.signature consent.performer "
              "consent.verification authorization.representative-authority provenance.target "
              "policy.permission given.now"},
    {.id = "V7",
     .source = "45 CFR 164.508(c)(2)(i)",
     .confidence = kV,
     .against = "The authorization does not state the right to revoke.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.statement"},
    {.id = "V8",
     .source = "45 CFR 164.508(c)(2)(ii)",
     .confidence = kV,
     .against = "The authorization does not say whether care depends on signing.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.statement"},
    {.id = "V9",
     .source = "45 CFR 164.508(c)(2)(iii)",
     .confidence = kV,
     .against = "The authorization does not warn of redisclosure.",
     .for_it = "",
     .for_patient = "The permission you signed is not complete, so we may not use it.",
     .queue = "privacy",
     .reads = "authorization.statement"},
});

}  // namespace

std::span<const Rule> HipaaRules() { return kRules; }

}  // namespace consent
