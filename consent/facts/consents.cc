// Facts of consents of every kind.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"consent.status", "Consent", "status", "whether it is in force",
     "active, inactive, draft, proposed, rejected, entered-in-error", ""},
    {"consent.opt-in-wording", "Consent", "extension opt-in-wording, policy.uri",
     "the version of the wording that was signed",
     "module: Reference(ActivityDefinition), version: string; or url|version of one",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/opt-in-wording", "extension": [{"url": "module", "valueReference": {"reference": "ActivityDefinition/opt-in"}}, {"url": "version", "valueString": "3"}]})"},
    {"authorization.purpose", "Consent", "provision.purpose", "what an authorization is for",
     "v3-ActReason, or a code of our CodeSystem purpose", R"([{"code": "HMARKT"}])"},
});

}  // namespace

std::span<const DeclaredFact> ConsentFactTable() { return kFacts; }

}  // namespace consent
