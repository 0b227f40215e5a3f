// References by canonical url. http://hl7.org/fhir/R4/references.html#canonical
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/resource.h"
#include "fhir/search/index_plan.h"
#include "fhir/search/parameters.h"

namespace fhir {

// A reference parameter that leads by urls, at least in part.
bool IsCanonical(const SearchParameter& parameter);

struct Canonical {
  std::string url;
  std::string version;  // empty: any

  friend auto operator<=>(const Canonical&, const Canonical&) = default;
};

// The canonicals of one parameter of the resource.
std::vector<Canonical> CanonicalsOf(const Resource& resource, const SearchParameter& parameter);

// Whether it is what the canonical leads to.
bool IsMeant(const Canonical& canonical, const Resource& resource);

// The terms by which the index has canonicals that lead to the resource: of its version and of
// none. Empty for what has no url.
std::vector<std::string> CanonicalTermsTo(const Resource& resource);

// The types that the parameter may lead to and that are found by their url; only `type`, where it
// is not empty.
std::vector<std::string> UrlTargets(const SearchParameter& parameter, std::string_view type,
                                    const IndexPlan& plan);

}  // namespace fhir
