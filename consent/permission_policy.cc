#include "consent/permission_policy.h"

namespace consent {

fhir::Status ReadPermissionPolicy(const fhir::json::Value& json, const std::string& path,
                                  PermissionPolicy& policy) {
  Members members(json, path);
  members.Present({"ageOfMajority"});
  members.Count("ageOfMajority", policy.age_of_majority);
  return members.Finish();
}

}  // namespace consent
