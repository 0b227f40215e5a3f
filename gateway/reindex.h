// The search index and the setting search.index: an index that was made under another setting
// misses what is there, so nothing is served from it until it has been made anew.
#pragma once

#include <functional>

#include "fhir/result.h"
#include "fhir/search/index_plan.h"
#include "gateway/store/store.h"

namespace gateway {

// Of a new store, whose index is empty: it is made under this plan.
fhir::Status RememberIndex(store::Store& store, const fhir::IndexPlan& plan);

// kPreconditionFailed unless the store's index was made under this plan.
fhir::Status CheckIndex(store::Store& store, const fhir::IndexPlan& plan);

// Makes it anew, in commits of a hundred resources; may be stopped and begun again. `done` hears
// the keys of the last one so far and of the last of all.
fhir::Status Reindex(store::Store& store, const fhir::IndexPlan& plan,
                     const std::function<void(int64_t done, int64_t all)>& done);

}  // namespace gateway
