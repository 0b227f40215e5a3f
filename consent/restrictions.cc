#include "consent/restrictions.h"

#include <algorithm>

#include "consent/words.h"

namespace consent {
namespace {

bool ToProfessionalsOnly(const EvaluationContext& context) {
  const auto& recipients = context.request.recipients;
  return !recipients.empty() &&
         std::all_of(recipients.begin(), recipients.end(),
                     [](const Recipient& each) { return each.party == Party::kHcp; });
}

}  // namespace

void CheckConfidentialCommunication(const EvaluationContext& context, Findings& findings) {
  if (!context.request.channel || ToProfessionalsOnly(context)) return;
  const fhir::Channel channel = *context.request.channel;
  // Face to face there is no address to keep confidential.
  if (channel == fhir::Channel::kInPerson) return;
  bool asked = false;
  bool honoured = false;
  std::optional<fhir::Channel> way;
  for (const ConfidentialCommunication& each : context.confidential) {
    if (!each.period.Possibly(context.now)) continue;
    const bool fits = Contains(each.channels, channel) &&
                      (each.contact.empty() ||
                       (context.contact && context.contact->key == NormalContact(each.contact)));
    findings.Consider(each.reference, "confidential-communication", fits ? "permit" : "reroute",
                      {"R5"});
    asked = true;
    honoured = honoured || (fits && each.period.Surely(context.now));
    if (!way && !each.channels.empty() && each.channels.front() != channel) {
      way = each.channels.front();
    }
  }
  if (!asked) return;
  if (honoured) {
    findings.Permit("R5");
  } else if (way) {
    findings.Reroute("R5", *way);
  } else {
    // The wish is there and the way to it cannot be read or reached: a person must find it.
    findings.Review("R5");
  }
}

}  // namespace consent
