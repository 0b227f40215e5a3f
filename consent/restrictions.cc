#include "consent/restrictions.h"

#include "consent/words.h"

namespace consent {

void CheckConfidentialCommunication(const EvaluationContext& context, Findings& findings) {
  if (!context.request.channel) return;
  const fhir::Channel channel = *context.request.channel;
  // Face to face there is no address to keep confidential.
  if (channel == fhir::Channel::kInPerson) return;
  const ConfidentialCommunication* asked = nullptr;
  bool honoured = false;
  for (const ConfidentialCommunication& each : context.confidential) {
    if (!each.period.Possibly(context.now)) continue;
    const bool fits = Contains(each.channels, channel) &&
                      (each.contact.empty() ||
                       (context.contact && context.contact->key == NormalContact(each.contact)));
    findings.Consider(each.reference, "confidential-communication", fits ? "permit" : "reroute",
                      {"R5"});
    honoured = honoured || fits;
    if (asked == nullptr) asked = &each;
  }
  if (asked == nullptr) return;
  if (honoured) {
    findings.Permit("R5");
  } else if (asked->channels.empty()) {
    // The wish is there, the way is not readable: a person must find it.
    findings.Review("R5");
  } else {
    findings.Reroute("R5", asked->channels.front());
  }
}

}  // namespace consent
