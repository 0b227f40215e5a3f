// The values that disclosures and health-data law read: minimum elements (A.10), label sets (B.4,
// B.6), small ZIP areas (A.11), states with consumer-health and shield laws (B.5, B6-3).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "consent/members.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

struct ConsumerHealthLaw {
  int geofence_feet = 2000;       // B5-3
  int authorization_months = 12;  // B5-2, from the signature
};

struct DisclosurePolicy {
  // Resource type -> the elements that may go where the minimum necessary applies. A type that is
  // not here does not go at all.
  std::map<std::string, std::vector<std::string>> minimum;
  std::vector<std::string> task_inputs;          // text or code of Task.input.type that may stay
  std::vector<std::string> sud_labels;           // about substance use, whatever their origin
  std::vector<std::string> counseling_labels;    // B4-5
  std::vector<std::string> reproductive_labels;  // B6-3
  std::vector<std::string> small_zip3;           // A.11: areas of 20,000 people or fewer
  std::map<std::string, ConsumerHealthLaw> consumer_health;    // by state
  std::map<std::string, std::vector<std::string>> shield_law;  // state -> recipient kinds
};

fhir::Status ReadDisclosurePolicy(const fhir::json::Value& json, const std::string& path,
                                  DisclosurePolicy& policy);

}  // namespace consent
