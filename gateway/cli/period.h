// --from and --to of the verbs that read what was recorded.
#pragma once

#include <string>

#include "fhir/date_time.h"
#include "fhir/result.h"

namespace gateway::cli {

struct Period {
  fhir::Instant from{};
  fhir::Instant to = fhir::Instant::max();  // not included
};

// Each a date or an instant of FHIR, or empty: from the beginning, to the end.
fhir::Result<Period> ReadPeriod(const std::string& from, const std::string& to);

}  // namespace gateway::cli
