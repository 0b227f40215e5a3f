#include "consent/authorization.h"

#include <algorithm>

#include "consent/classify.h"
#include "consent/expiry.h"
#include "consent/fhir_consent.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

// Gathers what speaks against one authorization. A rule that the pack relaxes is only noted.
class Verdict {
 public:
  explicit Verdict(const Policy& policy) : policy_(policy) {}
  void Invalid(std::string_view rule, std::string_view word) {
    if (!Stands(rule)) return;
    if (check_.result != AuthorizationResult::kInvalid) check_.word = word;
    check_.result = AuthorizationResult::kInvalid;
  }
  void Review(std::string_view rule) {
    if (!Stands(rule)) return;
    if (check_.result == AuthorizationResult::kValid) {
      check_.result = AuthorizationResult::kReview;
      check_.word = "review";
    }
  }
  void Take(const Expiry& expiry) {
    if (expiry.state == Expiry::State::kOver) Invalid(expiry.rule, expiry.word);
    if (expiry.state == Expiry::State::kReview) Review(expiry.rule);
  }
  bool stands() const { return check_.result != AuthorizationResult::kInvalid; }
  AuthorizationCheck Done() && {
    std::sort(check_.rules.begin(), check_.rules.end());
    return std::move(check_);
  }

 private:
  bool Stands(std::string_view rule) {
    const bool relaxed = policy_.Relaxes(rule);
    auto& rules = relaxed ? check_.relaxed : check_.rules;
    if (!Contains(rules, rule)) rules.emplace_back(rule);
    return !relaxed;
  }
  const Policy& policy_;
  AuthorizationCheck check_;
};

bool Says(const AuthorizationFacts& authorization, std::string_view statement) {
  return Contains(authorization.statements, statement);
}

// V6: dated, signed, and by somebody who could sign.
void CheckSignature(const AuthorizationFacts& a, const EvaluationContext& context,
                    Verdict& verdict) {
  const bool signed_now = a.signed_at && *a.signed_at <= context.now && a.signer_known;
  const bool by_whom = !a.signer_is_representative || a.authority_described;
  if (!signed_now || !by_whom) verdict.Invalid("V6", "defective");
  if (signed_now && a.verification_failed) verdict.Review("V6");
  if (!a.signer_belonged || a.signer == Authority::kOutOfScope) {
    verdict.Invalid("P1", "not-the-representative");
  }
  if (a.signer == Authority::kFormer) verdict.Invalid("P4", "not-the-representative");
  if (a.signer == Authority::kDeclined) verdict.Invalid("P3", "declined");
  if (a.signer == Authority::kSuspected) verdict.Review("P3");
  if (a.signer == Authority::kMinorActs) verdict.Invalid("P2", "not-the-representative");
  if (a.signer == Authority::kUnclear) verdict.Review("P5");
  // A minor signs alone only for what the minor decides about alone.
  if (a.signed_as_minor && !a.signer_is_representative &&
      context.patient.parent_stands != Authority::kMinorActs) {
    verdict.Review("P5");
  }
}

// V14: combined with another document, but for the combinations that (b)(3) lists.
void CheckCompound(const AuthorizationFacts& a, const EvaluationContext& context,
                   Verdict& verdict) {
  if (!a.compound) return;
  const auto all = [&](auto pred) {
    return !a.purposes.empty() && std::all_of(a.purposes.begin(), a.purposes.end(), pred);
  };
  const bool cleared =
      !a.form.empty() && Contains(context.policy->permission.compound_exempt_forms, a.form);
  const bool research = a.compound_exemption == "research" &&
                        all([](const std::string& purpose) { return Covers("HRESCH", purpose); });
  const bool psychotherapy =
      a.compound_exemption == "psychotherapy-notes" && Contains(context.content.labels, "PSYTHPN");
  const bool authorizations = a.compound_exemption == "authorizations" && !a.conditioned;
  if (cleared || research || psychotherapy || authorizations) return;
  if (a.separately_signed) return verdict.Review("V14");
  verdict.Invalid("V14", "defective");
}

// V15: (b)(4) binds covered entities; a manufacturer's own programme is not one.
void CheckConditioned(const AuthorizationFacts& a, const EvaluationContext& context,
                      const AuthorizationNeed& need, Verdict& verdict) {
  if (!a.conditioned) return;
  if (!UnderHipaa(context.programme)) return verdict.Review("V15");
  const std::string& exemption = a.conditioned_exemption;
  const bool research = exemption == "research-treatment" && Covers("HRESCH", need.purpose);
  const bool underwriting =
      exemption == "enrolment" && context.programme.regime == Regime::kCePlan && !need.marketing;
  const bool third_party = exemption == "third-party" && !need.marketing;
  if (!research && !underwriting && !third_party) verdict.Invalid("V15", "defective");
}

