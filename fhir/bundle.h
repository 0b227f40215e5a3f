// Bundles: taken apart for the interactions, put together for the answers.
// http://hl7.org/fhir/R4/bundle.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/resource.h"
#include "fhir/result.h"

namespace fhir {

struct BundleEntry {
  std::string full_url;
  std::string method;         // request.method
  std::string url;            // request.url, relative to the base
  std::string if_match;       // request.ifMatch
  std::string if_none_match;  // request.ifNoneMatch
  std::string if_none_exist;  // request.ifNoneExist
  std::optional<Instant> if_modified_since;
  std::optional<Resource> resource;
  size_t index = 0;             // place in Bundle.entry
  std::vector<Issue> findings;  // of a batch: why this entry cannot be run
};

struct BundleRequest {
  enum class Type { kTransaction, kBatch };
  Type type = Type::kBatch;
  std::vector<BundleEntry> entries;
};

// Takes a transaction or batch apart. kInvalid with a finding per defect
// (Bundle.entry[3].request.url); those of an entry of a batch, which stands alone, stay with it.
// `base`, "https://host/fhir/programme": a request.url below it, or from its root ("/Patient/1"), is
// taken as relative; one of another server is a finding.
Result<BundleRequest> ReadBundleRequest(const Resource& bundle, std::string_view base);

// Rewrites every literal reference found in `map` (fullUrl -> "Type/id") throughout the resource:
// references, elements that are a uri, links and images of narratives.
// http://hl7.org/fhir/R4/http.html#trules
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
