// What kind of message this is under 45 CFR 164.501 (M0 to M8, M10, M11). Content and funding
// decide; Communication.category and medium are never evidence (M8, M12).
#pragma once

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/findings.h"

namespace consent {

struct Classification {
  MessageClass message_class = MessageClass::kMarketing;
  bool remunerated = false;  // financial remuneration in exchange for this message (M1, M6)
};

// Adds the rules that classified, as reasons that ask for nothing, and considers modules and
// funding.
Classification Classify(const EvaluationContext& context, Findings& findings);

enum class ProductMatch : uint8_t { kCurrent, kGeneric, kDeliverySystem, kLapsed, kOther };
// M2, M10: what the product is to this patient's therapy.
ProductMatch Match(const EvaluationContext& context, const DescribedProduct& product);

// HIPAA reaches the sender: a covered entity, its business associate or a subcontractor.
bool UnderHipaa(const Programme& programme);
// The sender is a covered entity or acts for one of this regime.
bool ActsAs(const Programme& programme, Regime regime);

}  // namespace consent
