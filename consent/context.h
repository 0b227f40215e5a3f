// The facts a decision reads, typed. Interpret fills it from FHIR (consent/FACTS.md says where each
// fact stands); the rules read nothing else. A fact that is absent or unreadable is visible as
// such.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consent/given.h"
#include "consent/programme.h"
#include "fhir/channel.h"
#include "fhir/date_time.h"

namespace consent {

struct Coding {
  std::string system;
  std::string code;
  friend bool operator==(const Coding&, const Coding&) = default;
};

// A period with partial dates, seen from every zone the patient may be in (V17, C.3): `sure` lies
// inside it in all of them, `possible` in at least one. A permit needs the first, a deny the
// second.
struct Validity {
  fhir::Span sure{fhir::Instant::min(), fhir::Instant::max()};
  fhir::Span possible{fhir::Instant::min(), fhir::Instant::max()};
  bool Surely(fhir::Instant t) const { return sure.Contains(t); }
  bool Possibly(fhir::Instant t) const { return possible.Contains(t); }
};

// ---- the request and its content

enum class Party : uint8_t { kPatient, kRepresentative, kHcp, kUnknown };
enum class Authority : uint8_t { kNotNeeded, kShown, kMissing };

struct Recipient {
  std::string reference;
  Party party = Party::kUnknown;
  Authority authority = Authority::kNotNeeded;  // P1: of a representative
};

struct RequestFacts {
  bool found = false;
  bool unusable = false;  // G5
  std::string reference;  // with its version
  std::string status;
  bool do_not_perform = false;
  std::vector<std::string> purposes;  // v3-ActReason codes
  bool unknown_purpose = false;
  std::string priority;
  std::optional<fhir::Channel> channel;
  std::optional<fhir::Instant> not_before;  // start of occurrence
  std::optional<fhir::Instant> not_after;   // end of occurrencePeriod
  std::vector<Recipient> recipients;
  bool has_payload = false;
  std::string text;            // what will be said
  bool met_in_person = false;  // M12: an encounter of a class where both are in the room
};

enum class ModuleKind : uint8_t { kContent, kAdministrative, kSafety };

struct ModuleFacts {
  std::string reference;
  bool approved = false;     // active, approved, in its effective period, readable
  bool covers_text = false;  // the words to be said are the words approved
  bool has_wording = false;
  ModuleKind kind = ModuleKind::kContent;
  Party audience = Party::kPatient;
};

// A payment, or the doubt about one.
struct FundingFacts {
  enum class Form : uint8_t { kNone, kInKind, kCash, kUnknown };
  enum class Payee : uint8_t { kCe, kBa, kUnknown };
  std::string reference{};  // of the Contract; of the module when it says "none" or nothing
  Form form = Form::kUnknown;
  std::string payer{};  // empty: unknown
  Payee payee = Payee::kUnknown;
  std::optional<int64_t> amount_micros{};
  std::optional<int64_t> cost_micros{};
  std::string currency{};
  bool same_currency = false;
  bool has_worksheet = false;
  bool fair_market_value = false;
  bool volume_contingent = false;
};

struct GiftFacts {
  std::optional<int64_t> value_micros;
  bool cash = false;
};

// A product that the message describes.
struct DescribedProduct {
  std::vector<Coding> codings;
  int catalogue = -1;  // place in Programme.products; -1: not one of them
};

struct Therapy {
  std::string reference;
  std::vector<Coding> codings;
  int catalogue = -1;
  Validity current;  // empty span: never
  Validity lapsed;   // M10: the 0 to 90 days after the lapse date
};

struct ContentFacts {
  std::vector<ModuleFacts> modules;
  std::vector<DescribedProduct> products;
  bool call_to_purchase = false;
  std::vector<FundingFacts> funding;
  std::optional<GiftFacts> gift;  // M14
  bool names_drug = false;        // in the words (B6-1)
  std::vector<std::string>
      labels;  // v3-ActCode and v3-Confidentiality codes of message and therapy
  std::vector<std::string> classes;  // resource types the message draws on
  std::vector<std::string> sources;  // references the message draws on
};

// ---- the patient

enum class Deceased : uint8_t { kNo, kYes, kConflict, kUnreadable };
enum class ProvidedBy : uint8_t { kUnknown, kPatient, kProvider, kBroker };

struct ContactPoint {
  std::string value;  // as it is written
  std::string key;    // normalised: E.164 digits with +, or lower-case address
  ProvidedBy provided_by = ProvidedBy::kUnknown;
  bool detailed_messages = false;  // B6-1
  bool reassigned = false;         // G4
};

struct PatientFacts {
  bool found = false;
  bool unusable = false;    // G5
  bool unresolved = false;  // G2
  std::string reference;
  Deceased deceased = Deceased::kNo;
  std::vector<std::string> zones;  // candidates; never empty
  bool zones_known = false;
  bool minor = false;
};

// ---- consents

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
};

// R5: the only ways the patient wants to be reached.
struct ConfidentialCommunication {
  std::string reference;
  std::vector<fhir::Channel> channels;
  std::string contact;  // normalised; empty: any of these channels
  Validity period;
};

struct EvaluationContext {
  fhir::Instant now{};
  Programme programme;
  RequestFacts request;
  ContentFacts content;
  PatientFacts patient;
  std::optional<ContactPoint> contact;  // where this channel would reach the recipient
  std::vector<Therapy> therapies;
  std::vector<ConsentFacts> consents;
  std::vector<AuthorizationFacts> authorizations;
  std::vector<TelephoneConsentFacts> telephone_consents;
  std::vector<ConfidentialCommunication> confidential;
  std::vector<OptOut> opt_outs;                           // contact normalised
  std::vector<Sent> history;                              // latest first
  std::optional<std::vector<std::string>> dischargeable;  // E3: obligation codes the adapter can do
};

}  // namespace consent
