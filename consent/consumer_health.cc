#include "consent/consumer_health.h"

#include <algorithm>

#include "consent/classify.h"
#include "consent/purpose.h"
#include "consent/words.h"
#include "consent/zones.h"

namespace consent {
namespace {

enum class Kind : uint8_t { kCollect, kShare, kSale };

bool HasLaw(const EvaluationContext& context, const std::string& state) {
  return context.policy->disclosure.consumer_health.contains(state);
}

bool Permits(const ConsumerHealthConsentFacts& consent, const EvaluationContext& context,
             const DataUse& use, Kind kind) {
  // Sharing is agreed to apart from collecting (.030).
  if (kind == Kind::kCollect && !consent.collect) return false;
  if (kind == Kind::kShare && (!consent.share || consent.collect)) return false;
  if (kind == Kind::kSale && !consent.sale) return false;
  const bool revoked = consent.revoked_at && *consent.revoked_at <= context.now;
  const bool in_period = !consent.period || consent.period->Surely(context.now);
  if (consent.status != ConsentStatus::kActive || consent.unusable || revoked || !in_period ||
      !consent.complete) {
    return false;
  }
  if (kind == Kind::kSale && !(consent.sale_ends_at && context.now < *consent.sale_ends_at)) {
    return false;
  }
  // An authorization to sell is for the buyer that it names (.070(2)(c)).
  if (kind == Kind::kSale && !use.recipient_name.empty() &&
      !NamesParty(consent.recipients, use.recipient_name)) {
    return false;
  }
  return std::all_of(use.purposes.begin(), use.purposes.end(), [&](const std::string& asked) {
    return std::any_of(consent.purposes.begin(), consent.purposes.end(),
                       [&](const std::string& each) { return Covers(each, asked); });
  });
}

Kind KindOf(const DataUse& use) {
  if (use.sale) return Kind::kSale;
  // Who processes for us under contract, and the consumer, are not shared with.
  const bool ours = use.recipient == RecipientKind::kBusinessAssociate ||
                    use.recipient == RecipientKind::kIndividual;
  return use.leaves() && !ours ? Kind::kShare : Kind::kCollect;
}

void CheckTrigger(const EvaluationContext& context, Findings& findings) {
  if (!context.health.trigger || !context.health.trigger->health_facility) return;
  const LocationTrigger& trigger = *context.health.trigger;
  // Of the states where the place may be, the widest fence.
  int feet = 0;
  for (const auto& [state, law] : context.policy->disclosure.consumer_health) {
    if (trigger.state.empty() || trigger.state == state) feet = std::max(feet, law.geofence_feet);
  }
  if (feet == 0) return;
  const bool inside = !trigger.feet_micros || *trigger.feet_micros <= int64_t{feet} * 1'000'000;
  findings.Add("B5-3", inside ? Outcome::kDeny : Outcome::kPermit);
}

bool Exempt(const EvaluationContext& context, const DataItem& item) {
  return UnderHipaa(context.programme) &&
         (item.Is(Origin::kHipaaPhi) || item.Is(Origin::kPart2Record));
}

}  // namespace

bool Governs(const EvaluationContext& context, const DataItem& item) {
  const auto& states = context.health.states;
  // Where it was collected is said, and no state is called so: any may govern.
  const bool unread = !item.collected_in.empty() && CodeOfState(item.collected_in).empty();
  if (unread || (states.empty() && item.collected_in.empty())) return true;
  return HasLaw(context, item.collected_in) ||
         std::any_of(states.begin(), states.end(),
                     [&](const std::string& state) { return HasLaw(context, state); });
}

bool OnlyConsumerData(const EvaluationContext& context) {
  const auto& items = context.health.items;
  return !items.empty() && std::all_of(items.begin(), items.end(), [](const DataItem& item) {
    return item.origins == std::vector<Origin>{Origin::kConsumerProvided};
  });
}

void CheckConsumerHealth(const EvaluationContext& context, const DataUse& use, Findings& findings) {
  CheckTrigger(context, findings);
  bool governed = false;
  for (const DataItem& item : context.health.items) {
    if (!Governs(context, item)) continue;
    if (Exempt(context, item)) {
      findings.Permit("B5-4");
    } else if (item.Is(Origin::kConsumerProvided)) {
      governed = true;
    }
  }
  if (!governed) return;
  const Kind kind = KindOf(use);
  const std::string_view rule = kind == Kind::kSale ? "B5-2" : "B5-1";
  const bool necessary = use.requested_service || use.AllFor("PATRQT");
  bool permitted = kind != Kind::kSale && necessary;
  for (const ConsumerHealthConsentFacts& consent : context.health.consumer_consents) {
    const bool permits = Permits(consent, context, use, kind);
    findings.Consider(consent.reference, "consumer-health-consent",
                      permits ? "permit" : "no-consent", {std::string(rule)});
    permitted = permitted || permits;
  }
  findings.Add(rule, permitted ? Outcome::kPermit : Outcome::kDeny);
}

}  // namespace consent
