// The health data that an outreach stands on or a disclosure hands over, where it comes from, and
// what the patient has asked or agreed to about such data beyond HIPAA's authorization.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consent/consent_facts.h"
#include "consent/content_facts.h"
#include "consent/disclosure_request.h"
#include "consent/fact_values.h"
#include "consent/representative_facts.h"

namespace consent {

// One resource, one part of a Bundle, or data named by kind only.
struct DataItem {
  std::string reference;                       // of a part: that of its Bundle; empty: by kind only
  std::vector<std::string> classes;            // ClassesOf (words.h)
  std::vector<std::string> contained_classes;  // of what it contains
  std::vector<std::string> labels;             // v3-ActCode and v3-Confidentiality codes
  bool labels_within = false;                  // elements of it have labels of their own
  std::vector<Coding> codes;                   // any in it
  std::vector<Origin> origins;                 // sorted, once each; empty: not said
  std::string authorization;       // it was received under: "Consent/a1"; empty: not said
  std::string collected_in;        // state of collection (B.5); empty: not said
  std::optional<fhir::Span> date;  // all that it may mean
  // A.11: what keeps it from being de-identified ("dates", "names", ...), sorted; read only where
  // the claim is made.
  std::vector<std::string> identifying;

  bool Is(Origin origin) const;
  bool LabelledAnyOf(const std::vector<std::string>& codes) const;
};

// What is asked of the data.
struct DisclosureFacts {
  RecipientKind recipient = RecipientKind::kUnknown;
  std::string recipient_name;                        // empty: not known
  std::optional<FundingFacts> funding;               // what is paid for the data; absent: not said
  bool data_missing = false;                         // a reference that is not among the resources
  Authority representative = Authority::kNotNeeded;  // of a recipient who acts for the patient
  bool subject_found = false;
};

// 45 CFR 164.522(a): a Consent with policyRule hipaa-restrictions or hipaa-self-pay.
struct RestrictionFacts {
  ConsentFacts consent;
  bool requested_only = false;            // status proposed or rejected: asked for, not agreed to
  bool paid_in_full = false;              // (a)(1)(vi)
  bool paid_unread = false;               // whether it was cannot be read
  bool ended_by_entity = false;           // (a)(2)(iii): ended for later data only
  std::optional<fhir::Instant> ended_at;  // at the latest
};

// 42 CFR 2.31: a Consent with policyRule 42CFRPart2.
struct Part2ConsentFacts {
  std::string reference;
  ConsentStatus status = ConsentStatus::kUnknown;
  bool unusable = false;
  std::vector<std::string> purposes;
  std::vector<std::string> disclosers;
  std::vector<std::string> recipients;
  std::vector<std::string> statements;
  bool has_information = false;
  bool signer_known = false;
  bool signer_lacks_authority = false;
  std::optional<fhir::Instant> signed_at;
  std::optional<fhir::Instant> revoked_at;
  std::optional<Validity> period;
  bool has_end = false;
  std::string expiration_event;
  bool counseling_notes = false;  // it is about counseling notes
  bool known_false = false;
};

// RCW 19.373: a Consent with one of our categories consumer-health-*.
struct ConsumerHealthConsentFacts {
  std::string reference;
  ConsentStatus status = ConsentStatus::kUnknown;
  bool unusable = false;
  bool collect = false;
  bool share = false;
  bool sale = false;
  std::vector<std::string> purposes;
  std::vector<std::string> recipients;  // as the form names them
  bool complete = false;                // every element that the request for it must have
  std::optional<fhir::Instant> signed_at;
  std::optional<fhir::Instant> sale_ends_at;  // one year from signature, in the pack's months
  std::optional<fhir::Instant> revoked_at;
  std::optional<Validity> period;
};

// What set off the message: a device near a place.
struct LocationTrigger {
  bool health_facility = false;
  std::optional<int64_t> feet_micros;  // from the perimeter; inside: 0; absent: not known
  std::string state;                   // of the place; empty: not known
};

struct HealthDataFacts {
  std::vector<DataItem> items;      // by reference
  bool of_another = false;          // among the data is a record of another patient
  std::vector<std::string> states;  // of residence, sorted
  std::vector<RestrictionFacts> restrictions;
  std::vector<Part2ConsentFacts> part2_consents;
  std::vector<ConsumerHealthConsentFacts> consumer_consents;
  std::optional<LocationTrigger> trigger;
  DisclosureFacts disclosure;
};

}  // namespace consent
