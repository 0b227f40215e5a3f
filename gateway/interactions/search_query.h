// From a search that was read to what the store is asked. Used by search, and by the conditional
// interactions inside their transaction.
#pragma once

#include <string>
#include <vector>

#include "fhir/search/canonical_links.h"
#include "fhir/search/search_plan.h"
#include "gateway/auth/caller.h"
#include "gateway/store/store.h"

namespace gateway::interactions {

// Makes the plan's joins and lists into clauses by searching for what they lead to, in the caller's
// programme and within his scopes: kForbidden when he may not search a type on the way (or read the
// List). kTooCostly when one step finds more than 5,000 resources or all take longer than 10 s.
fhir::Result<store::SearchQuery> QueryOf(store::Reader& reader, const auth::Caller& caller,
                                         const fhir::SearchPlan& plan);

// The resources that the canonical leads to, of this type; every version of it where it names none.
// Found by the url, which is indexed for the type. The caller's scopes have been asked.
fhir::Result<std::vector<store::ResourceVersion>> MeantBy(store::Reader& reader,
                                                          const std::string& programme,
                                                          const std::string& type,
                                                          const fhir::Canonical& canonical);

// What _include and _revinclude add to a page.
struct Included {
  std::vector<fhir::Resource> resources;
  std::vector<fhir::Issue> warnings;  // what the caller's scopes left out
};

// kTooCostly past 1,000 resources. What the caller may not read is left out, with a warning.
fhir::Result<Included> IncludedWith(store::Reader& reader, const auth::Caller& caller,
                                    const fhir::SearchPlan& plan,
                                    const std::vector<fhir::Resource>& matches);

// The part of a resource that _summary and _elements ask for, marked SUBSETTED. Elements without a
// type are those of the matches; Patient.name is of every Patient.
void KeepAsked(const fhir::SearchPlan& plan, fhir::Resource& resource, bool is_match);

}  // namespace gateway::interactions
