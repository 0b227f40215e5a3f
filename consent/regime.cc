#include "consent/regime.h"

#include <algorithm>

#include "consent/authorization.h"
#include "consent/classify.h"
#include "consent/words.h"

namespace consent {
namespace {

bool Names(const AuthorizationFacts& a, const std::string& reference) {
  return a.reference == reference || a.reference.starts_with(reference + "/_history/");
}

bool Permits(const AuthorizationFacts& a, const EvaluationContext& context, const DataUse& use) {
  return std::all_of(use.purposes.begin(), use.purposes.end(), [&](const std::string& purpose) {
    const AuthorizationNeed need{.purpose = purpose,
                                 .marketing = use.marketing(),
                                 .sale = use.sale,
                                 .recipient = use.leaves() ? use.recipient_name : ""};
    return Check(a, context, need).result == AuthorizationResult::kValid;
  });
}

// The authorization that governs, or any where the data does not say which.
void CheckGoverning(const EvaluationContext& context, const DataUse& use, const DataItem& item,
                    Findings& findings) {
  // To the individual the data may always go back.
  if (!use.outreach && use.recipient == RecipientKind::kIndividual) return;
  bool found = false;
  for (const AuthorizationFacts& a : context.authorizations) {
    if (!item.authorization.empty() && !Names(a, item.authorization)) continue;
    found = true;
    if (Permits(a, context, use)) {
      findings.Consider(a.reference, "authorization", "governs", {"A.13"});
      return findings.Permit("A.13");
    }
  }
  if (found) {
    findings.Deny("A.13");
  } else {
    findings.Doubt("A.13", use.message_class);
  }
}

}  // namespace

void CheckRegime(const EvaluationContext& context, const DataUse& use, Findings& findings) {
  const bool hipaa = UnderHipaa(context.programme);
  for (const DataItem& item : context.health.items) {
    if (item.Is(Origin::kUnderAuthorization)) {
      CheckGoverning(context, use, item, findings);
    } else if (item.Is(Origin::kUnreadable) || (item.Is(Origin::kHipaaPhi) && !hipaa)) {
      findings.Doubt("A.13", use.message_class);
    }
  }
}

}  // namespace consent
