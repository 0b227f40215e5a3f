// What the patient has agreed to, refused or asked for, as typed facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consent/fact_values.h"
#include "fhir/channel.h"

namespace consent {

enum class ActorMatch : uint8_t { kAny, kUs, kOther, kUnclear };

struct Provision {
  enum class Type : uint8_t { kPermit, kDeny };
  Type type = Type::kPermit;
  std::optional<Validity> period;
  ActorMatch actor = ActorMatch::kAny;
  std::vector<std::string> actions;
  std::vector<std::string> purposes;
  std::vector<std::string> labels;
  std::vector<std::string> classes;
  std::vector<Coding> codes;
  std::vector<std::string> data;  // references
  std::optional<Validity> data_period;
  std::vector<Provision> children;
};

enum class ConsentStatus : uint8_t { kActive, kInactive, kNotInForce, kEnteredInError, kUnknown };

struct ConsentFacts {
  std::string reference;
  ConsentStatus status = ConsentStatus::kUnknown;
  bool privacy_scope = false;
  bool unusable = false;     // G5
  bool only_denies = false;  // an authorization: its permit is judged by V1 to V23
  std::string doubt;         // the rule that cannot be answered: "C3", "C.1", "C.6"; empty: none
  Provision root;            // dialect B form
  // C5, explicit supersession
  std::vector<std::string> identifiers;
  std::string policy_key;  // scope, category, policy, organisation
  int performer_rank = 0;  // Patient 2, representative 1
  std::optional<fhir::Instant> signed_at;
};

struct AuthorizationFacts {
  std::string reference;
  ConsentStatus status = ConsentStatus::kUnknown;
  bool unusable = false;
  std::optional<fhir::Instant> revoked_at;
  std::optional<fhir::Instant> signed_at;  // V22
  bool has_information = false;
  std::vector<std::string> disclosers;
  std::vector<std::string> recipients;
  std::vector<std::string> purposes;
  std::optional<Validity> period;
  bool has_end = false;
  std::string expiration_event;
  bool signer_known = false;
  bool signer_is_representative = false;
  bool authority_described = false;
  bool verification_failed = false;
  std::vector<std::string> statements;
  bool compound = false;
  bool conditioned = false;
  bool known_false = false;
  bool copy_withheld = false;
  std::vector<Coding> products;
  std::vector<std::string> channels;
  std::string seller;
};

struct TelephoneConsentFacts {
  std::string reference;
  bool written = false;  // PEWC
  bool in_force = false;
  std::string number;  // normalised
  std::string seller;
  Validity period;
  bool refused = false;                     // a denial of calls to this number
  std::optional<fhir::Instant> revoked_at;  // B1-16
  std::optional<fhir::Instant> signed_at;   // at the earliest
  std::vector<std::string> purposes;        // B1-1: its scope; empty: any
  std::vector<std::string> channels;        // empty: texts and calls
};

// R5: the only ways the patient wants to be reached.
struct ConfidentialCommunication {
  std::string reference;
  std::vector<fhir::Channel> channels;
  std::string contact;  // normalised; empty: any of these channels
  Validity period;
};

}  // namespace consent