void CheckForm(const AuthorizationFacts& a, const EvaluationContext& context,
               const AuthorizationNeed& need, Verdict& verdict) {
  if (!a.has_information) verdict.Invalid("V1", "defective");
  if (a.disclosers.empty()) verdict.Invalid("V2", "defective");
  if (a.recipients.empty()) verdict.Invalid("V3", "defective");
  // "At the request of the individual" is a purpose only where the individual began it.
  const auto at_request = [](const std::string& purpose) { return Covers("PATRQT", purpose); };
  if (a.purposes.empty() ||
      (!a.individual_initiated && std::any_of(a.purposes.begin(), a.purposes.end(), at_request))) {
    verdict.Invalid("V4", "defective");
  }
  CheckSignature(a, context, verdict);
  if (!Says(a, "right-to-revoke")) verdict.Invalid("V7", "defective");
  if (!Says(a, "conditioning")) verdict.Invalid("V8", "defective");
  if (!Says(a, "redisclosure")) verdict.Invalid("V9", "defective");
  if (need.marketing && need.remunerated && !Says(a, "remuneration")) {
    verdict.Invalid("V10", "defective");
  }
  if (need.sale && !Says(a, "sale-remuneration")) verdict.Invalid("V11", "defective");
  if (a.not_plain) verdict.Review("V12");
  if (a.copy_withheld) verdict.Review("V13");
  CheckCompound(a, context, verdict);
  CheckConditioned(a, context, need, verdict);
  if (a.known_false) verdict.Invalid("A.6(v)", "defective");
}

// V18: whether the wording reaches a product: by its code, by a class it belongs to or by its
// maker; where the document names no product, any of the seller.
bool Reaches(const AuthorizationFacts& a, const Programme& programme,
             const DescribedProduct& described) {
  for (const Coding& coding : described.codings) {
    if (Contains(a.products, coding)) return true;
  }
  if (described.catalogue < 0) return false;
  const Product& product = programme.products[static_cast<size_t>(described.catalogue)];
  for (const std::string& wording : a.product_classes) {
    if (SameName(wording, product.maker)) return true;
    for (const std::string& each : product.classes) {
      if (SameName(wording, each)) return true;
    }
  }
  const bool names_none = a.products.empty() && a.product_classes.empty();
  return names_none && SameName(product.maker, programme.seller);
}

// V18: what the document limits itself to.
bool InScope(const AuthorizationFacts& a, const EvaluationContext& context,
             const AuthorizationNeed& need) {
  const Programme& programme = context.programme;
  const bool to_us = NamesParty(a.recipients, programme.sender) ||
                     NamesParty(a.recipients, programme.seller) ||
                     NamesParty(a.recipients, programme.name);
  const bool named = need.recipient.empty() ? to_us : NamesParty(a.recipients, need.recipient);
  if (!a.recipients.empty() && !named) return false;
  if (!a.purposes.empty() &&
      std::none_of(a.purposes.begin(), a.purposes.end(),
                   [&](const std::string& purpose) { return Covers(purpose, need.purpose); })) {
    return false;
  }
  if (!a.seller.empty() && !SameName(a.seller, programme.seller)) return false;
  if (!a.channels.empty() && context.request.channel &&
      !Contains(a.channels, fhir::Code(*context.request.channel))) {
    return false;
  }
  for (const DescribedProduct& described : context.content.products) {
    if (!Reaches(a, programme, described)) return false;
  }
  return true;
}

// What every authorization on file is asked, made ready once.
struct Question {
  const EvaluationContext& context;
  const AuthorizationNeed& need;
  Access access;
  std::vector<const AuthorizationFacts*> revoked;  // by now

  Question(const EvaluationContext& facts, const AuthorizationNeed& asked)
      : context(facts), need(asked), access(AccessOf(facts, {std::string(asked.purpose)})) {
    for (const AuthorizationFacts& a : facts.authorizations) {
      const bool ended = a.revoked_at && *a.revoked_at <= facts.now;
      if (ended && a.status != ConsentStatus::kEnteredInError) revoked.push_back(&a);
    }
  }
};

