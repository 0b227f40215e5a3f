// What the engine answers. The outcome order, the codes and the rule ids are those of
// conformance/rules (ids G, M, V, R, S, N, P, B, C, D, E).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/channel.h"
#include "fhir/date_time.h"
#include "fhir/json/value.h"

namespace consent {

// By strength: the strongest wins.
enum class Outcome : uint8_t { kPermit, kPermitWithObligations, kDefer, kReroute, kReview, kDeny };
std::string_view Code(Outcome outcome);  // "PERMIT", "PERMIT_WITH_OBLIGATIONS", "DEFER", ...
std::optional<Outcome> OutcomeFromCode(std::string_view code);

// 45 CFR 164.501 as classes. Codes of kClassSystem.
enum class MessageClass : uint8_t {
  kRefillReminder,  // "refill-2i"     : about a currently prescribed drug, (2)(i)
  kTreatment,       // "treatment-2iiA"
  kPlanBenefit,     // "plan-2iiB"
  kOperations,      // "operations-2iiC"
  kGeneral,         // "general"       : no product, no call to buy
  kAdministrative,  // "admin"
  kSafety,          // "safety"
  kMarketing,       // "marketing"
};
std::string_view Code(MessageClass c);

// One reason: the rule, one plain sentence for staff and one for the patient. Never a value of the
// patient.
struct Reason {
  std::string rule;                   // "M3", "V5", "B1-27"
  Outcome effect = Outcome::kPermit;  // what this rule alone asks for
  std::string text;
  std::string for_patient;  // empty when the rule does not stand in the way
  friend bool operator==(const Reason&, const Reason&) = default;
};

struct Obligation {
  std::string code;   // E3: "INCLUDE_OPT_OUT_TEXT", "ONE_CLICK_UNSUB", "COUNT_AGAINST_CAP", ...
  std::string value;  // e.g. "160" for MAX_CHARS; mostly empty
  friend bool operator==(const Obligation&, const Obligation&) = default;
};

// A resource (with its version) that the decision rests on or considered.
struct Basis {
  std::string reference;  // "Consent/c1/_history/3"
  std::string kind;    // "authorization", "consent", "telephone-consent", "module", "funding", ...
  std::string result;  // "permit", "deny", "no-consent", "defective", "expired", "indeterminate"
  std::vector<std::string> rules;
  friend bool operator==(const Basis&, const Basis&) = default;
};

struct Decision {
  Outcome outcome = Outcome::kDeny;
  MessageClass message_class = MessageClass::kMarketing;
  std::vector<Reason> reasons;  // all, in a stable order: strongest effect first, then rule id
  std::vector<Obligation> obligations;      // sorted by code
  std::optional<fhir::Instant> not_before;  // DEFER
  std::optional<fhir::Channel> reroute_to;  // REROUTE
  std::string review_queue;                 // REVIEW: "nurse", "compliance", "privacy"
  std::vector<Basis> basis;                 // in the order of their references
  std::string policy_version;
  std::string policy_hash;  // hex SHA-256 of the pack
  std::string engine_version;

  bool permits() const {
    return outcome == Outcome::kPermit || outcome == Outcome::kPermitWithObligations;
  }
  // The first reason: what decided.
  const Reason* deciding() const { return reasons.empty() ? nullptr : &reasons.front(); }

  friend bool operator==(const Decision&, const Decision&) = default;
};

// {"outcome","class","reasons":[{rule,effect,text,forPatient}],"obligations":[...],"notBefore","rerouteTo",
//  "reviewQueue","basis":[...],"policy","policyHash","engine"}
fhir::json::Value ToJson(const Decision& decision);

}  // namespace consent
