#include "tests/consent/oracle.h"

#include "tests/consent/oracle_parts.h"

namespace consent::testing {
namespace oracle {

bool UnderHipaaLaw(const Programme& programme) {
  return programme.regime != Regime::kManufacturer && programme.regime != Regime::kHubNonHipaa;
}

bool ActsFor(const Programme& programme, Regime regime) {
  const bool associate =
      programme.regime == Regime::kBaOf || programme.regime == Regime::kSubcontractorBa;
  return programme.regime == regime || (associate && programme.acts_for == regime);
}

namespace {

using fhir::Channel;

// 0.4: what stops at once.
void HardStops(const Facts& x, Verdict& verdict) {
  const bool open = x.request.status == "active" || x.request.status == "on-hold";
  if (!open || x.request.do_not_perform) verdict.Deny("D.1");
  if (x.request.not_after && *x.request.not_after <= x.now) verdict.Deny("D.1");
  if (x.request.unusable || x.patient.unusable) verdict.Doubt("G5");
  if (x.patient.deceased == Deceased::kYes) verdict.Deny("G1");
  if (x.patient.deceased == Deceased::kConflict) verdict.Review("G1");
  if (x.patient.unresolved || x.health.of_another) verdict.Doubt("G2");
  if (!x.unavailable.empty()) {
    const bool approved = std::all_of(x.content.modules.begin(), x.content.modules.end(),
                                      [](const auto& each) { return each.approvers >= 2; });
    verdict.safety() && approved ? verdict.Permit("G6") : verdict.Doubt("G6");
  }
}

// G6: a clock that stepped back shows by what has happened and lies ahead.
void Clock(const Facts& x, Verdict& verdict) {
  const fhir::Instant latest = x.now + std::chrono::minutes{10};
  bool ahead = false;
  for (const OptOut& each : x.opt_outs) ahead = ahead || each.received_at > latest;
  for (const Sent& each : x.history) ahead = ahead || each.sent_at > latest;
  const auto signed_ahead = [&](const auto& consents, auto in_force) {
    for (const auto& each : consents) {
      ahead = ahead || (in_force(each) && each.signed_at && *each.signed_at > latest);
    }
  };
  const auto active = [](const auto& each) { return each.status == ConsentStatus::kActive; };
  signed_ahead(x.authorizations, active);
  signed_ahead(x.consents, active);
  signed_ahead(x.telephone_consents, [](const auto& each) { return each.active; });
  if (ahead) verdict.safety() ? verdict.Permit("G6(clock)") : verdict.Doubt("G6(clock)");
}

// B6-1, B6-2
void Sensitivity(const Facts& x, Verdict& verdict) {
  static const std::set<std::string> kIdentified = {"R",     "V",        "HIV",    "SEX",  "SDV",
                                                    "SUD",   "PSY",      "MH",     "GDIS", "STD",
                                                    "ETHUD", "OPIOIDUD", "PSYTHPN"};
  const Channel channel = *x.request.channel;
  const bool spoken = In(channel, {Channel::kVoiceLive, Channel::kInPerson, Channel::kVideo});
  const auto& labels = x.content.labels;
  const bool identified = std::any_of(
      labels.begin(), labels.end(), [](const auto& label) { return kIdentified.contains(label); });
  if (identified && !spoken && channel != Channel::kPortal) {
    verdict.Says("B6-2", Outcome::kReroute);
  }
  if (identified && spoken && channel != Channel::kInPerson) {
    verdict.Oblige("B6-2", "VERIFY_IDENTITY_BEFORE_PHI");
  }
  if (x.contact && x.contact->detailed_messages) return;
  const bool labelled = std::any_of(labels.begin(), labels.end(), [](const auto& label) {
    return label != "U" && label != "L" && label != "M" && label != "N" && label != "R" &&
           label != "V";
  });
  const bool shown = In(channel, {Channel::kSms, Channel::kPush, Channel::kVoiceRecorded});
  if (shown && (x.content.names_drug || labelled)) verdict.Says("B6-1", Outcome::kReroute);
}

Expected Decided(const Facts& x) {
  if (!x.request.channel || !x.targeting.empty() || x.asked) throw Open();
  std::set<std::string> rules;
  const Class kind = ClassOf(x, rules);
  Verdict verdict(kind.message_class);
  HardStops(x, verdict);
  if (verdict.outcome != Outcome::kDeny) {
    for (const std::string& rule : rules) verdict.Permit(rule);
    Permission(x, kind, verdict);
    OptOuts(x, verdict);
    Telephone(x, verdict);
    Email(x, verdict);
    Timing(x, verdict);
    Clock(x, verdict);
    Sensitivity(x, verdict);
    // E.3: what cannot be discharged is no permit.
    const bool undone =
        x.dischargeable &&
        std::any_of(verdict.obligations.begin(), verdict.obligations.end(), [&](const auto& each) {
          return !Has(*x.dischargeable, each.substr(0, each.find(' ')));
        });
    if (undone && verdict.outcome == Outcome::kPermit) verdict.Deny("E.3");
  }
  if (verdict.outcome != Outcome::kPermit) verdict.obligations.clear();
  return {verdict.outcome, kind.message_class, verdict.obligations, verdict.rules};
}

}  // namespace
}  // namespace oracle

std::optional<Expected> ExpectedDecision(const EvaluationContext& context) {
  try {
    return oracle::Decided(context);
  } catch (const oracle::Open&) {
    return std::nullopt;
  }
}

}  // namespace consent::testing
