// A decision as FHIR Parameters: what $explain and $evaluate answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/value.h"

namespace gateway::interactions {

fhir::json::Value ParameterPart(std::string_view name, const std::string& value,
                                std::string_view type = "valueString");
fhir::json::Value ParameterGroup(std::string_view name, std::vector<fhir::json::Value> parts);

// outcome, class, notBefore, rerouteTo, reviewQueue, reason[], obligation[], basis[], policy,
// engine; of consent::ToJson or of a decision record.
std::vector<fhir::json::Value> DecisionParameters(const fhir::json::Value& decision);

}  // namespace gateway::interactions
