// The value of one search parameter, read: which entries of the index it asks for.
#pragma once

#include <string_view>

#include "fhir/date_time.h"
#include "fhir/result.h"
#include "fhir/search/criteria.h"
#include "fhir/search/parameters.h"

namespace fhir {

struct AskedValue {
  const SearchParameter& parameter;
  std::string_view modifier;  // "exact", "Patient", or empty
  std::string_view value;     // "a,b" is any of both; escapes stand
  Instant now{};
  std::string_view base;  // of this server
};

// kMalformed with a finding: the modifier is not for this kind (issue code not-supported), or the
// value has not its grammar (value).
Result<Clause> ClauseOf(const AskedValue& asked);

}  // namespace fhir
