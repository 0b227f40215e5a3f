#include "consent/disclosure.h"

#include <algorithm>

#include "consent/authorization.h"
#include "consent/channel_law.h"
#include "consent/classify.h"
#include "consent/consumer_health.h"
#include "consent/data_use.h"
#include "consent/deidentified.h"
#include "consent/fhir_consent.h"
#include "consent/findings.h"
#include "consent/minimum_necessary.h"
#include "consent/part2.h"
#include "consent/purpose.h"
#include "consent/regime.h"
#include "consent/representative.h"
#include "consent/reproductive_health.h"
#include "consent/restriction_request.h"
#include "consent/sale.h"
#include "consent/words.h"

namespace consent {
namespace {

MessageClass ClassOf(const std::string& purpose) {
  if (Covers("HMARKT", purpose)) return MessageClass::kMarketing;
  if (Covers("TREAT", purpose)) return MessageClass::kTreatment;
  if (IsTpo(purpose)) return MessageClass::kOperations;
  return MessageClass::kGeneral;
}

// Who receives data of covered entities without an authorization of the patient, for treatment,
// payment and operations (164.506). A maker of drugs is not among them.
bool WithinHealthCare(RecipientKind kind) {
  return kind == RecipientKind::kProvider || kind == RecipientKind::kPlan ||
         kind == RecipientKind::kBusinessAssociate || kind == RecipientKind::kVendor;
}

bool AllowedWithoutConsent(const EvaluationContext& context, const DataUse& use) {
  if (use.sale) return false;
  if (use.recipient == RecipientKind::kIndividual) return true;
  if (!UnderHipaa(context.programme)) return use.required_by_law;
  if (use.required_by_law || use.recipient == RecipientKind::kOversight) return true;
  if (use.recipient == RecipientKind::kPublicHealth) return use.AllFor("PUBHLTH");
  const bool tpo = std::all_of(use.purposes.begin(), use.purposes.end(),
                               [](const std::string& purpose) { return IsTpo(purpose); });
  return tpo && (WithinHealthCare(use.recipient) || use.recipient == RecipientKind::kUnknown ||
                 !use.leaves());
}

// The consents on file, for each item of the data apart: what one may do another may not. Where
// they deny part of it, that part is taken out.
Answer AskConsents(const EvaluationContext& context, const DataUse& use, Findings& findings) {
  const auto& items = context.health.items;
  Combined all = Combine(context.consents, AccessOf(context, use.purposes), findings);
  if (items.size() > 1) {
    std::vector<std::string> denied;
    bool unnamed = false;  // data named by kind cannot be taken out by name
    // A part that is denied keeps its whole Bundle back.
    const auto add = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    all.answer = Answer::kPermit;
    all.doubts.clear();
    all.redact.clear();
    for (const DataItem& item : items) {
      Findings scratch(*context.policy);
      const Combined one = Combine(context.consents, AccessToItem(context, use, item), scratch);
      add(all.doubts, one.doubts);
      if (one.answer == Answer::kDeny) {
        unnamed = unnamed || item.reference.empty();
        denied.push_back(item.reference);
        continue;
      }
      add(all.redact, one.redact);
      if (one.answer != Answer::kPermit) all.answer = Answer::kNoConsent;
    }
    const bool nothing_left = std::all_of(items.begin(), items.end(), [&](const DataItem& item) {
      return Contains(denied, item.reference);
    });
    if (unnamed || nothing_left) {
      all.answer = Answer::kDeny;
    } else if (!denied.empty()) {
      all.answer = Answer::kNoConsent;
      add(all.redact, denied);
    }
  }
  for (const std::string& doubt : all.doubts) findings.Doubt(doubt, use.message_class);
  if (all.answer == Answer::kDeny) {
    findings.Deny("C.4");
    return all.answer;
  }
  if (all.answer == Answer::kPermit) findings.Permit("C.4");
  for (const std::string& code : all.redact) findings.Oblige("C.4", "REDACT", code);
  return all.answer;
}

// An authorization that names the recipient. Answers whether one permits.
bool Authorized(const EvaluationContext& context, const DataUse& use, Findings& findings) {
  bool permitted = true;
  for (const std::string& purpose : use.purposes) {
    const AuthorizationNeed need{.purpose = purpose,
                                 .marketing = use.marketing(),
                                 .remunerated = use.sale,
                                 .sale = use.sale,
                                 .missing = use.marketing() || use.sale ? "A.4" : "C7",
                                 .recipient = use.leaves() ? use.recipient_name : ""};
    permitted = RequireAuthorization(context, need, findings) && permitted;
  }
  return permitted;
}

// Answers whether an authorization is what permits.
bool CheckPermission(const EvaluationContext& context, const DataUse& use,
                     std::string_view sale_rule, Findings& findings) {
  const Answer answer = AskConsents(context, use, findings);
  if (answer == Answer::kDeny) return false;
  // What consumers gave themselves stands under consumer law, where there is one (M9).
  if (OnlyConsumerData(context) && !UnderHipaa(context.programme)) {
    const auto& items = context.health.items;
    const bool governed = std::all_of(items.begin(), items.end(),
                                      [&](const DataItem& item) { return Governs(context, item); });
    if (governed || (answer == Answer::kPermit && !use.sale)) return false;
  }
  // A consent to treatment, payment or operations is no authorization (V23).
  const bool needs_authorization = use.marketing() || use.sale;
  if (!needs_authorization && answer == Answer::kPermit &&
      (WithinHealthCare(use.recipient) || !use.leaves() ||
       use.recipient == RecipientKind::kFamily)) {
    return false;
  }
  // Who may break the glass is not known here: a person looks (C.3).
  if (use.Emergency() && use.AllFor("BTG")) {
    findings.Review("C7");
    return false;
  }
  if (!use.marketing() && AllowedWithoutConsent(context, use)) {
    // Of a recipient whom nobody knows a person must say who it is.
    const bool known = use.recipient != RecipientKind::kUnknown || !use.leaves();
    findings.Add("C7", known ? Outcome::kPermit : Outcome::kReview);
    return false;
  }
  const bool authorized = Authorized(context, use, findings);
  if (use.sale) findings.Add(sale_rule, authorized ? Outcome::kPermit : Outcome::kDeny);
  return authorized;
}

}  // namespace

Decision DecideDisclosure(const EvaluationContext& context) {
  const DisclosureRequest& asked = *context.asked;
  Findings findings(*context.policy);
  const MessageClass c = ClassOf(asked.purpose);
  if (context.patient.unresolved || context.health.of_another) findings.Doubt("G2", c);
  if (context.patient.unusable) findings.Doubt("G5", c);
  const bool missing = context.health.disclosure.data_missing || context.unreadable;
  if (missing || !context.unavailable.empty()) findings.Doubt("G6", c);
  CheckClock(context, c, findings);
  if (asked.deidentified) {
    // De-identified data is no longer health information of anybody: nothing else is asked.
    CheckDeidentified(context.health, asked.actual_knowledge, findings);
    return std::move(findings).Combine(c);
  }
  if (!context.health.disclosure.subject_found) findings.Doubt("G6", c);
  if (!IsPurpose(asked.purpose)) findings.Doubt("C2", c);
  DataUse use = UseOf(context, c);
  const std::string_view sale_rule = SaleUnder(context, use);
  use.sale = !sale_rule.empty();
  if (const auto& funding = context.health.disclosure.funding) {
    findings.Consider(funding->reference, "funding", use.sale ? "sale" : "no-sale", {"A.8"});
    if (!use.sale) findings.Permit("A.8");
  }
  JudgeAuthority(context.health.disclosure.representative, c, findings);
  CheckRestrictions(context, use, findings);
  const bool authorized = CheckPermission(context, use, sale_rule, findings);
  CheckRegime(context, use, findings);
  CheckPart2(context, use, findings);
  CheckConsumerHealth(context, use, findings);
  CheckReproductiveHealth(context, use, findings);
  CheckMinimumNecessary(use, authorized, findings);
  // A permit whose obligations nobody can discharge is a denial (E.3); what is not one is decided
  // again before anything goes.
  const bool permits = findings.strongest() <= Outcome::kPermitWithObligations;
  if (permits && context.dischargeable && !findings.DischargedBy(*context.dischargeable)) {
    findings.Deny("E.3");
  }
  return std::move(findings).Combine(c);
}

}  // namespace consent
