#include "consent/classify.h"

#include <algorithm>

#include "consent/lexicon.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

const Product* Entry(const Programme& programme, int catalogue) {
  return catalogue < 0 ? nullptr : &programme.products[static_cast<size_t>(catalogue)];
}

bool SharesCoding(const std::vector<Coding>& a, const std::vector<Coding>& b) {
  return std::any_of(a.begin(), a.end(), [&](const Coding& each) { return Contains(b, each); });
}

ProductMatch MatchTo(const Programme& programme, const DescribedProduct& described,
                     const Therapy& therapy) {
  if (SharesCoding(described.codings, therapy.codings)) return ProductMatch::kCurrent;
  const Product* product = Entry(programme, described.catalogue);
  if (product == nullptr) return ProductMatch::kOther;
  const Product* prescribed = Entry(programme, therapy.catalogue);
  const bool self_administered =
      prescribed == nullptr || prescribed->administered_by != "clinician";
  if (product->kind == "delivery-system" && self_administered) {
    for (const Coding& coding : therapy.codings) {
      if (Contains(product->delivery_for, coding.code)) return ProductMatch::kDeliverySystem;
    }
  }
  // A new formulation is outside (2)(i) even as a generic, and so is one that nobody has told us.
  if (prescribed != nullptr && product->generic &&
      SameName(product->ingredient, prescribed->ingredient) &&
      SameName(product->formulation, prescribed->formulation)) {
    return ProductMatch::kGeneric;
  }
  return ProductMatch::kOther;
}

// "Aurora Pharma, Inc." as "aurora pharma": how a party signs says nothing of who it is.
std::string PartyKey(std::string_view name) {
  std::string_view plain = Trim(name);
  while (WithoutLegalForm(plain).size() < plain.size()) plain = WithoutLegalForm(plain);
  std::string key;
  for (const std::string& word : WordsOf(plain)) key += word + ' ';
  return key;
}

bool SameParty(std::string_view a, std::string_view b) {
  const std::string key = PartyKey(a);
  return !key.empty() && key == PartyKey(b);
}

// M1: whether this party's product or service is described.
bool IsDescribed(const EvaluationContext& context, const std::string& party) {
  const Programme& programme = context.programme;
  if (SameName(party, programme.sender)) return false;
  if (SameParty(party, programme.seller)) return true;
  if (context.content.products.empty()) return true;
  for (const DescribedProduct& described : context.content.products) {
    const Product* product = Entry(programme, described.catalogue);
    if (product == nullptr || product->maker.empty() || SameParty(product->maker, party)) {
      return true;
    }
  }
  return false;
}

// Paid by a third party whose product is described, or on its behalf by anybody.
bool FromThirdParty(const EvaluationContext& context, const FundingFacts& funding) {
  return IsDescribed(context, funding.payer) ||
         (!funding.for_whom.empty() && IsDescribed(context, funding.for_whom));
}

struct Remuneration {
  bool any = false;
  bool unknown = false;          // M6
  bool paid = false;             // by a known third party
  bool aside = false;            // M1: a payment that does not count
  bool within_exception = true;  // cost or fair market value (2)(i)
  bool no_worksheet = false;     // M11
};

Remuneration Judge(const EvaluationContext& context) {
  Remuneration result;
  int64_t to_ce = 0;
  std::optional<int64_t> cost;
  std::string currency;
  const auto outside = [&] { result.within_exception = false; };
  if (context.content.funding.empty()) {
    result.any = result.unknown = true;
    outside();
  }
  for (const FundingFacts& funding : context.content.funding) {
    if (funding.form == FundingFacts::Form::kNone) continue;
    if (funding.form == FundingFacts::Form::kInKind) {
      result.aside = true;
      continue;
    }
    const bool unknown = funding.form == FundingFacts::Form::kUnknown || funding.payer.empty();
    if (!unknown && !FromThirdParty(context, funding)) {
      result.aside = true;
      continue;
    }
    result.any = true;
    if (unknown) {
      result.unknown = true;
      outside();
      continue;
    }
    result.paid = true;
    if (funding.payee == FundingFacts::Payee::kBa) {
      if (!funding.fair_market_value) outside();
    } else if (funding.payee == FundingFacts::Payee::kCe) {
      if (!funding.has_worksheet) result.no_worksheet = true;
      const bool documented = funding.has_worksheet && funding.same_currency &&
                              funding.amount_micros && *funding.amount_micros >= 0 &&
                              funding.cost_micros;
      // Payments in two currencies have no sum.
      const bool adds_up = currency.empty() || currency == funding.currency;
      currency = funding.currency;
      if (!documented || !adds_up || funding.volume_contingent) {
        outside();
      } else {
        to_ce += *funding.amount_micros;
        cost = std::min(cost.value_or(*funding.cost_micros), *funding.cost_micros);
      }
    } else {
      result.unknown = true;
      outside();
    }
  }
  if (cost && to_ce > *cost) outside();
  return result;
}

bool ForPurpose(const EvaluationContext& context, std::string_view wide) {
  const auto& purposes = context.request.purposes;
  return !purposes.empty() && std::all_of(purposes.begin(), purposes.end(),
                                          [&](const auto& each) { return Covers(wide, each); });
}

bool InOwnPlan(const EvaluationContext& context) {
  return std::all_of(context.content.products.begin(), context.content.products.end(),
                     [&](const DescribedProduct& described) {
                       const Product* product = Entry(context.programme, described.catalogue);
                       return product != nullptr && product->kind == "service" &&
                              SameName(product->maker, context.programme.sender);
                     });
}

