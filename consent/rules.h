// Every rule the engine can name: its source and what it says to staff, one plain sentence each
// way.
#pragma once

#include <span>
#include <string_view>

namespace consent {

struct Rule {
  std::string_view id;       // "B1-27"
  std::string_view source;   // the law, the specification, or "house policy"
  std::string_view against;  // what it says when it stands in the way
  std::string_view for_it;   // what it says when it lets the message go; empty: it never does
  std::string_view queue;    // who reviews: "nurse", "compliance", "privacy"
};

// Sorted by id.
std::span<const Rule> Rules();
// nullptr for an id that is no rule.
const Rule* FindRule(std::string_view id);

}  // namespace consent
