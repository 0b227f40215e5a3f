// A.4 to A.7: marketing that needs no authorization, and whether one on file is valid for this.
#include <optional>

#include "tests/consent/oracle_parts.h"

namespace consent::testing::oracle {
namespace {

using fhir::Channel;
using std::chrono::hours;

// What speaks against one authorization: rules that make it invalid, rules for a person to look at.
struct Defects {
  std::set<std::string> invalid;
  std::set<std::string> review;
};

// V5, V16, V17, A.6(i): its end.
void End(const Facts& x, const AuthorizationFacts& a, Defects& d) {
  if (a.event_occurred && *a.event_occurred <= x.now) d.invalid.insert("A.6(i)");
  if (a.end_unreadable) d.invalid.insert("V5");
  if (a.period && !a.period->Surely(x.now)) {
    d.invalid.insert(a.period->Possibly(x.now) ? "V17" : "A.6(i)");
  }
  const std::string& event = a.expiration_event;
  if (event.empty()) {
    if (!a.has_end) d.invalid.insert("V5");
    return;
  }
  const bool looked_at = a.event_reviewed && *a.event_reviewed <= x.now &&
                         x.now - *a.event_reviewed <= hours{24 * 365};
  if (event == "none") {  // suffices only for research
    if (!a.has_end) d.invalid.insert("V5");
  } else if (event == "programme exit") {
    if (x.stay == ProgrammeStay::kLeft) d.invalid.insert("V16");
    if (x.stay == ProgrammeStay::kUnknown && !looked_at) d.review.insert("V16");
  } else if (event == "end of therapy") {
    const bool taken = std::any_of(x.therapies.begin(), x.therapies.end(), [&](const Therapy& t) {
      const bool its = a.products.empty() ||
                       std::any_of(t.codings.begin(), t.codings.end(),
                                   [&](const Coding& each) { return In(each, a.products); });
      return its && t.current.Surely(x.now);
    });
    if (!taken) d.invalid.insert("V16");
  } else if (!looked_at) {
    d.review.insert("V16");
  }
}

// V1 to V15: what it must contain and how it came to be. No purpose asked for here is research.
void Form(const Facts& x, const AuthorizationFacts& a, bool marketing, bool remunerated,
          Defects& d) {
  if (!a.has_information) d.invalid.insert("V1");
  if (a.disclosers.empty()) d.invalid.insert("V2");
  if (a.recipients.empty()) d.invalid.insert("V3");
  const bool at_request = Has(a.purposes, "PATRQT") && !a.individual_initiated;
  if (a.purposes.empty() || at_request) d.invalid.insert("V4");
  if (!a.signed_at || *a.signed_at > x.now || !a.signer_known ||
      (a.signer_is_representative && !a.authority_described)) {
    d.invalid.insert("V6");
  }
  if (a.verification_failed) d.review.insert("V6");
  if (!Has(a.statements, "right-to-revoke")) d.invalid.insert("V7");
  if (!Has(a.statements, "conditioning")) d.invalid.insert("V8");
  if (!Has(a.statements, "redisclosure")) d.invalid.insert("V9");
  if (marketing && remunerated && !Has(a.statements, "remuneration")) d.invalid.insert("V10");
  // 508(b)(1) asks for (c)(1) and (c)(2); plain language (c)(3) and the copy (c)(4) are duties.
  if (a.not_plain) d.review.insert("V12");
  if (a.copy_withheld) d.review.insert("V13");
  // (b)(3): research with research, notes of psychotherapy with their like, authorizations with
  // their like unless one of them is a condition.
  const bool may_combine =
      (a.compound_exemption == "authorizations" && !a.conditioned) ||
      (a.compound_exemption == "psychotherapy-notes" && Has(x.content.labels, "PSYTHPN"));
  if (a.compound && !may_combine) (a.separately_signed ? d.review : d.invalid).insert("V14");
  if (a.conditioned && !UnderHipaaLaw(x.programme)) d.review.insert("V15");
  // (b)(4): research, a plan's enrolment, data made for a third party: none of them is marketing.
  const bool may_condition =
      !marketing &&
      (a.conditioned_exemption == "third-party" ||
       (a.conditioned_exemption == "enrolment" && x.programme.regime == Regime::kCePlan));
  if (a.conditioned && UnderHipaaLaw(x.programme) && !may_condition) d.invalid.insert("V15");
  if (a.known_false) d.invalid.insert("A.6(v)");
}

// V18: brand or class, purpose, recipient, channel, seller, and the provisions of the document.
bool Within(const Facts& x, const AuthorizationFacts& a, const std::string& purpose) {
  const Programme& programme = x.programme;
  const bool to_us = std::any_of(a.recipients.begin(), a.recipients.end(), [&](const auto& who) {
    return who == programme.sender || who == programme.seller || who == programme.name;
  });
  const bool for_this = std::any_of(a.purposes.begin(), a.purposes.end(), [&](const auto& each) {
    return SelfOrAncestor(each, purpose);
  });
  if (!to_us || !for_this) return false;
  for (const DescribedProduct& product : x.content.products) {
    bool covered = std::any_of(product.codings.begin(), product.codings.end(),
                               [&](const Coding& each) { return In(each, a.products); });
    if (product.catalogue >= 0) {
      const Product& listed = programme.products[static_cast<size_t>(product.catalogue)];
      covered = covered || Has(a.product_classes, listed.maker);
      for (const std::string& each : listed.classes) {
        covered = covered || Has(a.product_classes, each);
      }
      // A form of the seller that names no product is about those of the seller.
      covered = covered || (a.products.empty() && a.product_classes.empty() &&
                            listed.maker == programme.seller);
    }
    if (!covered) return false;
  }
  if (!a.channels.empty() && !Has(a.channels, std::string(fhir::Code(*x.request.channel)))) {
    return false;
  }
  if (!a.seller.empty() && a.seller != programme.seller) return false;
  for (const ConsentFacts& document : x.consents) {
    if (document.reference != a.reference) continue;
    return Tree(document, DataOf(x, {purpose}), purpose) == Answer::kPermit;
  }
  return false;
}

Defects DefectsOf(const Facts& x, const AuthorizationFacts& a, const std::string& purpose,
                  bool remunerated) {
  Defects d;
  const bool marketing = purpose == "HMARKT";
  if (a.status == ConsentStatus::kInactive || (a.revoked_at && *a.revoked_at <= x.now)) {
    d.invalid.insert("V19");
  } else if (a.status != ConsentStatus::kActive) {
    d.invalid.insert("V6");
  }
  if (a.unusable) d.invalid.insert("G5");
  // V21: only what was signed after a revocation outlives it; of the same seller.
  for (const AuthorizationFacts& other : x.authorizations) {
    const bool ours = a.seller.empty() || other.seller.empty() || a.seller == other.seller;
    if (&other == &a || !ours || !other.revoked_at || *other.revoked_at > x.now) continue;
    if (other.status == ConsentStatus::kEnteredInError) continue;
    if (!a.signed_at || *a.signed_at <= *other.revoked_at) d.invalid.insert("V21");
  }
  End(x, a, d);
  Form(x, a, marketing, remunerated, d);
  if (!Within(x, a, purpose)) d.invalid.insert("V18");
  return d;
}

// M14: every part a gift of the covered entity, a thing, together within the cap.
bool NominalGift(const Facts& x) {
  const auto& gifts = x.content.gifts;
  if (gifts.size() != x.content.modules.size() || !UnderHipaaLaw(x.programme)) return false;
  if (!In(*x.request.channel, {Channel::kMail, Channel::kInPerson})) return false;
  int64_t together = 0;
  for (const GiftFacts& gift : gifts) {
    const bool own = gift.giver.empty() || gift.giver == x.programme.sender;
    if (gift.cash || !own || !gift.value_micros) return false;
    together += *gift.value_micros;
  }
  return together <= x.policy->classification.nominal_gift_micros;
}

}  // namespace

void Authorization(const Facts& x, const std::string& purpose, bool remunerated, Verdict& verdict) {
  bool any = false;
  bool for_a_person = false;
  std::set<std::string> against;
  for (const AuthorizationFacts& each : x.authorizations) {
    const Defects d = DefectsOf(x, each, purpose, remunerated);
    if (d.invalid.empty() && d.review.empty()) return verdict.Permit("A.5");
    for_a_person = for_a_person || d.invalid.empty();
    any = any || (each.status != ConsentStatus::kEnteredInError &&
                  each.status != ConsentStatus::kNotInForce);
    against.insert(d.invalid.begin(), d.invalid.end());
    against.insert(d.review.begin(), d.review.end());
  }
  if (!any) against = {purpose == "HMARKT" ? "A.4" : "C7"};
  for (const std::string& rule : against) {
    verdict.Says(rule, for_a_person ? Outcome::kReview : Outcome::kDeny);
  }
}

void Marketing(const Facts& x, bool remunerated, Verdict& verdict) {
  const bool hipaa = UnderHipaaLaw(x.programme);
  const Channel channel = *x.request.channel;
  if (!x.content.gifts.empty() && NominalGift(x)) return verdict.Permit("M14");
  if (channel == Channel::kInPerson && hipaa && x.request.met_in_person) {
    return verdict.Permit("M12");
  }
  Verdict authorized(MessageClass::kMarketing);
  Authorization(x, "HMARKT", remunerated, authorized);
  if (authorized.outcome != Outcome::kPermit) {
    // M12: whether a video visit is face to face is for a person to say.
    if (channel == Channel::kVideo && hipaa) return verdict.Review("M12");
    // The exception that was claimed does not hold: the authorization alone governs (M13).
    if (!x.content.gifts.empty()) verdict.Says("M14", authorized.outcome);
    if (channel == Channel::kInPerson) verdict.Says(hipaa ? "M12" : "M13", authorized.outcome);
  }
  for (const auto& [rule, effect] : authorized.rules) verdict.Says(rule, effect);
}

}  // namespace consent::testing::oracle
