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
  // The data it is about. `data_known` false: of what is left empty nobody says which data it is,
  // and a limit on it becomes a redaction.
  bool data_known = true;
  bool labels_known = false;   // SetLabels was called; matters only where data_known is false
  bool labels_within = false;  // elements of the data have labels of their own
  std::string confidentiality = "N";
  std::vector<std::string> labels;  // sensitivity codes
  std::vector<std::string> classes;
  // Of several resources, the classes of which a permit must reach each.
  std::vector<std::string> every_class;
  std::vector<std::string> other_classes;  // of what it contains: for a deny only
  std::vector<Coding> codes;
  std::vector<Coding> other_codes;  // no permit rests on them; a deny fires on them, too
  std::vector<std::string> sources;
  std::optional<fhir::Span> data_date;  // all that it may mean
};

enum class Answer : uint8_t { kPermit, kDeny, kNoConsent, kIndeterminate };

struct ConsentAnswer {
  Answer answer = Answer::kNoConsent;
  std::string_view why;  // the rule of an indeterminate answer
  // Values of REDACT obligations, each to be discharged. "R": take out what carries that label (a
  // confidentiality: that one or higher), is of that class or is that resource; "system|code": what
  // has that code, or may have it, for one of the two does not say its system.
  // "exceptAnyOf N,PSY": take out what has none of these (a confidentiality: that one or lower; a
  // code: exactly that one, "|code" without a system).
  std::vector<std::string> redact;
};

// One consent, one purpose.
ConsentAnswer Evaluate(const ConsentFacts& consent, const Access& access, std::string_view purpose);
// Whether the provisions of an authorization reach the access; whether it is a valid one is for
// V1 to V23.
bool ProvisionsPermit(const ConsentFacts& authorization, const Access& access,
                      std::string_view purpose);

// Says which labels the data carries: the highest confidentiality counts (C.3).
void SetLabels(const std::vector<std::string>& labels, Access& access);

// The access that an outreach, or a disclosure, asks for.
Access AccessOf(const EvaluationContext& context, std::vector<std::string> purposes);

struct Combined {
  Answer answer = Answer::kNoConsent;
  bool overridden = false;  // a permit stood against the deny
  bool recorded = false;    // C7: a consent in force was read and did not say no
  std::vector<std::string> doubts;
  std::vector<std::string> redact;
};

// All consents: deny overrides, but for explicit supersession (C5). Considers each in `findings`.
Combined Combine(const std::vector<ConsentFacts>& consents, const Access& access,
                 Findings& findings);

}  // namespace consent
