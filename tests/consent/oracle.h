// The rules once more, as plainly as they can be written: from the rule document, not from the
// engine, a file a section, no regard for speed. It shares the typed facts with the engine and
// nothing else. Only tests use it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/fhir_consent.h"

namespace consent::testing {

struct Expected {
  // PERMIT stands for PERMIT_WITH_OBLIGATIONS as well: the obligations tell.
  Outcome outcome = Outcome::kPermit;
  MessageClass message_class = MessageClass::kMarketing;
  std::set<std::string> obligations;     // of a permit: "MAX_CHARS 160"
  std::map<std::string, Outcome> rules;  // all that spoke, with the strongest of what they said
};

// nullopt where the document leaves the answer open. REQUIRES: an outreach to the patient.
std::optional<Expected> ExpectedDecision(const EvaluationContext& context);

// What the consents say together of an access to data that is known in full (C.3 to C.5).
Answer ExpectedAnswer(const std::vector<ConsentFacts>& consents, const Access& access);

}  // namespace consent::testing
