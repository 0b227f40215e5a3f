// The values that the rules of content read: words that sell, labels that need an identified
// reader, who must approve what (CM, B6, B1-20, OV).
#pragma once

#include <string>
#include <vector>

#include "consent/lexicon.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

struct ContentPolicy {
  Lexicon promotional;  // CM5, CM6: of every language of the pack
  Lexicon conditions;   // B6-1: the same; a pack of before may have none
  // B6-1: v3-ActCode codes that say what a matter is about; B6-2: those for an identified patient
  // only, and from which confidentiality on. A code includes what stands under it.
  std::vector<std::string> sensitivity_labels;
  std::vector<std::string> identified_only_labels;
  std::string identified_only_from;
  bool opt_in_wording_required = false;       // CM2: also of a consent that names none
  int safety_approvers = 2;                   // B1-20: persons behind a safety notice
  std::vector<std::string> two_person_rules;  // OV4: a REVIEW that two persons must lift

  // Whether a label of message or therapy belongs to one of the two sets.
  bool IsSensitivity(const std::string& label) const;
  bool IdentifiedOnly(const std::string& label) const;
};

// {"promotional": {"en": ["coupon", ...], "es": [...]}, "conditions": {"en": ["asthma", ...]},
//  "sensitivityLabels": [...],
//  "identifiedOnlyLabels": [...], "identifiedOnlyFrom": "R", "optInWordingRequired": false,
//  "safetyApprovers": 2, "twoPersonRules": ["M12", ...]}
fhir::Status ReadContentPolicy(const fhir::json::Value& json, const std::string& path,
                               ContentPolicy& policy);

}  // namespace consent
