// A policy pack: what changes while the rules stand. Ages, windows, caps, lexicons, label sets and
// what holds where the patient has said nothing, as versioned JSON (consent/policies). Two persons
// activate one; every decision names the one it was made under.
//
// {
//   "version": "us-federal-2026-08",          // names the pack; a version is never used twice
//   "source": "45 CFR 164; ...",              // where its values come from, and who answers for
//   them "effective": "2026-08-01",                // it cannot be activated before "relaxed":
//   ["B1-13"],                     // rules that only warn; none whose confidence is kV
//   "classification": { ... classification_policy.h ... },
//   "content": { ... content_policy.h ... },
//   "permission": { ... permission_policy.h ... },
//   "channels": { ... channel_policy.h ... },
//   "disclosure": { ... disclosure_policy.h ... }
// }
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consent/channel_policy.h"
#include "consent/classification_policy.h"
#include "consent/content_policy.h"
#include "consent/disclosure_policy.h"
#include "consent/permission_policy.h"
#include "fhir/date_time.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

// Immutable once read; shared between threads.
struct Policy {
  std::string version;
  std::string source;
  fhir::Instant effective{};
  std::vector<std::string> relaxed;
  ClassificationPolicy classification;
  ContentPolicy content;
  PermissionPolicy permission;
  ChannelPolicy channels;
  DisclosurePolicy disclosure;
  std::string hash;        // hex SHA-256 of the canonical JSON
  fhir::json::Value json;  // as it was read

  // Whether the pack takes the force out of a rule that stands in the way.
  bool Relaxes(std::string_view rule) const;
};

// A whole pack: every member must be there. kInvalid with the path ("policy.channels.opensAt") on
// an unknown key, a missing or bad value, or a relaxed rule that is none or is law (kV).
fhir::Result<std::shared_ptr<const Policy>> ReadPolicy(const fhir::json::Value& json);

// The pack that is built in: the strict values.
const std::shared_ptr<const Policy>& BuiltInPolicy();
const fhir::json::Value& BuiltInPolicyJson();

}  // namespace consent
