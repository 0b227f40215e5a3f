// The value of a token search: which terms or texts of the index it asks for.
// http://hl7.org/fhir/R4/search.html#token
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"
#include "fhir/search/criteria.h"
#include "fhir/search/parameters.h"

namespace fhir {

// The term of "code", "system|code", "|code" or "system|"; `part`: what is searched, nullptr for an
// Identifier. kMalformed (issue code value) for what is none of them.
Result<std::string> TokenTerm(std::string_view parameter, const SearchPart* part,
                              std::string_view item);

// Any of these; what negates (:not, :not-in) is the caller's. Further errors: issue code not-found
// for a value set that is not held, not-supported for a system whose hierarchy is not.
Result<std::vector<Criterion>> TokenCriteria(const SearchParameter& parameter,
                                             std::string_view modifier, std::string_view item);

}  // namespace fhir