// M5: the purposes of (2)(ii), open because nobody pays.
MessageClass WithoutPayment(const EvaluationContext& context, Findings& findings) {
  const Programme& programme = context.programme;
  const bool provider = ActsAs(programme, Regime::kCeProvider);
  const bool plan = ActsAs(programme, Regime::kCePlan);
  findings.Permit("M5");
  if (provider && ForPurpose(context, "TREAT")) return MessageClass::kTreatment;
  if (plan && !context.content.products.empty() && InOwnPlan(context)) {
    return MessageClass::kPlanBenefit;
  }
  if ((provider || plan) && (ForPurpose(context, "HOPERAT") || ForPurpose(context, "COC"))) {
    return MessageClass::kOperations;
  }
  return MessageClass::kMarketing;
}

bool OnlyApproved(const ContentFacts& content, ModuleKind kind) {
  return !content.modules.empty() &&
         std::all_of(content.modules.begin(), content.modules.end(),
                     [&](const ModuleFacts& m) { return m.approved && m.kind == kind; });
}

void ConsiderSources(const EvaluationContext& context, Findings& findings) {
  for (const ModuleFacts& m : context.content.modules) {
    findings.Consider(m.reference, "module", m.approved ? "approved" : "not-approved", {"CM1"});
  }
  for (const FundingFacts& funding : context.content.funding) {
    const bool nothing =
        funding.form == FundingFacts::Form::kNone || funding.form == FundingFacts::Form::kInKind;
    const bool unknown = funding.form == FundingFacts::Form::kUnknown || funding.payer.empty();
    findings.Consider(funding.reference, "funding",
                      nothing ? "no-remuneration" : (unknown ? "unknown" : "paid"), {"M1"});
  }
}

}  // namespace

bool UnderHipaa(const Programme& programme) {
  return programme.regime != Regime::kManufacturer && programme.regime != Regime::kHubNonHipaa;
}

bool ActsAs(const Programme& programme, Regime regime) {
  if (programme.regime == regime) return true;
  const bool associate =
      programme.regime == Regime::kBaOf || programme.regime == Regime::kSubcontractorBa;
  return associate && programme.acts_for == regime;
}

ProductMatch Match(const EvaluationContext& context, const DescribedProduct& product) {
  bool lapsed = false;
  for (const Therapy& therapy : context.therapies) {
    const ProductMatch match = MatchTo(context.programme, product, therapy);
    if (match == ProductMatch::kOther) continue;
    if (therapy.current.Surely(context.now)) return match;
    // M2: what has lapsed is a reason to speak of itself, not of its generic or its device.
    lapsed = lapsed || (match == ProductMatch::kCurrent && therapy.lapsed.Surely(context.now));
  }
  return lapsed ? ProductMatch::kLapsed : ProductMatch::kOther;
}

namespace {

void Explain(const Remuneration& remuneration, Findings& findings) {
  if (remuneration.unknown) findings.Permit("M6");
  if (remuneration.aside) findings.Permit("M1");
}

// M4, M7: whether a product that is not prescribed is described and somebody pays for that.
bool SpeaksForAPayer(const EvaluationContext& context) {
  const auto& products = context.content.products;
  return Judge(context).paid &&
         std::any_of(products.begin(), products.end(), [&](const DescribedProduct& product) {
           return Match(context, product) == ProductMatch::kOther;
         });
}

Classification FromContent(const EvaluationContext& context, Findings& findings) {
  const ContentFacts& content = context.content;
  // Who says it is marketing is believed (C2, CM3).
  const bool hmarkt = Contains(context.request.purposes, "HMARKT");
  if (hmarkt || !context.request.named_purposes.empty()) {
    const Remuneration remuneration = Judge(context);
    if (hmarkt) findings.Permit("C2");
    Explain(remuneration, findings);
    return {MessageClass::kMarketing, remuneration.any};
  }
  // A recall or a safety alert is SAFETY only in approved words that sell nothing (M0, B1-20).
  if (OnlyApproved(content, ModuleKind::kSafety) && !content.call_to_purchase &&
      !SpeaksForAPayer(context)) {
    findings.Permit("M0");
    return {MessageClass::kSafety, false};
  }
  if (content.products.empty() && !content.call_to_purchase) {
    findings.Permit("M0");
    const bool admin = OnlyApproved(content, ModuleKind::kAdministrative);
    return {admin ? MessageClass::kAdministrative : MessageClass::kGeneral, false};
  }
  size_t others = content.products.empty() ? 1 : 0;  // a call to buy something we do not know (M6)
  bool lapsed = false;
  for (const DescribedProduct& product : content.products) {
    const ProductMatch match = Match(context, product);
    if (match == ProductMatch::kOther) {
      ++others;
      if (product.catalogue < 0) findings.Permit("M2");
    }
    lapsed = lapsed || match == ProductMatch::kLapsed;
  }
  const Remuneration remuneration = Judge(context);
  Explain(remuneration, findings);
  if (others == 0) {
    if (lapsed) findings.Permit("M10");
    if (remuneration.no_worksheet) findings.Permit("M11");
    findings.Permit("M3");
    const bool inside = !remuneration.any || remuneration.within_exception;
    return {inside ? MessageClass::kRefillReminder : MessageClass::kMarketing, remuneration.any};
  }
  if (others < content.products.size()) findings.Permit("M7");
  if (remuneration.any) {
    findings.Permit("M4");
    return {MessageClass::kMarketing, true};
  }
  return {WithoutPayment(context, findings), false};
}

}  // namespace

Classification Classify(const EvaluationContext& context, Findings& findings) {
  ConsiderSources(context, findings);
  const Classification classification = FromContent(context, findings);
  const bool marketing = classification.message_class == MessageClass::kMarketing;
  if (marketing && !context.request.categories.empty()) findings.Permit("M8");
  return classification;
}

}  // namespace consent
