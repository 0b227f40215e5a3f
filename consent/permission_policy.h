// The values that permission reads: what holds where the patient has said nothing (C7), ages and
// services by state (P5), the wordings of forms (V5, V14, V16).
//
// {
//   "ageOfMajority": 18,                 // where a state has no row, and then only a guess (P5)
//   "states": {"WA": {"ageOfMajority": 18, "minorConsent": {"sti": 14}}},
//                                        // from which age a minor decides alone about a service
//   "minorServices": {"sti": ["STD"]},   // the labels that speak of a service, by subsumption
//   "evidenceRequired": ["HPOWATT"],     // v3-RoleCode: authority that a document must show
//   "implicit": [{"regimes": ["CE_PROVIDER"], "purposes": ["TREAT"],
//                 "answer": "permit", "explicitOverrides": false}],     // the first that fits;
//                 else deny
//   "notPrivacyCategories": ["dnr"],     // a consent of these categories only decides no
//   disclosure "consentCopyMaxAgeDays": 1,          // C8 "expiryEvents": {"therapy discontinued":
//   "therapy-discontinued"},   // never, study-over,
//                                        // therapy-discontinued, programme-exit, age-of-majority
//   "expiryReviewDays": 365,             // V16: how long a person's look at an event holds
//   "compoundExemptForms": [],           // V14: forms that counsel has cleared
//   "notFilledOut": ["n/a"]              // what stands in a field that nobody filled out
// }
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/members.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

enum class ExpiryEvent : uint8_t {
  kNever,
  kStudyOver,
  kTherapyDiscontinued,
  kProgrammeExit,
  kAgeOfMajority,
};

struct StateLaw {
  int age_of_majority = 0;
  std::map<std::string, int> minor_consent;  // service -> from which age
};

struct ImplicitPolicy {
  enum class Answer : uint8_t { kPermit, kAuthorization, kDeny };
  std::vector<std::string> regimes;
  std::vector<std::string> purposes;
  Answer answer = Answer::kDeny;
  bool explicit_overrides = true;  // a consent on file that does not cover the purpose ends it
};

struct PermissionPolicy {
  int age_of_majority = 18;
  std::map<std::string, StateLaw> states;
  std::map<std::string, std::vector<std::string>> minor_services;
  std::vector<std::string> evidence_required;
  std::vector<ImplicitPolicy> implicit;
  std::vector<std::string> not_privacy_categories;
  int consent_copy_max_age_days = 1;
  std::map<std::string, ExpiryEvent> expiry_events;  // lower case
  int expiry_review_days = 365;
  std::vector<std::string> compound_exempt_forms;
  std::vector<std::string> not_filled_out;  // lower case
};

fhir::Status ReadPermissionPolicy(const fhir::json::Value& json, const std::string& path,
                                  PermissionPolicy& policy);

}  // namespace consent
