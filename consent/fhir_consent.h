// FHIR Consent as a decision: the provision tree (C.3, C.4), several consents together (C5), and
// what holds where none speaks (C7). https://profiles.ihe.net/ITI/PCF/
#pragma once

#include <string>
#include <vector>

#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

// What is asked of a consent.
struct Access {
  fhir::Instant now{};
  std::vector<std::string> purposes;  // each must be permitted, none denied
  std::vector<std::string> actions = {"use", "disclose"};
  // The data it is about. `known` false: nobody says which data, so limits become redactions.
  bool data_known = true;
  std::string confidentiality = "N";
  std::vector<std::string> labels;  // sensitivity codes
  std::vector<std::string> classes;
  std::vector<Coding> codes;
  std::vector<std::string> sources;
  std::optional<fhir::Instant> data_date;
};

enum class Answer : uint8_t { kPermit, kDeny, kNoConsent, kIndeterminate };

struct ConsentAnswer {
  Answer answer = Answer::kNoConsent;
  std::string_view why;             // the rule of an indeterminate answer
  std::vector<std::string> redact;  // codes to take out
  bool redact_all_but = false;
};

// One consent, one purpose.
ConsentAnswer Evaluate(const ConsentFacts& consent, const Access& access, std::string_view purpose);

// The access an outreach asks for.
Access AccessOf(const EvaluationContext& context, std::vector<std::string> purposes);

struct Combined {
  Answer answer = Answer::kNoConsent;
  bool overridden = false;  // a permit stood against the deny
  std::vector<std::string> doubts;
  std::vector<std::string> redact;
};

// All consents: deny overrides, but for explicit supersession (C5). Considers each in `findings`.
Combined Combine(const std::vector<ConsentFacts>& consents, const Access& access,
                 Findings& findings);

}  // namespace consent
