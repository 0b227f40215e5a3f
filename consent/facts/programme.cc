// Facts of the programme and its tenant.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"programme.regime", "Programme", "regime", "under which law the sender holds the data",
     "CE_PROVIDER, CE_PLAN, BA_OF, SUBCONTRACTOR_BA, MANUFACTURER, HUB_NON_HIPAA", R"("BA_OF")"},
    {"programme.postal-address", "Programme", "postalAddress", "printed in commercial e-mail",
     "string", ""},
    {"programme.caps", "Programme", "capPerDay, capPerWeek", "messages in 24 hours and in 7 days",
     "whole numbers; 0: none", ""},
    {"programme.provider", "Programme", "providerName, providerPhone",
     "who the provider is and how to reach it", "strings", ""},
    {"programme.telephone", "Programme", "telephone",
     "the route of texts and calls: freeToEndUser, onlyExempted, oneWay", "booleans",
     R"({"freeToEndUser": true})"},
    {"programme.email", "Programme", "email",
     "how e-mail is signed: unsubscribeUri, oneClickPost, opaqueToken, dkimSigns, bulk, spf, dkim, "
     "dmarcAligned, spamPer100000",
     "case file", ""},
});

}  // namespace

std::span<const DeclaredFact> ProgrammeFactTable() { return kFacts; }

}  // namespace consent
