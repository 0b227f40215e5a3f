// A clock that stepped back: what has happened cannot lie ahead (G6).
#include <algorithm>

#include "consent/channel_law.h"

namespace consent {

void CheckClock(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const auto latest =
      context.now + std::chrono::minutes{context.policy->channels.clock_tolerance_minutes};
  const auto ahead = [&](const std::optional<fhir::Instant>& t) { return t && *t > latest; };
  const auto any = [](const auto& items, auto test) {
    return std::any_of(items.begin(), items.end(), test);
  };
  const auto in_force = [&](const auto& consent) {
    return consent.status == ConsentStatus::kActive && ahead(consent.signed_at);
  };
  const bool stepped_back =
      any(context.history, [&](const Sent& sent) { return ahead(sent.sent_at); }) ||
      any(context.opt_outs, [&](const OptOut& each) { return ahead(each.received_at); }) ||
      any(context.telephone_consents,
          [&](const auto& each) { return each.active && ahead(each.signed_at); }) ||
      any(context.authorizations, [&](const auto& each) { return in_force(each); }) ||
      any(context.consents, [&](const auto& each) { return in_force(each); });
  if (!stepped_back) return;
  if (c == MessageClass::kSafety) return findings.Permit("G6(clock)");
  findings.Doubt("G6(clock)", c);
}

}  // namespace consent
