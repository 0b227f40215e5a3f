// The rules once more, as plainly as they can be written: from the rule document, not from the
// engine, one function a section, no regard for speed, reasons or obligations. Only tests use it.
#pragma once

#include <optional>

#include "consent/context.h"
#include "consent/decision.h"

namespace consent::testing {

struct Expected {
  // PERMIT stands for PERMIT_WITH_OBLIGATIONS as well.
  Outcome outcome = Outcome::kPermit;
  MessageClass message_class = MessageClass::kMarketing;
};

// nullopt where the document leaves the answer open.
std::optional<Expected> ExpectedDecision(const EvaluationContext& context);

}  // namespace consent::testing
