#include "consent/audience.h"

#include "consent/representative.h"

namespace consent {

void CheckAudience(const EvaluationContext& context, MessageClass c, Findings& findings) {
  bool to_patient = false;
  bool to_hcp = false;
  for (const Recipient& recipient : context.request.recipients) {
    switch (recipient.party) {
      case Party::kPatient:
      case Party::kRepresentative:
        to_patient = true;
        break;
      case Party::kHcp:
        to_hcp = true;
        break;
      // Another patient, or nobody we know: never.
      case Party::kUnknown:
        findings.Deny("AUD1");
        break;
    }
    JudgeAuthority(recipient.authority, c, findings);
  }
  if (to_patient && to_hcp) findings.Deny("AUD1");
  bool for_patient = context.content.modules.empty();
  bool for_hcp = false;
  for (const ModuleFacts& m : context.content.modules) {
    if (m.audience == Party::kUnknown) {
      findings.Review("AUD1");
    } else {
      (m.audience == Party::kHcp ? for_hcp : for_patient) = true;
    }
  }
  if ((to_hcp && for_patient) || (to_patient && for_hcp)) findings.Deny("AUD1");
}

}  // namespace consent
