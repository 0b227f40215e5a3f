#include "consent/named_purposes.h"

#include "consent/authorization.h"

namespace consent {

void CheckNamedPurposes(const EvaluationContext& context, const Classification& classification,
                        Findings& findings) {
  for (const std::string& purpose : context.request.named_purposes) {
    const bool sale = purpose == "sale";
    const bool known = sale || purpose == "third-party-marketing" || purpose == "retargeting" ||
                       purpose == "ad-sync";
    if (!known) {
      findings.Deny("C2");
      continue;
    }
    Findings authorization(*context.policy);
    const bool permitted = RequireAuthorization(context,
                                                {.purpose = purpose,
                                                 .marketing = true,
                                                 .remunerated = classification.remunerated,
                                                 .sale = sale,
                                                 .missing = "CM3"},
                                                authorization);
    findings.Take(std::move(authorization));
    if (permitted) {
      findings.Permit("CM3");
    } else {
      findings.Deny("CM3");
    }
  }
}

}  // namespace consent
