// How values are written as keys of the index: used where a resource is indexed and where a search
// is read, so that both say the same.
#pragma once

#include <string>
#include <string_view>

#include "fhir/date_time.h"
#include "fhir/decimal.h"

namespace fhir {

inline constexpr std::string_view kPresentKey = "#present";
inline constexpr char kTextEnd = '\x1f';  // after each part of a kText entry

// "system|code"; with an empty system "|code": of any.
std::string TokenKey(std::string_view system, std::string_view code);
// "||code": what has no system.
std::string NoSystemKey(std::string_view code);
// "|+15550100" or "|ada@example.org": people write one number or address in many ways; compared are
// the digits with a leading plus, or the letters in lower case.
std::string ContactKey(std::string_view value);

// 8 bytes in the order of time.
std::string InstantKey(Instant t);
// The point right after a decimal: the end of [decimal, decimal].
std::string AfterDecimal(const Decimal& value);

// The parameter under which a resource has the entries of a contained one that its own parameter
// refers to: "medication:Medication.code".
std::string ContainedName(std::string_view parameter, std::string_view type,
                          std::string_view contained_parameter);

}  // namespace fhir
