#include "consent/implicit_policy.h"

#include <algorithm>

#include "consent/authorization.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

// The first row for this regime and purpose; a pack that has none denies.
ImplicitPolicy For(const EvaluationContext& context, std::string_view purpose) {
  for (const ImplicitPolicy& row : context.policy->permission.implicit) {
    const bool covered =
        std::any_of(row.purposes.begin(), row.purposes.end(),
                    [&](const std::string& wide) { return Covers(wide, purpose); });
    if (covered && Contains(row.regimes, Code(context.programme.regime))) return row;
  }
  return {};
}

}  // namespace

void ApplyImplicitPolicy(const EvaluationContext& context, MessageClass c, bool recorded,
                         Findings& findings) {
  if (c == MessageClass::kSafety) return findings.Permit("B1-20");
  for (const std::string& purpose : context.request.purposes) {
    const ImplicitPolicy row = For(context, purpose);
    switch (row.answer) {
      case ImplicitPolicy::Answer::kPermit:
        findings.Add("C7", row.explicit_overrides && recorded ? Outcome::kDeny : Outcome::kPermit);
        break;
      case ImplicitPolicy::Answer::kAuthorization:
        RequireAuthorization(context, {.purpose = purpose, .missing = "C7"}, findings);
        break;
      case ImplicitPolicy::Answer::kDeny:
        findings.Deny("C7");
        break;
    }
  }
}

}  // namespace consent
