// A Communication as a partner's own records may keep it: created once, under an identifier of
// ours.
#pragma once

#include <string>

#include "fhir/json/value.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/config.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// The identifier by which the partner behind an endpoint knows the patient of a resource, where one
// of `sources` says its system; null where none does, or the patient has none of it.
fhir::Result<fhir::json::Value> IdentifierAt(store::Reader& reader, const Config& config,
                                             const std::string& programme,
                                             const std::string& endpoint,
                                             const fhir::Resource& resource);

struct WriteBack {
  fhir::Resource communication;
  std::string if_none_exist;  // finds an earlier one
};
// Ids are of this gateway: what it refers to by them becomes absolute, below `base`
// (https://host/fhir/{programme}); the patient is named by `identifier` where it is not null.
WriteBack WriteBackOf(fhir::Resource communication, const std::string& base,
                      const fhir::json::Value& identifier);

}  // namespace gateway::outreach
