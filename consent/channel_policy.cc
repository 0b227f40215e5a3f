#include "consent/channel_policy.h"

namespace consent {

fhir::Status ReadChannelPolicy(const fhir::json::Value& json, const std::string& path,
                               ChannelPolicy& policy) {
  Members members(json, path);
  members.Present({"opensAt", "closesAt"});
  members.MinuteOfDay("opensAt", policy.opens_at_minute);
  members.MinuteOfDay("closesAt", policy.closes_at_minute);
  return members.Finish();
}

}  // namespace consent
