// A.1 to A.3: what kind of message it is.
#include <optional>

#include "tests/consent/oracle_parts.h"

namespace consent::testing::oracle {
namespace {

const Product* Listed(const Programme& programme, const DescribedProduct& product) {
  return product.catalogue < 0 ? nullptr
                               : &programme.products[static_cast<size_t>(product.catalogue)];
}

// M1: a party whose product is described. What is not known of a product counts as the party's.
bool IsDescribed(const Facts& x, const std::string& party) {
  if (party.empty() || party == x.programme.sender) return false;
  if (party == x.programme.seller || x.content.products.empty()) return true;
  return std::any_of(x.content.products.begin(), x.content.products.end(), [&](const auto& each) {
    const Product* listed = Listed(x.programme, each);
    return listed == nullptr || listed->maker.empty() || listed->maker == party;
  });
}

bool Unknown(const FundingFacts& funding) {
  return funding.form == FundingFacts::Form::kUnknown || funding.payer.empty();
}

// M1, M6: whether this payment, or what is not known of it, counts as financial remuneration.
bool Remunerates(const Facts& x, const FundingFacts& funding) {
  if (funding.form == FundingFacts::Form::kNone || funding.form == FundingFacts::Form::kInKind) {
    return false;
  }
  return Unknown(funding) || IsDescribed(x, funding.payer) || IsDescribed(x, funding.for_whom);
}

// M3, A.3: all payments together no more than the cost, or fair market value for an associate.
bool WithinCost(const std::vector<FundingFacts>& payments) {
  int64_t paid = 0;
  std::optional<int64_t> cost;
  std::set<std::string> currencies;
  for (const FundingFacts& each : payments) {
    if (Unknown(each) || each.payee == FundingFacts::Payee::kUnknown) return false;  // M6
    if (each.payee == FundingFacts::Payee::kBa) {
      if (!each.fair_market_value) return false;
      continue;
    }
    const bool documented =
        each.has_worksheet && each.amount_micros && each.cost_micros && each.same_currency;
    if (!documented || each.volume_contingent) return false;  // M11
    paid += *each.amount_micros;
    cost = std::min(cost.value_or(*each.cost_micros), *each.cost_micros);
    currencies.insert(each.currency);
  }
  return currencies.size() <= 1 && (!cost || paid <= *cost);
}

// M2: currently prescribed, its generic, its delivery system, or itself lapsed within 90 days.
bool WithinRefill(const Facts& x, const DescribedProduct& product, std::set<std::string>& rules) {
  const Product* described = Listed(x.programme, product);
  for (const Therapy& therapy : x.therapies) {
    const bool same = std::any_of(product.codings.begin(), product.codings.end(),
                                  [&](const Coding& each) { return In(each, therapy.codings); });
    const bool lapsed = therapy.lapsed.Surely(x.now);
    if (same && lapsed) rules.insert("M10");
    if (same && (therapy.current.Surely(x.now) || lapsed)) return true;
    if (described == nullptr || therapy.catalogue < 0 || !therapy.current.Surely(x.now)) continue;
    const Product& taken = x.programme.products[static_cast<size_t>(therapy.catalogue)];
    const bool generic = described->generic && !described->ingredient.empty() &&
                         described->ingredient == taken.ingredient &&
                         !described->formulation.empty() &&
                         described->formulation == taken.formulation;
    const bool delivers = described->kind == "delivery-system" &&
                          Has(described->delivery_for, taken.code) &&
                          (taken.administered_by.empty() || taken.administered_by == "patient");
    if (generic || delivers) return true;
  }
  return false;
}

bool AllFor(const Facts& x, const std::string& purpose) {
  const auto& all = x.request.purposes;
  return !all.empty() && std::all_of(all.begin(), all.end(), [&](const std::string& each) {
    return SelfOrAncestor(purpose, each);
  });
}

// M5: in the plan of benefits of the plan that sends.
bool OwnBenefits(const Facts& x) {
  const auto& all = x.content.products;
  return !all.empty() && std::all_of(all.begin(), all.end(), [&](const auto& each) {
    const Product* listed = Listed(x.programme, each);
    return listed != nullptr && listed->kind == "service" && listed->maker == x.programme.sender;
  });
}

MessageClass Unremunerated(const Facts& x) {
  const bool provider = ActsFor(x.programme, Regime::kCeProvider);
  const bool plan = ActsFor(x.programme, Regime::kCePlan);
  if (provider && AllFor(x, "TREAT")) return MessageClass::kTreatment;
  if (plan && OwnBenefits(x)) return MessageClass::kPlanBenefit;
  if ((provider || plan) && (AllFor(x, "HOPERAT") || AllFor(x, "COC"))) {
    return MessageClass::kOperations;
  }
  return MessageClass::kMarketing;
}

bool All(const Facts& x, ModuleKind kind) {
  const auto& modules = x.content.modules;
  return !modules.empty() && std::all_of(modules.begin(), modules.end(), [&](const auto& each) {
    return each.approved && each.kind == kind;
  });
}

}  // namespace

Class ClassOf(const Facts& x, std::set<std::string>& rules) {
  std::vector<FundingFacts> payments;
  for (const FundingFacts& funding : x.content.funding) {
    if (Remunerates(x, funding)) payments.push_back(funding);
  }
  const bool remunerated = !payments.empty() || x.content.funding.empty();  // M6
  if (Has(x.request.purposes, "HMARKT")) {
    rules.insert("C2");
    return {MessageClass::kMarketing, remunerated};
  }
  // M4, M7: a notice that somebody pays for, about what is not prescribed, is no mere notice.
  std::set<std::string> aside;
  const bool paid = std::any_of(payments.begin(), payments.end(),
                                [](const FundingFacts& each) { return !Unknown(each); });
  const bool speaks_for_payer =
      paid && std::any_of(x.content.products.begin(), x.content.products.end(),
                          [&](const auto& each) { return !WithinRefill(x, each, aside); });
  if (All(x, ModuleKind::kSafety) && !x.content.call_to_purchase && !speaks_for_payer) {
    return {MessageClass::kSafety, false};
  }
  if (x.content.products.empty() && !x.content.call_to_purchase) {
    rules.insert("M0");
    const bool admin = All(x, ModuleKind::kAdministrative);
    return {admin ? MessageClass::kAdministrative : MessageClass::kGeneral, false};
  }
  bool other = x.content.products.empty();  // a call to buy something unknown
  for (const DescribedProduct& product : x.content.products) {
    other = !WithinRefill(x, product, rules) || other;
  }
  if (!other) {
    rules.insert("M3");
    const bool inside = !remunerated || (!payments.empty() && WithinCost(payments));
    return {inside ? MessageClass::kRefillReminder : MessageClass::kMarketing, remunerated};
  }
  rules.insert(remunerated ? "M4" : "M5");
  return {remunerated ? MessageClass::kMarketing : Unremunerated(x), remunerated};
}

}  // namespace consent::testing::oracle
