#include "consent/authorization.h"

#include <algorithm>

#include "consent/classify.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

// Gathers what speaks against one authorization.
class Verdict {
 public:
  void Invalid(std::string_view rule, std::string_view word) {
    Note(rule);
    if (check_.result != AuthorizationResult::kInvalid) check_.word = word;
    check_.result = AuthorizationResult::kInvalid;
  }
  void Review(std::string_view rule) {
    Note(rule);
    if (check_.result == AuthorizationResult::kValid) {
      check_.result = AuthorizationResult::kReview;
      check_.word = "review";
    }
  }
  AuthorizationCheck Done() && {
    std::sort(check_.rules.begin(), check_.rules.end());
    return std::move(check_);
  }

 private:
  void Note(std::string_view rule) {
    if (!Contains(check_.rules, rule)) check_.rules.emplace_back(rule);
  }
  AuthorizationCheck check_;
};

bool Names(const std::vector<std::string>& parties, std::string_view name) {
  const std::string wanted = Lower(Trim(name));
  if (wanted.empty()) return false;
  return std::any_of(parties.begin(), parties.end(), [&](const std::string& party) {
    return Lower(party).find(wanted) != std::string::npos;
  });
}

bool Says(const AuthorizationFacts& authorization, std::string_view statement) {
  return Contains(authorization.statements, statement);
}

// V5, V16, A.6(i): an end there must be, and it must lie ahead.
void CheckExpiry(const AuthorizationFacts& a, const EvaluationContext& context,
                 const AuthorizationNeed& need, Verdict& verdict) {
  const std::string event = Lower(a.expiration_event);
  const bool open_ended =
      event == "none" || event == "end of research study" || event == "end of the research study";
  if (a.period && !a.period->Surely(context.now)) {
    // Partial dates count to the end of the patient's day (V17).
    const bool over = context.now >= a.period->sure.end;
    verdict.Invalid(over ? "A.6(i)" : "V18", over ? "expired" : "not-yet");
  }
  if (a.has_end) return;
  if (event.empty()) return verdict.Invalid("V5", "defective");
  if (open_ended) {
    if (!Covers("HRESCH", need.purpose)) verdict.Invalid("V5", "defective");
    return;
  }
  if (event == "therapy discontinued" || event == "therapy-discontinued") {
    const bool on_therapy =
        std::any_of(context.therapies.begin(), context.therapies.end(), [&](const Therapy& t) {
          const bool named = a.products.empty() ||
                             std::any_of(t.codings.begin(), t.codings.end(),
                                         [&](const Coding& c) { return Contains(a.products, c); });
          return named && t.current.Surely(context.now);
        });
    if (!on_therapy) verdict.Invalid("V16", "expired");
    return;
  }
  verdict.Review("V16");
}

void CheckForm(const AuthorizationFacts& a, const EvaluationContext& context,
               const AuthorizationNeed& need, Verdict& verdict) {
  if (!a.has_information) verdict.Invalid("V1", "defective");
  if (a.disclosers.empty()) verdict.Invalid("V2", "defective");
  if (a.recipients.empty()) verdict.Invalid("V3", "defective");
  if (a.purposes.empty()) verdict.Invalid("V4", "defective");
  const bool signed_now = a.signed_at && *a.signed_at <= context.now && a.signer_known;
  const bool by_whom = !a.signer_is_representative || a.authority_described;
  if (!signed_now || !by_whom) verdict.Invalid("V6", "defective");
  if (signed_now && a.verification_failed) verdict.Review("V6");
  if (!Says(a, "right-to-revoke")) verdict.Invalid("V7", "defective");
  if (!Says(a, "conditioning")) verdict.Invalid("V8", "defective");
  if (!Says(a, "redisclosure")) verdict.Invalid("V9", "defective");
  if (need.marketing && need.remunerated && !Says(a, "remuneration")) {
    verdict.Invalid("V10", "defective");
  }
  if (need.sale && !Says(a, "sale-remuneration")) verdict.Invalid("V11", "defective");
  if (a.copy_withheld) verdict.Review("V13");
  if (a.compound) verdict.Invalid("V14", "defective");
  if (a.conditioned) {
    // (b)(4) binds covered entities; a manufacturer's own programme is not one.
    if (UnderHipaa(context.programme)) {
      verdict.Invalid("V15", "defective");
    } else {
      verdict.Review("V15");
    }
  }
  if (a.known_false) verdict.Invalid("A.6(v)", "defective");
}

