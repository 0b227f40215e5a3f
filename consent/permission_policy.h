// The values that permission reads: what holds where the patient has said nothing (C7), ages (P5).
#pragma once

#include "consent/members.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

struct PermissionPolicy {
  int age_of_majority = 18;  // P5, where no state says otherwise
};

fhir::Status ReadPermissionPolicy(const fhir::json::Value& json, const std::string& path,
                                  PermissionPolicy& policy);

}  // namespace consent
