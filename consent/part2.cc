#include "consent/part2.h"

#include <algorithm>

#include "consent/authorization.h"
#include "consent/classify.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

using Facts = Part2ConsentFacts;

bool Says(const std::vector<std::string>& texts, std::string_view words) {
  if (words.empty()) return false;
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    return Lower(text).find(words) != std::string::npos;
  });
}

bool OnlyTpo(const Facts& consent) {
  return !consent.purposes.empty() &&
         std::all_of(consent.purposes.begin(), consent.purposes.end(),
                     [](const std::string& purpose) { return IsTpo(purpose); });
}

bool CoversTpo(const Facts& consent) {
  for (std::string_view purpose : {"TREAT", "HPAYMT", "HOPERAT"}) {
    if (!Contains(consent.purposes, purpose)) return false;
  }
  return true;
}

// 2.31(a)(4): by name, or by a class the recipient belongs to.
bool NamesRecipient(const Facts& consent, const EvaluationContext& context, const DataUse& use) {
  const auto named = [&](std::string_view name) { return NamesParty(consent.recipients, name); };
  const auto class_named = [&](std::string_view words) { return Says(consent.recipients, words); };
  const Programme& programme = context.programme;
  const bool names_sender =
      named(programme.sender) || named(programme.seller) || named(programme.name);
  if (use.outreach || !use.leaves()) {
    // The records stay with us: were they meant to come to us?
    return names_sender || NamesParty(consent.disclosers, programme.sender);
  }
  if (named(use.recipient_name)) return true;
  switch (use.recipient) {
    case RecipientKind::kProvider:
      if (class_named("treating provider")) return true;
      break;
    case RecipientKind::kPlan:
      if (class_named("health plan") || class_named("payer")) return true;
      break;
    case RecipientKind::kBusinessAssociate:
    case RecipientKind::kVendor:
      if (class_named("helping to operate")) return true;
      break;
    default:
      return false;
  }
  // 2.33(b): who received it under a TPO consent and stands under HIPAA may pass it on as HIPAA
  // allows.
  return names_sender && CoversTpo(consent) && UnderHipaa(programme);
}

bool CoversPurposes(const Facts& consent, const DataUse& use) {
  return std::all_of(use.purposes.begin(), use.purposes.end(), [&](const std::string& asked) {
    // "At the request of the patient" supports what the patient asked for, never marketing.
    if (Contains(consent.purposes, "PATRQT") && !Covers("HMARKT", asked)) return true;
    return std::any_of(consent.purposes.begin(), consent.purposes.end(),
                       [&](const std::string& each) { return Covers(each, asked); });
  });
}

// 2.31(c): over, revoked or known to be false.
AuthorizationResult Lapsed(const Facts& consent, const EvaluationContext& context) {
  using enum AuthorizationResult;
  const bool revoked = consent.revoked_at && *consent.revoked_at <= context.now;
  const bool in_period = !consent.period || consent.period->Surely(context.now);
  if (consent.status != ConsentStatus::kActive || revoked || !in_period || consent.known_false) {
    return kInvalid;
  }
  // Whether an event has come is for a person to say; "none" never comes.
  const std::string& event = consent.expiration_event;
  const bool open = event == "none" || event == "end of treatment";
  return consent.has_end || event.empty() || open ? kValid : kReview;
}

bool HasEveryElement(const Facts& consent, const EvaluationContext& context) {
  const bool is_signed = consent.signer_known && !consent.signer_lacks_authority &&
                         consent.signed_at && *consent.signed_at <= context.now;
  const std::string& event = consent.expiration_event;
  const bool open = event == "none" || event == "end of treatment";
  const bool expires = consent.has_end || (!event.empty() && (!open || OnlyTpo(consent)));
  const auto states = [&](std::string_view code) { return Contains(consent.statements, code); };
  // 2.31(a)(10): what a TPO consent says on top.
  const bool tpo = std::any_of(consent.purposes.begin(), consent.purposes.end(),
                               [](const std::string& purpose) { return IsTpo(purpose); });
  const bool tpo_statements = !tpo || (states("redisclosure") && states("refusal-consequences"));
  return !consent.unusable && consent.has_information && !consent.disclosers.empty() &&
         !consent.recipients.empty() && !consent.purposes.empty() && is_signed && expires &&
         states("right-to-revoke") && tpo_statements;
}

struct Judged {
  AuthorizationResult result = AuthorizationResult::kValid;
  std::string_view word = "permit";
  std::vector<std::string> rules;
};

