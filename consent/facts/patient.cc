// Facts of the patient, of representatives and of contact points.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"patient.deceased", "Patient", "deceased[x]",
     "whether the patient has died; of every merged record", "boolean or dateTime",
     R"({"deceasedBoolean": true})"},
    {"patient.address", "Patient", "address",
     "where the patient may be: the zones and the states of its state and postalCode, while in use",
     "Address", R"({"state": "TX", "postalCode": "79901"})"},
    {"patient.timezone", "Patient", "extension timezone",
     "the zone the patient states, on Patient or on an address",
     "IANA zone; http://hl7.org/fhir/StructureDefinition/timezone or tz-code",
     R"({"valueCode": "America/Denver"})"},
    {"patient.preferred-channel", "Patient", "extension preferred-channel",
     "how the patient would like to be reached; repeats", "channel code",
     R"({"valueCode": "email"})"},
    {"patient.preferred-hours", "Patient", "extension preferred-hours",
     "when the patient would like to be reached: opens, closes", "two valueTime",
     R"({"extension": [{"url": "opens", "valueTime": "10:00:00"}]})"},
    {"patient.language", "Patient", "communication.language",
     "the language to write in, when it is preferred or the only one", "BCP 47 code",
     R"({"communication": [{"language": {"coding": [{"code": "es"}]}, "preferred": true}]})"},
    {"telecom.value", "Patient", "telecom.value",
     "the number or address, and by its prefix where it was given out",
     "ContactPoint in use, best rank first",
     R"({"system": "phone", "use": "mobile", "value": "+12065550100"})"},
    {"telecom.provided-by", "Patient", "telecom.extension provided-by", "who gave the number",
     "patient, provider, broker, unknown", R"({"valueCode": "patient"})"},
    {"telecom.reassigned", "Patient", "telecom.extension reassigned",
     "whether the number belongs to someone else now", "boolean", R"({"valueBoolean": true})"},
    {"telecom.disconnected-on", "Patient", "telecom.extension disconnected-on",
     "the day somebody gave the number up, by the Reassigned Numbers Database", "date",
     R"({"valueDate": "2026-09-01"})"},
    {"telecom.confirmed-on", "Patient", "telecom.extension confirmed-on",
     "the day the patient last confirmed the number", "date", R"({"valueDate": "2026-10-01"})"},
    {"telecom.do-not-call", "Patient", "telecom.extension do-not-call",
     "whether the number is on the national registry", "boolean", R"({"valueBoolean": true})"},
});

}  // namespace

std::span<const DeclaredFact> PatientFactTable() { return kFacts; }

}  // namespace consent
