// An egress that is not outreach, as it is asked for: write-back to a partner, subscription,
// webhook, export, nurse push, data feed, sale. The member "disclosure" of a Given:
//
// {
//   "purpose": "HOPERAT",                       // v3-ActReason
//   "recipient": "Organization/o1" or a name,   // a record says itself what kind it is
//   "recipientKind": "vendor",                  // where the record does not (RecipientKind)
//   "action": "disclose",                       // access, collect, use, disclose (default),
//   correct "classes": ["Condition"], "labels": ["PSY"],            // the data by kind, and
//   "codes": [{"system": "...", "code": "..."}],
//   "data": ["Condition/c1"],                               // the data by reference
//   "origin": "PART2_RECORD",                   // of data that is named by kind only
//   "funding": "Contract/f1" or "none",         // what is paid for the data; absent: unknown
//   "deidentified": true,                       // the claim of 45 CFR 164.514(b)(2), checked
//   "actualKnowledge": true,                    // the sender knows who it is about all the same
//   "requiredByLaw": true,                      // 45 CFR 164.103
//   "requestedService": true,                   // needed for what the consumer asked for (MHMDA)
//   "attached": ["part2-notice", "consent-copy", "court-order"],
//   "medium": "fax"                             // a channel code
// }
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/fact_values.h"
#include "consent/origin.h"
#include "fhir/channel.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

enum class RecipientKind : uint8_t {
  kUnknown,
  kProvider,
  kPlan,
  kBusinessAssociate,
  kVendor,  // works for the sender, without a clinical role
  kManufacturer,
  kAdPartner,
  kDataBroker,
  kResearcher,
  kPublicHealth,
  kOversight,  // the Secretary of HHS and other health oversight
  kIndividual,
  kFamily,
  kLegalProceeding,
  kLawEnforcement,
  kOther,
};
std::string_view Code(RecipientKind kind);  // "business-associate"; kUnknown is "unknown"
std::optional<RecipientKind> RecipientKindFromCode(std::string_view code);

struct DisclosureRequest {
  std::string purpose;
  std::string recipient;
  std::string recipient_kind;  // a code of RecipientKind; empty: not said
  std::string action = "disclose";
  std::vector<std::string> classes;
  std::vector<std::string> labels;
  std::vector<Coding> codes;
  std::vector<std::string> data;  // references
  std::string origin;             // a code of Origin; empty: not said
  std::string funding;            // reference of a Contract, "none", or empty: unknown
  bool deidentified = false;
  bool actual_knowledge = false;
  bool required_by_law = false;
  bool requested_service = false;
  std::vector<std::string> attached;
  std::optional<fhir::Channel> medium;
};

// kInvalid with the path ("given.disclosure.recipientKind") on an unknown key or a bad value.
fhir::Result<DisclosureRequest> ReadDisclosure(const fhir::json::Value& json,
                                               const std::string& path);
fhir::json::Value WriteDisclosure(const DisclosureRequest& disclosure);

}  // namespace consent
