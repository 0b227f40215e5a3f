#include "consent/findings.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "consent/decide.h"
#include "consent/mutant.h"
#include "consent/rules.h"

namespace consent {
namespace {

bool Before(const Basis& a, const Basis& b) {
  if (const int order = a.reference.compare(b.reference); order != 0) return order < 0;
  return std::tie(a.kind, a.result, a.rules) < std::tie(b.kind, b.result, b.rules);
}

}  // namespace

void Findings::Add(std::string_view rule, Outcome effect) {
  const std::optional<Outcome> said = Mutated(rule, effect);
  if (!said) return;
  effect = *said;
  if (policy_.Relaxes(rule) && effect > Outcome::kPermitWithObligations) effect = Outcome::kPermit;
  for (const Reason& reason : reasons_) {
    if (reason.rule == rule && reason.effect == effect) return;
  }
  const Rule* found = FindRule(rule);
  const bool lets_go = effect <= Outcome::kPermitWithObligations;
  std::string_view text;
  std::string_view for_patient;
  if (found != nullptr) {
    text = lets_go && !found->for_it.empty() ? found->for_it : found->against;
    if (!lets_go) for_patient = found->for_patient;
  }
  reasons_.push_back({std::string(rule), effect, std::string(text), std::string(for_patient)});
}

void Findings::Defer(std::string_view rule, fhir::Instant not_before) {
  Add(rule, Outcome::kDefer);
  if (policy_.Relaxes(rule) || Mutated(rule, Outcome::kDefer) != Outcome::kDefer) return;
  not_before_ = std::max(not_before_.value_or(not_before), not_before);
}

void Findings::Reroute(std::string_view rule, fhir::Channel channel) {
  Add(rule, Outcome::kReroute);
  if (policy_.Relaxes(rule) || Mutated(rule, Outcome::kReroute) != Outcome::kReroute) return;
  // The first rule that names a way out keeps it; rules run in a fixed order.
  if (!reroute_to_) reroute_to_ = channel;
}

void Findings::Oblige(std::string_view rule, std::string_view code, std::string value) {
  constexpr Outcome kEffect = Outcome::kPermitWithObligations;
  Add(rule, kEffect);
  if (Mutated(rule, kEffect) != kEffect) return;
  Obligation obligation{std::string(code), std::move(value)};
  if (std::find(obligations_.begin(), obligations_.end(), obligation) == obligations_.end()) {
    obligations_.push_back(std::move(obligation));
  }
}

void Findings::Consider(std::string reference, std::string_view kind, std::string_view result,
                        std::vector<std::string> rules) {
  Keep({std::move(reference), std::string(kind), std::string(result), std::move(rules)});
}

void Findings::Keep(Basis&& basis) {
  // The facts come in this order too, so the place is mostly the end.
  auto place = basis_.end();
  if (!basis_.empty() && !Before(basis_.back(), basis)) {
    place = std::lower_bound(basis_.begin(), basis_.end(), basis, Before);
    if (*place == basis) return;
  }
  basis_.insert(place, std::move(basis));
}

void Findings::Constrain(std::string_view code, std::string value) {
  constraints_.push_back({std::string(code), std::move(value)});
}

void Findings::Take(Findings&& other) {
  const auto move_all = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  move_all(other.reasons_, reasons_);
  move_all(other.obligations_, obligations_);
  move_all(other.constraints_, constraints_);
  const auto middle = static_cast<std::ptrdiff_t>(basis_.size());
  move_all(other.basis_, basis_);
  std::inplace_merge(basis_.begin(), basis_.begin() + middle, basis_.end(), Before);
  basis_.erase(std::unique(basis_.begin(), basis_.end()), basis_.end());
}

Outcome Findings::strongest() const {
  Outcome strongest = Outcome::kPermit;
  for (const Reason& reason : reasons_) strongest = std::max(strongest, reason.effect);
  return strongest;
}

std::vector<std::string_view> Findings::Permitting(std::string_view kind) const {
  std::vector<std::string_view> references;
  for (const Basis& basis : basis_) {
    if (basis.kind == kind && basis.result == "permit") references.push_back(basis.reference);
  }
  return references;
}

std::vector<std::string> Findings::Reviewed() const {
  std::vector<std::string> rules;
  for (const Reason& reason : reasons_) {
    if (reason.effect == Outcome::kReview) rules.push_back(reason.rule);
  }
  std::sort(rules.begin(), rules.end());
  return rules;
}

void Findings::Lift(std::string_view rule) {
  std::erase_if(reasons_, [&](const Reason& reason) {
    return reason.rule == rule && reason.effect == Outcome::kReview;
  });
  Permit(rule);
}

bool Findings::DischargedBy(const std::vector<std::string>& codes) const {
  return std::all_of(obligations_.begin(), obligations_.end(), [&](const Obligation& obligation) {
    return std::find(codes.begin(), codes.end(), obligation.code) != codes.end();
  });
}

Decision Findings::Combine(MessageClass c) && {
  Decision decision;
  decision.message_class = c;
  decision.outcome = strongest();
  std::sort(reasons_.begin(), reasons_.end(), [](const Reason& a, const Reason& b) {
    if (a.effect != b.effect) return a.effect > b.effect;
    return a.rule < b.rule;
  });
  if (decision.outcome == Outcome::kPermitWithObligations) {
    decision.obligations = std::move(obligations_);
  } else if (decision.outcome == Outcome::kReroute || decision.outcome == Outcome::kReview) {
    decision.obligations = std::move(constraints_);
  }
  std::sort(decision.obligations.begin(), decision.obligations.end(),
            [](const Obligation& a, const Obligation& b) {
              return std::tie(a.code, a.value) < std::tie(b.code, b.value);
            });
  if (decision.outcome == Outcome::kDefer) decision.not_before = not_before_;
  if (decision.outcome == Outcome::kReroute) decision.reroute_to = reroute_to_;
  if (decision.outcome == Outcome::kReview) {
    const Rule* rule = FindRule(reasons_.front().rule);
    decision.review_queue = rule != nullptr ? rule->queue : "nurse";
  }
  decision.reasons = std::move(reasons_);
  decision.basis = std::move(basis_);
  decision.policy_version = policy_.version;
  decision.policy_hash = policy_.hash;
  decision.engine_version = kEngineVersion;
  return decision;
}

}  // namespace consent
