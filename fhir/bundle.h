// Bundles: taken apart for the interactions, put together for the answers.
// http://hl7.org/fhir/R4/bundle.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/resource.h"
#include "fhir/result.h"

namespace fhir {

struct BundleEntry {
  std::string full_url;
  std::string method;         // request.method
  std::string url;            // request.url, relative
  std::string if_match;       // request.ifMatch
  std::string if_none_match;  // request.ifNoneMatch
  std::string if_none_exist;  // request.ifNoneExist
  std::optional<Resource> resource;
  size_t index = 0;  // place in Bundle.entry
};

struct BundleRequest {
  enum class Type { kTransaction, kBatch };
  Type type = Type::kBatch;
  std::vector<BundleEntry> entries;
};

// Takes a transaction or batch apart. kInvalid with a finding per defect
// (Bundle.entry[3].request.url).
Result<BundleRequest> ReadBundleRequest(const Resource& bundle);

// Rewrites every literal reference (and every element that is a uri equal to a key) found in `map`
// (fullUrl -> "Type/id") throughout the resource. Narrative is left alone.
void ReplaceReferences(json::Value& resource,
                       const std::vector<std::pair<std::string, std::string>>& map);

struct BundleLink {
  std::string relation;
  std::string url;
};

// type "searchset", "history", "transaction-response" or "batch-response". Each entry is a whole
// Bundle.entry object. `total` < 0 leaves it out.
json::Value MakeBundle(std::string_view type, std::vector<json::Value> entries, int64_t total,
                       const std::vector<BundleLink>& links);

}  // namespace fhir
