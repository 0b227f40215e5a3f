// What the patient has agreed to, refused or asked for, as typed facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consent/fact_values.h"
#include "consent/representative_facts.h"
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
  bool data_open = false;         // it may mean more than `data` could be resolved to
  std::optional<Validity> data_period;
  std::vector<Provision> children;
};

enum class ConsentStatus : uint8_t { kActive, kInactive, kNotInForce, kEnteredInError, kUnknown };

struct ConsentFacts {
  std::string reference;  // with its version
  std::string relative;   // without
  ConsentStatus status = ConsentStatus::kUnknown;
  bool privacy_scope = false;
  bool unusable = false;         // G5
  bool stale = false;            // C8: a copy that nobody refreshed in time
  bool signer_declined = false;  // P1, P3: agreed to by one who is not taken for a representative
  bool deep = false;             // C4: nested deeper than the profiles allow
  std::optional<Validity> made;  // Consent.dateTime
  bool only_denies = false;      // an authorization: its permit is judged by V1 to V23
  std::string doubt;  // the rule that cannot be answered: "C3", "C.1", "C.6"; empty: none
  Provision root;     // dialect B form
  // C5, explicit supersession
  std::vector<std::string> identifiers;
  std::string policy_key;                  // scope, category, policy, organisation
  int performer_rank = 0;                  // Patient 2, representative 1
  std::vector<std::string> revises;        // C6: consents that a Provenance says this one revises
  std::optional<fhir::Instant> signed_at;  // the earliest that the date may mean
  std::optional<fhir::Instant> signed_until;  // its end
};

// Whether the patient still takes part in the programme (V16).
enum class ProgrammeStay : uint8_t { kUnknown, kIn, kLeft };

struct AuthorizationFacts {
  std::string reference;
  ConsentStatus status = ConsentStatus::kUnknown;
  bool unusable = false;
  std::optional<fhir::Instant> revoked_at;
  std::optional<fhir::Instant> revoked_until;  // the end of what that date may mean (V21)
  std::optional<fhir::Instant> signed_at;      // V22
  bool has_information = false;
  std::vector<std::string> disclosers;
  std::vector<std::string> recipients;
  std::vector<std::string> purposes;
  bool individual_initiated = false;  // V4
  std::optional<Validity> period;
  bool has_end = false;
  bool end_unreadable = false;
  std::string expiration_event;
  std::optional<fhir::Instant> event_occurred;  // A.6(i): known to have occurred
  std::optional<fhir::Instant> event_reviewed;  // V16: a person last looked at it
  bool signer_known = false;
  bool signer_is_representative = false;
  Authority signer = Authority::kNotNeeded;  // of the representative, when it was signed
  bool signer_belonged = true;               // by the record of the representative, at that time
  bool signed_as_minor = false;              // by the patient, under age
  bool signed_for_minor = false;             // by a representative, while the patient was under age
  bool authority_described = false;
  bool verification_failed = false;
  std::vector<std::string> statements;
  std::string form;  // which form it is written on
  bool compound = false;
  std::string compound_exemption;
  bool separately_signed = false;
  bool conditioned = false;
  std::string conditioned_exemption;
  bool known_false = false;
  bool copy_withheld = false;
  bool not_plain = false;  // V12
  std::vector<Coding> products;
  std::vector<std::string> product_classes;  // V18: wording that covers more than a brand
  std::vector<std::string> channels;
  std::string seller;
};

struct TelephoneConsentFacts {
  std::string reference;
  bool written = false;   // PEWC
  bool active = false;    // and no denial
  bool in_force = false;  // and nothing in it that we do not know (G5)
  std::string number;     // normalised
  std::string seller;
  Validity period;
  bool refused = false;                        // a denial of calls to this number
  bool withdrawn = false;                      // made inactive, nobody says when (C6)
  std::optional<fhir::Instant> revoked_at;     // B1-16
  std::optional<fhir::Instant> revoked_until;  // the end of what that date may mean
  std::optional<fhir::Instant> signed_at;      // at the earliest
  std::vector<std::string> purposes;           // B1-1: its scope; empty: any
  std::vector<std::string> channels;           // empty: texts and calls
};

// R5: the only ways the patient wants to be reached.
struct ConfidentialCommunication {
  std::string reference;
  std::vector<fhir::Channel> channels;
  std::string contact;  // normalised; empty: any of these channels
  Validity period;
  std::optional<Validity> asked;  // G4: the patient's word for the contact
};

}  // namespace consent
