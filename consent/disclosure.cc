// Egress that is not outreach: nurse pushes, webhooks, exports. Thin: ids only, or the minimum.
#include "consent/authorization.h"
#include "consent/classify.h"
#include "consent/decide.h"
#include "consent/fhir_consent.h"
#include "consent/findings.h"
#include "consent/interpret.h"

namespace consent {
namespace {

std::string_view PurposeCode(Purpose purpose) {
  return purpose == Purpose::kTreatment ? "TREAT" : "HOPERAT";
}

}  // namespace

Decision DecideDisclosure(const Given& given, Purpose purpose, std::string_view recipient) {
  const MessageClass c =
      purpose == Purpose::kTreatment ? MessageClass::kTreatment : MessageClass::kOperations;
  Findings findings(*given.policy);
  if (purpose == Purpose::kWebhookStatus) {
    // Ids and a status, nothing that describes the patient.
    findings.Permit("N2");
    return std::move(findings).Combine(c);
  }
  const EvaluationContext context = InterpretFor(given, recipient);
  if (context.patient.unresolved) findings.Review("G2");
  if (context.patient.unusable) findings.Review("G5");
  Access access = AccessOf(context, {std::string(PurposeCode(purpose))});
  access.actions = {"disclose"};
  access.data_known = false;
  const Combined combined = Combine(context.consents, access, findings);
  for (const std::string& doubt : combined.doubts) findings.Review(doubt);
  if (combined.answer == Answer::kDeny) findings.Deny("C.4");
  if (combined.answer == Answer::kPermit) findings.Permit("C.4");
  for (const std::string& code : combined.redact) findings.Oblige("C.4", "REDACT", code);
  if (!UnderHipaa(context.programme) && combined.answer != Answer::kPermit) {
    RequireAuthorization(context, {.purpose = PurposeCode(purpose)}, findings);
  }
  findings.Oblige("N2", "MINEC");
  return std::move(findings).Combine(c);
}

}  // namespace consent
