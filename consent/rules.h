// Every rule the engine can name: its source, how sure we are of it, and what it says to staff and
// to the patient, one plain sentence each.
#pragma once

#include <span>
#include <string_view>

namespace consent {

// How a rule was checked (decision-rules): against the primary text, against a secondary source,
// not at all, or it is policy of this house. Only what is not kV may be relaxed by a policy pack.
enum class Confidence : unsigned char { kV, kS, kM, kP };

struct Rule {
  std::string_view id;      // "B1-27"
  std::string_view source;  // the law, the specification, or "house policy"
  Confidence confidence;
  std::string_view against;      // to staff, when it stands in the way
  std::string_view for_it;       // to staff, when it lets the message go; empty: it never does
  std::string_view for_patient;  // to the patient, when it stands in the way
  std::string_view queue;        // who reviews: "nurse", "compliance", "privacy"
  std::string_view reads;        // the facts it reads: ids of consent/facts.h, separated by spaces
};

// Sorted by id.
std::span<const Rule> Rules();
// nullptr for an id that is no rule.
const Rule* FindRule(std::string_view id);

}  // namespace consent
