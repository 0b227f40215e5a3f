// The values that classification reads (M10, M14).
#pragma once

#include <cstdint>

#include "consent/members.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

struct ClassificationPolicy {
  int lapsed_days = 90;                      // M10: calendar days after a prescription lapsed
  int64_t nominal_gift_micros = 15'000'000;  // M14: USD
};

fhir::Status ReadClassificationPolicy(const fhir::json::Value& json, const std::string& path,
                                      ClassificationPolicy& policy);

}  // namespace consent
