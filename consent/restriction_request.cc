#include "consent/restriction_request.h"

#include <algorithm>

#include "consent/words.h"

namespace consent {
namespace {

// (a)(1)(vi): to a health plan, for payment or operations, and no law requires it.
bool ToPlan(const DataUse& use) {
  return use.recipient == RecipientKind::kPlan && (use.AnyFor("HPAYMT") || use.AnyFor("HOPERAT"));
}

// (a)(1)(v): what no restriction blocks.
bool BeyondRestriction(const DataUse& use) {
  return use.required_by_law || use.recipient == RecipientKind::kPublicHealth ||
         use.recipient == RecipientKind::kOversight ||
         use.recipient == RecipientKind::kLegalProceeding ||
         use.recipient == RecipientKind::kLawEnforcement;
}

// The rule under which a restriction binds; empty: it does not, and `why` says why not.
std::string_view Binds(const RestrictionFacts& r, const DataUse& use, std::string_view& why) {
  const ConsentStatus status = r.consent.status;
  if (status == ConsentStatus::kEnteredInError) {
    why = "entered-in-error";
    return {};
  }
  if (r.paid_in_full || (r.paid_unread && ToPlan(use))) {
    if (!ToPlan(use)) {
      why = "not-concerned";
      return {};
    }
    // The covered entity cannot end this one; the individual can.
    if (status == ConsentStatus::kInactive && !r.ended_by_entity) {
      why = "ended";
      return {};
    }
    return "R3";
  }
  if (r.requested_only) {
    why = "requested";
    return {};
  }
  if (status == ConsentStatus::kInactive) {
    if (r.ended_by_entity) return "R6";
    why = "ended";
    return {};
  }
  return "R2";
}

enum class Reach : uint8_t { kNo, kUnclear, kYes };

Reach Reaches(const ConsentFacts& consent, const Access& access) {
  Reach reach = Reach::kNo;
  for (const std::string& purpose : access.purposes) {
    const ConsentAnswer answer = Evaluate(consent, access, purpose);
    if (answer.answer == Answer::kDeny) return Reach::kYes;
    // Of data that is named by kind only, part may be restricted.
    const bool part = !answer.redact.empty();
    if (answer.answer == Answer::kIndeterminate || part) reach = Reach::kUnclear;
  }
  return reach;
}

// The restriction as if it were in force: when it binds is settled before.
ConsentFacts InForce(const RestrictionFacts& r) {
  ConsentFacts consent = r.consent;
  consent.privacy_scope = true;
  if (consent.status != ConsentStatus::kUnknown) consent.status = ConsentStatus::kActive;
  return consent;
}

class Check {
 public:
  Check(const EvaluationContext& context, const DataUse& use, Findings& findings)
      : context_(context), use_(use), findings_(findings) {}

  void One(const RestrictionFacts& r) {
    const ConsentFacts consent = InForce(r);
    std::string_view why;
    const std::string_view rule = Binds(r, use_, why);
    const auto& items = context_.health.items;
    std::vector<const DataItem*> reached;
    Reach whole = Reach::kNo;
    if (use_.outreach || items.empty()) {
      whole = Reaches(consent, AccessOf(context_, use_.purposes));
    } else {
      for (const DataItem& item : items) {
        // R6: what came after the notice is free.
        if (rule == "R6" && r.ended_at && item.date && item.date->begin >= *r.ended_at) continue;
        const Reach reach = Reaches(consent, AccessToItem(context_, use_, item));
        whole = std::max(whole, reach);
        if (reach == Reach::kYes) reached.push_back(&item);
      }
    }
    if (whole == Reach::kNo) return Consider(r, "not-concerned", {});
    if (rule.empty()) {
      if (why == "requested") findings_.Permit("R1");
      if (why == "ended") findings_.Permit("R6");
      return Consider(r, why, why == "requested" ? "R1" : "R6");
    }
    if (BeyondRestriction(use_)) {
      findings_.Permit("R4");
      return Consider(r, "not-blocking", "R4");
    }
    if (use_.Emergency()) {
      findings_.Oblige("R2", "NORDSCLCD");
      return Consider(r, "emergency", "R2");
    }
    if (whole == Reach::kUnclear) {
      findings_.Doubt(rule, use_.message_class);
      return Consider(r, "indeterminate", rule);
    }
    Consider(r, "deny", rule);
    Block(rule, reached);
  }

  // Data that is labelled as paid in full needs no record of the request.
  void Labelled() {
    if (!ToPlan(use_) || use_.required_by_law) return;
    std::vector<const DataItem*> reached;
    for (const DataItem& item : context_.health.items) {
      if (Contains(item.labels, "HIPAASelfPay")) reached.push_back(&item);
    }
    if (!reached.empty()) Block("R3", reached);
  }

 private:
  void Consider(const RestrictionFacts& r, std::string_view result, std::string_view rule) {
    std::vector<std::string> rules;
    if (!rule.empty()) rules.emplace_back(rule);
    findings_.Consider(r.consent.reference, "restriction", result, std::move(rules));
  }

  void Block(std::string_view rule, const std::vector<const DataItem*>& reached) {
    const bool part =
        !use_.outreach && !reached.empty() && reached.size() < context_.health.items.size();
    if (!part || std::any_of(reached.begin(), reached.end(),
                             [](const DataItem* item) { return item->reference.empty(); })) {
      findings_.Deny(rule);
      return;
    }
    for (const DataItem* item : reached) findings_.Oblige(rule, "REDACT", item->reference);
  }

  const EvaluationContext& context_;
  const DataUse& use_;
  Findings& findings_;
};

}  // namespace

void CheckRestrictions(const EvaluationContext& context, const DataUse& use, Findings& findings) {
  Check check(context, use, findings);
  for (const RestrictionFacts& r : context.health.restrictions) check.One(r);
  check.Labelled();
}

}  // namespace consent
