#include "consent/decide.h"

#include "consent/audience.h"
#include "consent/authorization.h"
#include "consent/channel_law.h"
#include "consent/classify.h"
#include "consent/content.h"
#include "consent/context.h"
#include "consent/fhir_consent.h"
#include "consent/findings.h"
#include "consent/hard_stops.h"
#include "consent/purpose.h"
#include "consent/restrictions.h"
#include "consent/words.h"

namespace consent {
namespace {

// A.4: marketing that needs no authorization, because a covered entity hands it over in person or
// it is a gift of nominal value. Answers whether one of the two holds; `missed` names the exception
// that was claimed and does not.
bool ExceptedFromAuthorization(const EvaluationContext& context, Findings& findings,
                               std::string_view& missed) {
  const auto channel = context.request.channel;
  const bool covered = UnderHipaa(context.programme);
  if (context.content.gift && covered) {
    const GiftFacts& gift = *context.content.gift;
    if (!gift.cash && gift.value_micros &&
        *gift.value_micros <= context.policy->classification.nominal_gift_micros) {
      findings.Permit("M14");
      return true;
    }
  }
  if (channel == fhir::Channel::kInPerson && covered && context.request.met_in_person) {
    findings.Permit("M12");
    return true;
  }
  // Only an encounter proves that both were in one room; a person looks at a video visit (M12).
  if (channel == fhir::Channel::kInPerson) missed = covered ? "M12" : "M13";
  if (channel == fhir::Channel::kVideo && covered) missed = "M12";
  return false;
}

// The purposes a consent is asked for: marketing is asked as marketing, whatever the request says
// of itself (V23).
std::vector<std::string> PurposesOf(const EvaluationContext& context, MessageClass c) {
  if (c != MessageClass::kMarketing) return context.request.purposes;
  return {"HMARKT"};
}

// What holds where the patient has said nothing (C7).
void ApplyImplicitPolicy(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const auto& purposes = context.request.purposes;
  if (c == MessageClass::kSafety) return findings.Permit("B1-20");
  if (UnderHipaa(context.programme)) {
    for (const std::string& purpose : purposes) {
      const bool to_patient_himself = Covers("PATRQT", purpose) || Covers("PUBHLTH", purpose);
      if (!IsTpo(purpose) && !to_patient_himself) return findings.Deny("C7");
    }
    return findings.Permit("C7");
  }
  // A sender outside HIPAA holds the data only within an authorization (A.13, M13).
  for (const std::string& purpose : purposes) {
    RequireAuthorization(context, {.purpose = purpose, .missing = "C7"}, findings);
  }
}

void CheckMarketing(const EvaluationContext& context, const Classification& classification,
                    Findings& findings) {
  std::string_view missed;
  if (ExceptedFromAuthorization(context, findings, missed)) return;
  const AuthorizationNeed need{
      .purpose = "HMARKT", .marketing = true, .remunerated = classification.remunerated};
  Findings authorization(*context.policy);
  const bool permitted = RequireAuthorization(context, need, authorization);
  if (!permitted && missed == "M12" && context.request.channel == fhir::Channel::kVideo) {
    findings.Review("M12");
    return;
  }
  findings.Take(std::move(authorization));
  if (!permitted && !missed.empty()) findings.Deny(missed);
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
  if (marketing) {
    CheckMarketing(context, classification, findings);
    return;
  }
  if (combined.answer == Answer::kPermit) {
    findings.Permit("C.4");
    for (const std::string& code : combined.redact) findings.Oblige("C.4", "REDACT", code);
  } else if (combined.answer == Answer::kNoConsent && known) {
    ApplyImplicitPolicy(context, c, findings);
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
  CheckPermission(context, classification, findings);
  CheckConfidentialCommunication(context, findings);
  CheckSensitivity(context, findings);
  CheckContact(context, c, findings);
  CheckOptOuts(context, c, findings);
  CheckTelephoneConsent(context, c, findings);
  CheckEmail(context, c, findings);
  CheckTiming(context, c, findings);
  CheckPreferences(context, c, findings);
  CheckClock(context, c, findings);
  // A permit whose obligations nobody can discharge is a denial (E.3).
  if (context.dischargeable && !findings.DischargedBy(*context.dischargeable)) {
    findings.Deny("E.3");
  }
  return std::move(findings).Combine(c);
}

Decision Decide(const Given& given) { return Decide(Interpret(given)); }

}  // namespace consent
