// Facts of the programme and its tenant.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"programme.id", "Programme", "id", "which programme an episode of care is of", "a-z, 0-9, -",
     R"("care-line")"},
    {"programme.name", "Programme", "name", "what it is called where a recipient is named",
     "string", R"("Aurora Patient Support")"},
    {"programme.sender", "Programme", "sender", "the legal entity that speaks", "legal entity",
     R"("Harbor Pharmacy")"},
    {"programme.seller", "Programme", "seller", "the legal entity on whose behalf", "legal entity",
     R"("Aurora Pharma")"},
    {"programme.regime", "Programme", "regime", "under which law the sender holds the data",
     "CE_PROVIDER, CE_PLAN, BA_OF, SUBCONTRACTOR_BA, MANUFACTURER, HUB_NON_HIPAA", R"("BA_OF")"},
    {"programme.acts-for", "Programme", "actsFor",
     "the regime of the principal of a business associate", "as regime", R"("CE_PROVIDER")"},
    {"programme.products", "Programme", "products",
     "the products it knows: code, maker, ingredient, formulation, generic, kind, deliveryFor "
     "(drugs the patient takes without a clinician), administeredBy",
     "kind: drug, biologic, delivery-system, service; administeredBy: patient, clinician",
     R"([{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1001", "maker": "Aurora Pharma"}])"},
    {"product.classes", "Programme", "products[].classes",
     "what an authorization may call the product beside its brand (V18)", "strings",
     R"(["biologics"])"},
    {"programme.postal-address", "Programme", "postalAddress", "printed in commercial e-mail",
     "string", R"("1 Pier Road, Seattle WA 98101")"},
    {"programme.caps", "Programme", "capPerDay, capPerWeek", "messages in 24 hours and in 7 days",
     "whole numbers; 0: none", R"(1)"},
    {"programme.provider", "Programme", "providerName, providerPhone",
     "who the provider is and how to reach it", "strings", R"("Harbor Pharmacy")"},
    {"programme.telephone", "Programme", "telephone",
     "the route of texts and calls: freeToEndUser, onlyExempted, oneWay", "booleans",
     R"({"freeToEndUser": true})"},
    {"programme.email", "Programme", "email",
     "how e-mail is signed: unsubscribeUri, oneClickPost, opaqueToken, dkimSigns, bulk, spf, dkim, "
     "dmarcAligned, spamPer100000",
     "case file", R"({"unsubscribeUri": "https://example.org/u/x", "oneClickPost": true})"},
});

}  // namespace

std::span<const DeclaredFact> ProgrammeFactTable() { return kFacts; }

}  // namespace consent