Judged Judge(const Facts& consent, const EvaluationContext& context, const DataUse& use,
             bool counseling) {
  using enum AuthorizationResult;
  Judged judged;
  const auto say = [&](std::string_view rule, std::string_view word, AuthorizationResult result) {
    if (judged.result < result) judged.word = word;
    judged.result = std::max(judged.result, result);
    judged.rules.emplace_back(rule);
  };
  const AuthorizationResult lapsed = Lapsed(consent, context);
  if (!HasEveryElement(consent, context)) say("B4-2", "defective", kInvalid);
  if (!CoversPurposes(consent, use) || !NamesRecipient(consent, context, use)) {
    say("B4-3", "out-of-scope", kInvalid);
  }
  // Counseling notes have a consent of their own, combined with nothing else.
  if (counseling != consent.counseling_notes) say("B4-5", "out-of-scope", kInvalid);
  if (lapsed != kValid) say("B4-7", lapsed == kInvalid ? "expired" : "review", lapsed);
  return judged;
}

// Whether one of the consents on file permits; the closest one says why not.
bool RequireConsent(const EvaluationContext& context, const DataUse& use, bool counseling,
                    Findings& findings) {
  const auto& consents = context.health.part2_consents;
  std::optional<Judged> best;
  for (const Facts& consent : consents) {
    if (consent.status == ConsentStatus::kEnteredInError) {
      findings.Consider(consent.reference, "part2-consent", "entered-in-error");
      continue;
    }
    Judged judged = Judge(consent, context, use, counseling);
    findings.Consider(consent.reference, "part2-consent", judged.word, judged.rules);
    const auto distance = [](const Judged& j) { return std::pair(j.result, j.rules.size()); };
    if (!best || distance(judged) < distance(*best)) best = std::move(judged);
  }
  if (!best) {
    findings.Deny("B4-1");
    // A HIPAA authorization alone lacks what 2.31 asks for.
    if (!context.authorizations.empty()) findings.Deny("B4-2");
    return false;
  }
  if (best->result == AuthorizationResult::kValid) {
    findings.Permit("B4-2");
    return true;
  }
  for (const std::string& rule : best->rules) {
    findings.Add(rule,
                 best->result == AuthorizationResult::kReview ? Outcome::kReview : Outcome::kDeny);
  }
  return false;
}

bool AgainstPatient(const DataUse& use) {
  return use.recipient == RecipientKind::kLegalProceeding ||
         use.recipient == RecipientKind::kLawEnforcement || use.AnyFor("HLEGAL");
}

// 2.33(b): no TPO consent reaches a proceeding against the patient; an own consent or an order of a
// court does.
void CheckProceeding(const EvaluationContext& context, const DataUse& use, bool counseling,
                     Findings& findings) {
  for (const Facts& consent : context.health.part2_consents) {
    const bool own = consent.purposes.size() == 1 && consent.purposes.front() == "HLEGAL";
    if (!own) continue;
    const Judged judged = Judge(consent, context, use, counseling);
    findings.Consider(consent.reference, "part2-consent", judged.word, judged.rules);
    if (judged.result == AuthorizationResult::kValid) return findings.Permit("B4-3");
  }
  findings.Add("B4-3", use.Attached("court-order") ? Outcome::kReview : Outcome::kDeny);
}

}  // namespace

bool Part2Permits(const EvaluationContext& context, const DataUse& use) {
  Findings aside(*context.policy);
  return RequireConsent(context, use, false, aside);
}

void CheckPart2(const EvaluationContext& context, const DataUse& use, Findings& findings) {
  const DisclosurePolicy& policy = context.policy->disclosure;
  bool part2 = false;
  bool counseling = false;
  bool substance_use = false;
  for (const DataItem& item : context.health.items) {
    const bool record = item.Is(Origin::kPart2Record);
    part2 = part2 || record;
    counseling = counseling || (record && item.LabelledAnyOf(policy.counseling_labels));
    substance_use = substance_use || item.LabelledAnyOf(policy.sud_labels);
  }
  if (!part2) {
    if (substance_use) findings.Permit("B4-1");
    return;
  }
  if (use.marketing()) {
    // Marketing is no treatment, payment or operations: only a consent that names it supports it.
    Findings asked(*context.policy);
    const bool permitted = RequireConsent(context, use, counseling, asked);
    findings.Take(std::move(asked));
    return findings.Add("B4-6", permitted ? Outcome::kPermit : Outcome::kDeny);
  }
  if (AgainstPatient(use)) return CheckProceeding(context, use, counseling, findings);
  // The patient's own records, from the programme itself, need no consent (2.23).
  const bool own_programme = context.programme.regime == Regime::kCeProvider;
  if (use.recipient == RecipientKind::kIndividual && (!use.outreach || own_programme)) {
    return findings.Permit("B4-1");
  }
  if (use.Emergency()) return findings.Review("B4-1");
  if (!RequireConsent(context, use, counseling, findings)) return;
  if (use.outreach || !use.leaves()) return;
  if (use.Attached("part2-notice") && use.Attached("consent-copy")) {
    return findings.Permit("B4-4");
  }
  if (!use.Attached("part2-notice")) findings.Oblige("B4-4", "ATTACH_PART2_NOTICE");
  if (!use.Attached("consent-copy")) findings.Oblige("B4-4", "ATTACH_CONSENT_COPY");
}

}  // namespace consent
