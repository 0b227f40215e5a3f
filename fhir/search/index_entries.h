// What a resource puts into the index.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/resource.h"
#include "fhir/search/index_entry.h"
#include "fhir/search/index_plan.h"
#include "fhir/search/parameters.h"

namespace fhir {

// The entries of every parameter that the plan has for the type: each once, ordered.
std::vector<IndexEntry> IndexEntries(const Resource& resource, const IndexPlan& plan);

// Those of one parameter of the resource's type, whatever the plan.
std::vector<IndexEntry> IndexEntries(const Resource& resource, const SearchParameter& parameter);

// What a token or reference parameter sorts the resource by: the smallest or largest of its codes,
// or of its references as "Type/id" or URL; byte by byte, as they are written.
std::optional<std::string> SortValueOf(const Resource& resource, const SearchParameter& parameter,
                                       bool largest);

// The literal references of one reference parameter as "Type/id" or URL: what _include follows.
std::vector<std::string> ReferencesOf(const Resource& resource, const SearchParameter& parameter);

}  // namespace fhir
