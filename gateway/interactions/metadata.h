// The CapabilityStatement of one programme's API, made once at its first use.
#pragma once

#include <string>

#include "fhir/date_time.h"

namespace gateway::interactions {

std::string CapabilityStatement(const std::string& base, const std::string& token_url,
                                fhir::Instant started);

}  // namespace gateway::interactions
