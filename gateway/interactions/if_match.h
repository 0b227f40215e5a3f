// The If-Match of a write. RFC 9110, 13.1.1; http://hl7.org/fhir/R4/http.html#concurrency
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway::interactions {

struct VersionCondition {
  bool any = false;                 // *: whichever version, but one
  std::vector<int64_t> versions{};  // one of them, unless there are none

  // kPreconditionFailed where there is a condition: for what finds no resource to have it of.
  fhir::Status WithoutResource() const;

  // The one version for PutResource or DeleteResource to ask for, in their transaction; nullopt:
  // none. kPreconditionFailed for * where there is no resource.
  fhir::Result<std::optional<int64_t>> Wanted(store::Reader& reader, const std::string& programme,
                                              const std::string& type, const std::string& id) const;
};

// *, or a list of W/"3"; no condition when the field is absent; kMalformed when it is something
// else.
fhir::Result<VersionCondition> IfMatch(std::string_view field);

}  // namespace gateway::interactions