// The same Consent read as one of any kind; null where it decides nothing. Authorizations stand in
// the order of the consents: the record of the next one is mostly the next.
class Records {
 public:
  explicit Records(const std::vector<ConsentFacts>& consents)
      : consents_(consents), next_(consents.begin()) {}
  const ConsentFacts* Of(const AuthorizationFacts& a) {
    if (next_ == consents_.end() || next_->reference != a.reference) {
      next_ = std::lower_bound(consents_.begin(), consents_.end(), a.reference,
                               [](const ConsentFacts& each, const std::string& wanted) {
                                 return each.reference < wanted;
                               });
    }
    if (next_ == consents_.end() || next_->reference != a.reference) return nullptr;
    return &*next_++;
  }

 private:
  const std::vector<ConsentFacts>& consents_;
  std::vector<ConsentFacts>::const_iterator next_;
};

// V18: the provisions bind as the document does: actors, periods, data, exceptions.
bool ProvisionsReach(const ConsentFacts* record, const Question& question) {
  return record != nullptr && ProvisionsPermit(*record, question.access, question.need.purpose);
}

// V21: a revocation ends what was signed before it, and what nobody knows to be signed after it.
bool SignedBeforeRevocation(const AuthorizationFacts& a, const Question& question) {
  return std::any_of(
      question.revoked.begin(), question.revoked.end(), [&](const AuthorizationFacts* other) {
        const bool same_seller =
            a.seller.empty() || other->seller.empty() || SameName(a.seller, other->seller);
        return same_seller && a.signed_at &&
               (*a.signed_at <= *other->revoked_at ||
                *a.signed_at < other->revoked_until.value_or(*other->revoked_at));
      });
}

AuthorizationCheck Ask(const Question& question, const AuthorizationFacts& a, Records& records) {
  const EvaluationContext& context = question.context;
  const AuthorizationNeed& need = question.need;
  Verdict verdict(*context.policy);
  if (a.status == ConsentStatus::kInactive || (a.revoked_at && *a.revoked_at <= context.now)) {
    verdict.Invalid("V19", "revoked");
    return std::move(verdict).Done();
  }
  if (a.status != ConsentStatus::kActive) {
    verdict.Invalid("V6", "not-in-force");
    return std::move(verdict).Done();
  }
  if (a.unusable) verdict.Invalid("G5", "unusable");
  verdict.Take(CheckDate(a, context));
  verdict.Take(CheckEvent(a, context, need));
  CheckForm(a, context, need, verdict);
  if (!InScope(a, context, need)) verdict.Invalid("V18", "out-of-scope");
  if (SignedBeforeRevocation(a, question)) verdict.Invalid("V21", "revoked");
  if (verdict.stands() && !ProvisionsReach(records.Of(a), question))
    verdict.Invalid("V18", "out-of-scope");
  return std::move(verdict).Done();
}

}  // namespace

AuthorizationCheck Check(const AuthorizationFacts& a, const EvaluationContext& context,
                         const AuthorizationNeed& need) {
  Records records(context.consents);
  return Ask(Question(context, need), a, records);
}

bool RequireAuthorization(const EvaluationContext& context, const AuthorizationNeed& need,
                          Findings& findings) {
  // Closest: valid, else for a person, else in force with the fewest defects; ties by reference.
  const auto distance = [](const AuthorizationFacts& a, const AuthorizationCheck& check) {
    return std::tuple(check.result, a.status == ConsentStatus::kActive ? 0 : 1, check.rules.size());
  };
  const Question question(context, need);
  Records records(context.consents);
  const AuthorizationFacts* closest = nullptr;
  AuthorizationCheck best;
  for (const AuthorizationFacts& a : context.authorizations) {
    if (a.status == ConsentStatus::kEnteredInError) {
      findings.Consider(a.reference, "authorization", "entered-in-error");
      continue;
    }
    AuthorizationCheck check = Ask(question, a, records);
    findings.Consider(a.reference, "authorization", check.word, check.rules);
    if (a.status == ConsentStatus::kNotInForce) continue;
    if (closest == nullptr || distance(a, check) < distance(*closest, best)) {
      closest = &a;
      best = std::move(check);
    }
  }
  if (closest == nullptr) {
    findings.Deny(need.missing);
    return false;
  }
  if (best.result == AuthorizationResult::kValid) {
    findings.Permit("A.5");
    for (const std::string& rule : best.relaxed) findings.Deny(rule);  // relaxed: it only warns
    if (closest->signed_for_minor && context.patient.age == Age::kAdult) findings.Permit("P4");
    return true;
  }
  for (const std::string& rule : best.rules) {
    findings.Add(rule,
                 best.result == AuthorizationResult::kInvalid ? Outcome::kDeny : Outcome::kReview);
  }
  return false;
}

}  // namespace consent
