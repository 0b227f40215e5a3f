// Facts of the patient, of representatives and of contact points.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"patient.deceased", "Patient", "deceased[x]",
     "whether the patient has died; of every merged record", "boolean or dateTime",
     R"({"deceasedBoolean": true})"},
    {"patient.legal-hold", "Patient", "extension legal-hold",
     "the records are under legal hold; of every merged record", "boolean",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/legal-hold", "valueBoolean": true})"},
    {"patient.address", "Patient", "address",
     "where the patient lives, or is now (use temp within its period)", "Address",
     R"([{"use": "home", "state": "WA"}])"},
    {"patient.link", "Patient", "link", "records that are the same person; seealso: in doubt",
     "replaces, replaced-by, seealso", ""},
    {"patient.timezone", "Patient", "extension timezone, address.state",
     "where the days of the patient begin", "IANA zone, USPS code", ""},
    {"telecom.detailed-messages", "Patient", "telecom extension detailed-messages",
     "the patient wants details on this contact", "boolean",
     R"({"url": "https://psgateway.example/fhir/StructureDefinition/detailed-messages", "valueBoolean": true})"},
});

}  // namespace

std::span<const DeclaredFact> PatientFactTable() { return kFacts; }

}  // namespace consent
