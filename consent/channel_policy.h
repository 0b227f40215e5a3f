// The values that channel law reads: windows (B1-27, B1-28) and caps.
#pragma once

#include "consent/members.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

struct ChannelPolicy {
  // Minutes of the local day; a call may begin in [opens, closes).
  int opens_at_minute = 8 * 60;
  int closes_at_minute = 21 * 60;
};

fhir::Status ReadChannelPolicy(const fhir::json::Value& json, const std::string& path,
                               ChannelPolicy& policy);

}  // namespace consent
