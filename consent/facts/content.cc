// Facts of the words, who approved them, who pays for them, and the therapy.
#include <array>

#include "consent/facts/tables.h"

namespace consent {
namespace {

constexpr auto kFacts = std::to_array<DeclaredFact>({
    {"module.call-to-purchase", "ActivityDefinition", "extension call-to-purchase",
     "the words ask to buy or use", "boolean", ""},
    {"module.topic", "ActivityDefinition", "topic", "the kind of an exempted health care call",
     "codes of the policy pack: appointment, lab-result, prescription, ...",
     R"({"coding": [{"code": "appointment"}]})"},
    {"module.kind", "ActivityDefinition", "extension message-kind", "what the words are for",
     "safety, admin, content, opt-out-confirmation", R"({"valueCode": "safety"})"},
    {"module.endorser", "ActivityDefinition", "endorser",
     "who approved a safety text for emergencies; two persons", "ContactDetail with a name",
     R"({"name": "Ana"})"},
    {"module.language", "ActivityDefinition", "language", "the language of the words",
     "BCP 47 code", R"("es")"},
    {"message.email-subject", "ActivityDefinition", "extension email-subject",
     "the subject line of the e-mail; also on the CommunicationRequest", "string",
     R"({"valueString": "Your order"})"},
    {"message.text", "CommunicationRequest", "payload.contentString",
     "the words; none: the wording of the module", "string", ""},
});

}  // namespace

std::span<const DeclaredFact> ContentFactTable() { return kFacts; }

}  // namespace consent
