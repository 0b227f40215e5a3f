#include "consent/decide.h"

#include "consent/audience.h"
#include "consent/authorization.h"
#include "consent/channel_law.h"
#include "consent/classify.h"
#include "consent/consumer_health.h"
#include "consent/content.h"
#include "consent/context.h"
#include "consent/data_use.h"
#include "consent/disclosure.h"
#include "consent/exceptions.h"
#include "consent/fhir_consent.h"
#include "consent/findings.h"
#include "consent/hard_stops.h"
#include "consent/implicit_policy.h"
#include "consent/licence.h"
#include "consent/named_purposes.h"
#include "consent/override.h"
#include "consent/part2.h"
#include "consent/purpose.h"
#include "consent/regime.h"
#include "consent/representative.h"
#include "consent/restriction_request.h"
#include "consent/restrictions.h"
#include "consent/targeting.h"
#include "consent/wording.h"
#include "consent/words.h"

namespace consent {
namespace {

// The purposes a consent is asked for: marketing is asked as marketing, whatever the request says
// of itself (V23).
std::vector<std::string> PurposesOf(const EvaluationContext& context, MessageClass c) {
  if (c != MessageClass::kMarketing) return context.request.purposes;
  return {"HMARKT"};
}

void CheckMarketing(const EvaluationContext& context, const Classification& classification,
                    Findings& findings) {
  MissedException missed;
  if (ExceptedFromAuthorization(context, findings, missed)) return;
  const AuthorizationNeed need{
      .purpose = "HMARKT", .marketing = true, .remunerated = classification.remunerated};
  Findings authorization(*context.policy);
  const bool permitted = RequireAuthorization(context, need, authorization);
  if (!permitted && missed.effect == Outcome::kReview) return findings.Review(missed.rule);
  // Where an exception was claimed and does not hold, the authorization alone governs (M13).
  if (!permitted && !missed.rule.empty()) findings.Add(missed.rule, authorization.strongest());
  findings.Take(std::move(authorization));
}

void CheckPermission(const EvaluationContext& context, const Classification& classification,
                     Findings& findings) {
  const MessageClass c = classification.message_class;
  const bool marketing = c == MessageClass::kMarketing;
  const auto& purposes = context.request.purposes;
  // A purpose we do not know, or none for care: nobody can say what the patient agreed to (C2).
  bool known = !purposes.empty() || marketing;
  for (const std::string& purpose : purposes) known = known && IsPurpose(purpose);
  if (!known) findings.Doubt("C2", c);

  const Combined combined =
      Combine(context.consents, AccessOf(context, PurposesOf(context, c)), findings);
  for (const std::string& doubt : combined.doubts) findings.Doubt(doubt, c);
  if (combined.answer == Answer::kDeny) {
    findings.Add("C.4", c == MessageClass::kSafety ? Outcome::kReview : Outcome::kDeny);
    if (combined.overridden) findings.Permit("C5");
  }
  for (const std::string& code : combined.redact) findings.Oblige("C.4", "REDACT", code);
  CheckNamedPurposes(context, classification, findings);
  if (marketing) {
    CheckMarketing(context, classification, findings);
    return;
  }
  if (combined.answer == Answer::kPermit) {
    findings.Permit("C.4");
  } else if (combined.answer == Answer::kNoConsent && known) {
    ApplyImplicitPolicy(context, c, combined.recorded, findings);
  }
}

}  // namespace

Decision Decide(const EvaluationContext& context) {
  Findings findings(*context.policy);
  Findings classified(*context.policy);
  const Classification classification = Classify(context, classified);
  const MessageClass c = classification.message_class;
  if (HardStop(context, c, findings)) return std::move(findings).Combine(c);
  findings.Take(std::move(classified));
  CheckAudience(context, c, findings);
  CheckWording(context, findings);
  CheckRenderedText(context, c, findings);
  CheckPermission(context, classification, findings);
  const DataUse use = UseOf(context, c);
  CheckRestrictions(context, use, findings);
  CheckRegime(context, use, findings);
  CheckPart2(context, use, findings);
  CheckConsumerHealth(context, use, findings);
  CheckTargeting(context, c, findings);
  CheckConfidentialCommunication(context, findings);
  CheckSensitivity(context, findings);
  CheckLicence(context, findings);
  CheckContact(context, c, findings);
  CheckWhoAnswers(context, c, findings);
  CheckOptOuts(context, c, findings);
  CheckTelephoneConsent(context, c, findings);
  CheckEmail(context, c, findings);
  CheckTiming(context, c, findings);
  CheckPreferences(context, c, findings);
  CheckClock(context, c, findings);
  CheckOptInWording(context, c, findings);
  ApplyOverrides(context, findings);
  // A permit whose obligations nobody can discharge is a denial (E.3); what is not one is decided
  // again before anything is sent, with the obligations of then.
  const bool permits = findings.strongest() <= Outcome::kPermitWithObligations;
  if (permits && context.dischargeable && !findings.DischargedBy(*context.dischargeable)) {
    findings.Deny("E.3");
  }
  return std::move(findings).Combine(c);
}

Decision Decide(const Given& given) {
  const EvaluationContext context = Interpret(given);
  return context.asked ? DecideDisclosure(context) : Decide(context);
}

}  // namespace consent