// V18: what the document limits itself to.
bool InScope(const AuthorizationFacts& a, const EvaluationContext& context,
             const AuthorizationNeed& need) {
  const Programme& programme = context.programme;
  const bool to_us = Names(a.recipients, programme.sender) ||
                     Names(a.recipients, programme.seller) || Names(a.recipients, programme.name);
  const bool named = need.recipient.empty() ? to_us : Names(a.recipients, need.recipient);
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
    if (a.products.empty()) {
      // No brand named: any product of the seller.
      if (described.catalogue < 0) return false;
      const Product& product = programme.products[static_cast<size_t>(described.catalogue)];
      if (!SameName(product.maker, programme.seller)) return false;
    } else if (std::none_of(described.codings.begin(), described.codings.end(),
                            [&](const Coding& c) { return Contains(a.products, c); })) {
      return false;
    }
  }
  return true;
}

// V21: a revocation ends what was signed before it.
bool SignedBeforeRevocation(const AuthorizationFacts& a, const EvaluationContext& context) {
  return std::any_of(context.authorizations.begin(), context.authorizations.end(),
                     [&](const AuthorizationFacts& other) {
                       const bool same_seller = a.seller.empty() || other.seller.empty() ||
                                                SameName(a.seller, other.seller);
                       return other.status == ConsentStatus::kInactive && other.revoked_at &&
                              same_seller && a.signed_at && *a.signed_at < *other.revoked_at;
                     });
}

}  // namespace

AuthorizationCheck Check(const AuthorizationFacts& a, const EvaluationContext& context,
                         const AuthorizationNeed& need) {
  Verdict verdict;
  if (a.status == ConsentStatus::kInactive || (a.revoked_at && *a.revoked_at <= context.now)) {
    verdict.Invalid("V19", "revoked");
    return std::move(verdict).Done();
  }
  if (a.status != ConsentStatus::kActive) {
    verdict.Invalid("V6", "not-in-force");
    return std::move(verdict).Done();
  }
  if (a.unusable) verdict.Invalid("G5", "unusable");
  CheckExpiry(a, context, need, verdict);
  CheckForm(a, context, need, verdict);
  if (!InScope(a, context, need)) verdict.Invalid("V18", "out-of-scope");
  if (SignedBeforeRevocation(a, context)) verdict.Invalid("V21", "revoked");
  return std::move(verdict).Done();
}

bool RequireAuthorization(const EvaluationContext& context, const AuthorizationNeed& need,
                          Findings& findings) {
  // Closest: valid, else for a person, else in force with the fewest defects; ties by reference.
  const auto distance = [](const AuthorizationFacts& a, const AuthorizationCheck& check) {
    return std::tuple(check.result, a.status == ConsentStatus::kActive ? 0 : 1, check.rules.size());
  };
  const AuthorizationFacts* closest = nullptr;
  AuthorizationCheck best;
  for (const AuthorizationFacts& a : context.authorizations) {
    if (a.status == ConsentStatus::kEnteredInError) {
      findings.Consider(a.reference, "authorization", "entered-in-error");
      continue;
    }
    AuthorizationCheck check = Check(a, context, need);
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
    return true;
  }
  for (const std::string& rule : best.rules) {
    findings.Add(rule,
                 best.result == AuthorizationResult::kInvalid ? Outcome::kDeny : Outcome::kReview);
  }
  return false;
}

}  // namespace consent
