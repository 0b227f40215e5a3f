#include "consent/reproductive_health.h"

#include <algorithm>

#include "consent/words.h"

namespace consent {

void CheckReproductiveHealth(const EvaluationContext& context, const DataUse& use,
                             Findings& findings) {
  const DisclosurePolicy& policy = context.policy->disclosure;
  const auto& items = context.health.items;
  const bool concerned =
      !use.outreach && std::any_of(items.begin(), items.end(), [&](const DataItem& item) {
        return item.LabelledAnyOf(policy.reproductive_labels);
      });
  if (!concerned) return;
  bool known = false;
  for (const std::string& state : context.health.states) {
    const auto law = policy.shield_law.find(state);
    if (law == policy.shield_law.end()) continue;
    known = true;
    if (Contains(law->second, Code(use.recipient))) return findings.Deny("B6-3");
  }
  const bool against_patient = use.recipient == RecipientKind::kLegalProceeding ||
                               use.recipient == RecipientKind::kLawEnforcement;
  // A state that is not in the table says nothing: a person looks.
  findings.Add("B6-3", against_patient && !known ? Outcome::kReview : Outcome::kPermit);
}

}  // namespace consent
