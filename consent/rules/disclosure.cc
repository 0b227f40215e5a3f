// HIPAA on disclosures: sale, minimum necessary, de-identification, regimes, restrictions.
#include <array>

#include "consent/rules/tables.h"

namespace consent {
namespace {

using enum Confidence;

constexpr std::string_view kRestriction =
    "restriction.policy-rule restriction.terms consent.status consent.actor consent.action "
    "consent.purpose consent.class consent.code consent.data "
    "disclosure.recipient disclosure.recipient-kind organization.type "
    "organization.recipient-kind disclosure.purpose disclosure.data";
constexpr std::string_view kSale =
    "disclosure.funding disclosure.recipient-kind organization.type "
    "organization.recipient-kind disclosure.purpose contract.payer "
    "contract.payee contract.form contract.amount contract.cost contract.cost-worksheet "
    "contract.cost-worksheet-period contract.volume-contingent contract.fair-market-value "
    "contract.on-behalf-of contract.status contract.applies data.origin given.now programme.sender";

constexpr auto kRules = std::to_array<Rule>({
    {.id = "A.10",
     .source = "45 CFR 164.502(b)(2)",
     .confidence = kV,
     .against = "",
     .for_it = "An authorization or a law permits this disclosure: the minimum necessary does not "
               "apply.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "disclosure.required-by-law disclosure.recipient-kind organization.type "
              "organization.recipient-kind disclosure.purpose"},
    {.id = "A.11",
     .source = "45 CFR 164.514(b)(2), (c)",
     .confidence = kM,
     .against = "The data still identifies people: dates finer than a year, ages over 89, places, "
                "names, contacts, codes or free text, or the sender knows who they are.",
     .for_it = "Nothing in the data identifies the people it is about.",
     .for_patient = "Information that could identify you is not given away as anonymous.",
     .queue = "privacy",
     .reads = "disclosure.deidentified disclosure.actual-knowledge disclosure.data "
              "identifier.code-origin policy.disclosure"},
    {.id = "A.13",
     .source = "45 CFR 164.508, house policy",
     .confidence = kM,
     .against = "The data came under an authorization that does not reach this use, or under "
                "another law than the sender's.",
     .for_it = "The authorization under which the data came reaches this use.",
     .for_patient = "The permission under which we received your data does not cover this.",
     .queue = "privacy",
     .reads = "data.origin data.authorization programme.regime request.targeted-by "
              "module.targeted-by"},
    {.id = "A.8",
     .source = "45 CFR 164.502(a)(5)(ii)",
     .confidence = kV,
     .against = "",
     .for_it = "What is paid, if anything, makes no sale of the data.",
     .for_patient = "",
     .queue = "privacy",
     .reads = kSale},
    {.id = "N1",
     .source = "45 CFR 164.502(b)(2)(ii)",
     .confidence = kP,
     .against = "",
     .for_it = "The data goes to the individual it is about.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "disclosure.recipient disclosure.recipient-kind organization.type "
              "organization.recipient-kind patient.link "
              "related.representative-authority related.representative-doubt"},
    {.id = "N3",
     .source = "45 CFR 164.502(b)(2)(i)",
     .confidence = kV,
     .against = "",
     .for_it = "The recipient is a provider and treats the patient: the minimum necessary does not "
               "apply.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "disclosure.recipient disclosure.recipient-kind organization.type "
              "organization.recipient-kind disclosure.purpose "
              "related.representative-authority related.representative-doubt"},
    {.id = "R1",
     .source = "45 CFR 164.522(a)(1)(i), (ii)",
     .confidence = kV,
     .against = "",
     .for_it = "The patient asked for a restriction that was not agreed to and need not be.",
     .for_patient = "",
     .queue = "privacy",
     .reads = kRestriction},
    {.id = "R2",
     .source = "45 CFR 164.522(a)(1)(iii), (iv)",
     .confidence = kV,
     .against = "A restriction that was agreed with the patient forbids this.",
     .for_it = "It is an emergency: the agreed restriction yields, and the recipient is asked not "
               "to pass the data on.",
     .for_patient = "You asked us not to share this, and we agreed.",
     .queue = "privacy",
     .reads = kRestriction},
    {.id = "R3",
     .source = "45 CFR 164.522(a)(1)(vi)",
     .confidence = kV,
     .against = "The patient paid in full and asked that the health plan not be told.",
     .for_it = "",
     .for_patient = "You paid for this yourself and asked that your health plan not be told.",
     .queue = "privacy",
     .reads = "restriction.policy-rule restriction.terms consent.status consent.actor "
              "consent.action consent.purpose consent.class consent.code consent.data "
              "data.labels disclosure.recipient disclosure.recipient-kind organization.type "
              "organization.recipient-kind disclosure.purpose "
              "disclosure.required-by-law disclosure.data"},
    {.id = "R4",
     .source = "45 CFR 164.522(a)(1)(v)",
     .confidence = kV,
     .against = "",
     .for_it = "No restriction blocks what the law requires, public health and oversight.",
     .for_patient = "",
     .queue = "privacy",
     .reads = "restriction.policy-rule disclosure.recipient-kind organization.type "
              "organization.recipient-kind disclosure.required-by-law"},
    {.id = "R6",
     .source = "45 CFR 164.522(a)(2)",
     .confidence = kM,
     .against =
         "The restriction was ended by the covered entity, and this data is older than that.",
     .for_it = "The restriction was ended and does not reach this data.",
     .for_patient = "What you asked us not to share stays protected.",
     .queue = "privacy",
     .reads = "restriction.policy-rule restriction.terms consent.status data.date given.now"},
    {.id = "S1",
     .source = "45 CFR 164.508(a)(4)",
     .confidence = kV,
     .against = "Somebody pays for the data, or nobody says that they do not: it is a sale, and no "
                "authorization that says so permits it.",
     .for_it = "The patient's authorization says that the data is sold.",
     .for_patient = "Your health information may not be sold without your signed permission.",
     .queue = "privacy",
     .reads = kSale},
    {.id = "S2",
     .source = "45 CFR 164.502(a)(5)(ii)(B)",
     .confidence = kM,
     .against = "Somebody pays for the data in kind: that is a sale too, and no authorization that "
                "says so permits it.",
     .for_it = "The patient's authorization says that something is given for the data.",
     .for_patient = "Your health information may not be sold without your signed permission.",
     .queue = "privacy",
     .reads = kSale},
});

}  // namespace

std::span<const Rule> DisclosureRules() { return kRules; }

}  // namespace consent
