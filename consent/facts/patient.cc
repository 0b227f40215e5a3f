// Facts of the patient, of representatives and of contact points.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"patient.deceased", "Patient", "deceased[x]",
     "whether the patient has died; of every merged record", "boolean or dateTime",
     R"({"deceasedBoolean": true})"},
});

}  // namespace

std::span<const DeclaredFact> PatientFactTable() { return kFacts; }

}  // namespace consent
