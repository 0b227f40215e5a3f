// Collects what the rules say while one decision is made, and combines it: the strongest wins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/decision.h"
#include "consent/policy.h"

namespace consent {

// One thread at a time; lives for one decision, and so must `policy`.
class Findings {
 public:
  explicit Findings(const Policy& policy) : policy_(policy) {}

  // REQUIRES: `rule` is in Rules(). A rule that the policy pack relaxes stands in nobody's way.
  void Add(std::string_view rule, Outcome effect);
  void Permit(std::string_view rule) { Add(rule, Outcome::kPermit); }
  void Deny(std::string_view rule) { Add(rule, Outcome::kDeny); }
  void Review(std::string_view rule) { Add(rule, Outcome::kReview); }
  // A doubt: no for marketing, a person for everything else.
  void Doubt(std::string_view rule, MessageClass c) {
    Add(rule, c == MessageClass::kMarketing ? Outcome::kDeny : Outcome::kReview);
  }
  void Defer(std::string_view rule, fhir::Instant not_before);
  void Reroute(std::string_view rule, fhir::Channel channel);
  void Oblige(std::string_view rule, std::string_view code, std::string value = {});
  void Consider(std::string reference, std::string_view kind, std::string_view result,
                std::vector<std::string> rules = {});

  // What whoever takes on a REROUTE or a REVIEW must be: "NURSE_LICENSED_IN" "NY".
  void Constrain(std::string_view code, std::string value);

  // Adds all that `other` has.
  void Take(Findings&& other);

  Outcome strongest() const;
  // References of what permits, of one kind of basis. They last until something is considered.
  std::vector<std::string_view> Permitting(std::string_view kind) const;
  // The rules that ask for a person, sorted.
  std::vector<std::string> Reviewed() const;
  // A REVIEW of this rule no longer stands in the way.
  void Lift(std::string_view rule);
  // Whether every obligation so far is among `codes`.
  bool DischargedBy(const std::vector<std::string>& codes) const;

  // Everything in its stable order. Obligations stay only on a permit, as what comes later is
  // decided again; constraints stand in their place on a REROUTE or REVIEW. notBefore only on a
  // DEFER.
  Decision Combine(MessageClass c) &&;

 private:
  void Keep(Basis&& basis);

  const Policy& policy_;
  std::vector<Reason> reasons_;
  std::vector<Obligation> obligations_;
  std::vector<Obligation> constraints_;
  std::vector<Basis> basis_;  // in its stable order, each once
  std::optional<fhir::Instant> not_before_;
  std::optional<fhir::Channel> reroute_to_;
};

}  // namespace consent
