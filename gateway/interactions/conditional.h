// Conditional interactions: a search stands where an id would, and is decided inside the serial
// writer, so that of many who ask at once one creates and the others find it.
// http://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/interactions/call.h"

namespace gateway::interactions {

struct Condition {
  std::string type;
  std::vector<std::pair<std::string, std::string>> parameters;
};

// `query` as in a URL: "identifier=urn:x|1". kForbidden unless the caller may search the type (the
// answer tells whether there is one).
fhir::Result<Condition> ParseCondition(const auth::Caller& caller, std::string_view type,
                                       std::string_view query);

// What stands in the address behind ? in the place of an id; nullopt where there is an id.
fhir::Result<std::optional<Condition>> ConditionOf(const Call& call);

// The id of the one match; nullopt without one. kPreconditionFailed when there are several,
// kMalformed when the condition narrows nothing, else as a search.
// gone: "Type/id" of what will no longer be there and so matches nothing.
fhir::Result<std::optional<std::string>> Match(store::Reader& reader, const Call& call,
                                               const Condition& condition,
                                               const std::set<std::string>& gone = {});

}  // namespace gateway::interactions
