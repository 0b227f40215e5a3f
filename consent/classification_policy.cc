#include "consent/classification_policy.h"

namespace consent {

fhir::Status ReadClassificationPolicy(const fhir::json::Value& json, const std::string& path,
                                      ClassificationPolicy& policy) {
  Members members(json, path);
  members.Present({"lapsedDays", "nominalGiftUsd"});
  members.Count("lapsedDays", policy.lapsed_days);
  int dollars = 0;
  members.Count("nominalGiftUsd", dollars);
  policy.nominal_gift_micros = int64_t{dollars} * 1'000'000;
  return members.Finish();
}

}  // namespace consent
