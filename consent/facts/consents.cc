// Facts of consents of every kind.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"consent.status", "Consent", "status", "whether it is in force",
     "active, inactive, draft, proposed, rejected, entered-in-error", ""},
    {"consent.signature-date", "Consent", "extension signature-date",
     "when it was signed; else verification.verificationDate, never dateTime", "dateTime", ""},
    {"telephone-consent.kind", "Consent", "category", "consent to calls and texts, oral or written",
     "consent-category tcpa-pec or tcpa-pewc", ""},
    {"telephone-consent.number", "Consent", "extension contact-point", "the number it is for",
     "ContactPoint", R"({"valueContactPoint": {"system": "phone", "value": "+12065550100"}})"},
    {"telephone-consent.seller", "Consent", "extension seller", "whose calls", "name of the seller",
     R"({"valueString": "Aurora Pharma"})"},
    {"telephone-consent.scope", "Consent", "provision.purpose", "what for; none: any purpose",
     "v3-ActReason", R"({"code": "TREAT"})"},
    {"telephone-consent.channel", "Consent", "extension channel", "texts, calls; none: both",
     "channel code", R"({"valueCode": "sms"})"},
    {"telephone-consent.period", "Consent", "provision.period", "while it holds", "Period", ""},
    {"telephone-consent.provision-type", "Consent", "provision.type",
     "deny: the patient refuses calls to this number", "permit, deny", ""},
    {"telephone-consent.statement", "Consent", "extension telephone-statement",
     "what a written consent disclosed; both are needed", "automated-marketing, not-a-condition",
     R"({"valueCode": "automated-marketing"})"},
    {"telephone-consent.signature-date", "Consent", "extension signature-date",
     "when it was signed; else verification.verificationDate", "dateTime", ""},
    {"telephone-consent.revoked-at", "Consent", "extension revoked-at",
     "when the patient took it back", "dateTime", ""},
});

}  // namespace

std::span<const DeclaredFact> ConsentFactTable() { return kFacts; }

}  // namespace consent
