#include "consent/sale.h"

#include "consent/words.h"

namespace consent {
namespace {

using Form = FundingFacts::Form;
using Payee = FundingFacts::Payee;

// Not more than the documented cost of preparing and sending the data.
bool CostBased(const FundingFacts& funding) {
  return funding.form == Form::kCash && funding.has_worksheet && funding.same_currency &&
         funding.amount_micros && funding.cost_micros && *funding.amount_micros >= 0 &&
         *funding.amount_micros <= *funding.cost_micros && !funding.volume_contingent;
}

// A buyer of data who says nothing of money is thought to pay; one whom nobody knows, outside
// treatment, payment and operations.
bool BuysData(const DataUse& use) {
  switch (use.recipient) {
    case RecipientKind::kManufacturer:
    case RecipientKind::kAdPartner:
    case RecipientKind::kDataBroker:
      return true;
    case RecipientKind::kUnknown:
    case RecipientKind::kOther:
      return !use.AllFor("TREAT") && !use.AllFor("HPAYMT") && !use.AllFor("HOPERAT");
    default:
      return false;
  }
}

// (2)(i), (iii) to (vii): purposes and parties whose payment makes no sale.
bool Excepted(const EvaluationContext& context, const DataUse& use, const FundingFacts& funding) {
  const bool care_party =
      use.recipient == RecipientKind::kProvider || use.recipient == RecipientKind::kPlan;
  if (care_party && (use.AllFor("TREAT") || use.AllFor("HPAYMT"))) return true;
  if (use.recipient == RecipientKind::kPublicHealth && use.AllFor("PUBHLTH")) return true;
  if (use.recipient == RecipientKind::kIndividual || use.required_by_law) return true;
  // To a business associate, when the covered entity is the only one who pays, and pays it.
  const bool associate = use.recipient == RecipientKind::kBusinessAssociate;
  const bool own_money = funding.for_whom.empty() || SameName(funding.for_whom, funding.payer);
  return associate && funding.payee == Payee::kBa && own_money &&
         (SameName(funding.payer, context.programme.sender) ||
          (context.programme.acts_for && SameName(funding.payer, context.programme.seller)));
}

}  // namespace

std::string_view SaleUnder(const EvaluationContext& context, const DataUse& use) {
  if (use.outreach || !use.leaves()) return {};
  const auto& said = context.health.disclosure.funding;
  if (!said && !BuysData(use)) return {};
  const FundingFacts funding = said.value_or(FundingFacts{});
  if (funding.form == Form::kNone || Excepted(context, use, funding)) return {};
  // (2)(ii), (viii): a fee that covers the cost and no more. Marketing is no "other purpose".
  if (CostBased(funding) && !use.marketing()) return {};
  return funding.form == Form::kInKind ? "S2" : "S1";
}

}  // namespace consent
