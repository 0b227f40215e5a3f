// One entry of a transaction, read: what is done to which resource, under what condition.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fhir/bundle.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/interactions/call.h"
#include "gateway/interactions/conditional.h"
#include "gateway/interactions/if_match.h"
#include "gateway/interactions/patch.h"
#include "gateway/writes.h"

namespace gateway::interactions {

// In the order in which the specification has them done.
enum class Verb { kDelete, kPost, kPut, kPatch, kGet };

struct Step {
  const fhir::BundleEntry* entry = nullptr;
  Verb verb = Verb::kGet;
  std::string type;
  std::string id;  // of the address; for POST the new one
  std::optional<Condition> condition;
  // A POST under the condition of an earlier one: it finds what that one makes.
  bool finds_made = false;
  bool searches = false;  // GET of what the query of the address finds
  bool only_new = false;  // PUT under If-None-Match: *
  VersionCondition if_match;
  std::optional<PatchDocument> patch;
  std::optional<fhir::Resource> resource;  // as it will be written; then it is the draft's
  std::optional<Draft> draft;
};

// `entry` outlives the step. Refuses what the token's scopes do not cover; the path of an error is
// within the entry.
fhir::Result<Step> ReadStep(const Call& call, const fhir::BundleEntry& entry);

std::string PlaceOf(size_t index);  // "Bundle.entry[3]"
// The error of an entry as one of the Bundle.
fhir::Error At(fhir::Error error, size_t index);

}  // namespace gateway::interactions
