// Where the conditions of a transaction lead.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/interactions/transaction_step.h"
#include "gateway/store/store.h"

namespace gateway::interactions {

// What the conditions of a transaction led to at one moment.
struct Matches {
  std::vector<std::optional<std::string>> steps;  // the id that a step's condition matches
  std::map<std::string, std::string> references;  // "Patient?identifier=x" -> "Patient/1"
  friend bool operator==(const Matches&, const Matches&) = default;
};

// In this snapshot, once what the transaction deletes is gone. Errors stand at their entry.
fhir::Result<Matches> FindMatches(store::Reader& reader, const Call& call,
                                  const std::vector<Step>& steps);

// The refusal of a condition names a search parameter, where an expression names an element.
fhir::Error InCondition(fhir::Error error);

}  // namespace gateway::interactions
