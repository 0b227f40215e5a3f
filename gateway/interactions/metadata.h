// The CapabilityStatement of one programme's API, made once at its first use.
#pragma once

#include <string>

#include "fhir/date_time.h"
#include "fhir/search/index_plan.h"

namespace gateway::interactions {

std::string CapabilityStatement(const std::string& base, const std::string& token_url,
                                fhir::Instant started, const fhir::IndexPlan& plan);

}  // namespace gateway::interactions
