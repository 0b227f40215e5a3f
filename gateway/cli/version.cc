#include <iostream>

#include "consent/decide.h"
#include "consent/policy.h"
#include "fhir/date_time.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {

int Version() {
  std::cout << "psgateway " << consent::kEngineVersion << "\n"
            << "policy " << consent::BuiltInPolicy()->version << "\n"
            << "tzdb " << fhir::TzdbVersion() << "\n";
  return 0;
}

}  // namespace gateway::cli
