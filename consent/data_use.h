// What is done with health data, in one form for an outreach and for a disclosure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "consent/context.h"
#include "consent/decision.h"
#include "consent/fhir_consent.h"

namespace consent {

// Points into the context, which must outlive it.
struct DataUse {
  MessageClass message_class = MessageClass::kMarketing;
  bool outreach = true;
  std::vector<std::string> purposes;  // {"HMARKT"} for marketing, whatever is said (V23)
  RecipientKind recipient = RecipientKind::kIndividual;
  std::string_view recipient_name;
  std::string_view action = "use";
  bool sale = false;
  bool required_by_law = false;
  bool requested_service = false;
  const std::vector<std::string>* attached = nullptr;

  bool marketing() const { return message_class == MessageClass::kMarketing; }
  bool leaves() const { return action == "disclose"; }  // to somebody else
  bool Attached(std::string_view what) const;
  // Whether every purpose, or any of them, is `wide` or below it.
  bool AllFor(std::string_view wide) const;
  bool AnyFor(std::string_view wide) const;
  // Emergency treatment by a provider: 45 CFR 164.522(a)(1)(iii), 42 CFR 2.51.
  bool Emergency() const;
};

DataUse UseOf(const EvaluationContext& context, MessageClass c);

// What a consent is asked for one item of a disclosure, or for all of it together (AccessOf answers
// with the latter). REQUIRES: context.asked.
Access AccessToItem(const EvaluationContext& context, const DataUse& use, const DataItem& item);
Access AccessAsked(const EvaluationContext& context, std::vector<std::string> purposes);

}  // namespace consent
