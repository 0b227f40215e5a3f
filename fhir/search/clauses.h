// The value of one search parameter, read: which entries of the index it asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

// 2026-01, ge2026-01-01T10:00Z: what the text covers, for prefixes see http://hl7.org/fhir/R4/search.html#prefix
enum class Prefix : uint8_t { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb, kAp };
Prefix TakePrefix(std::string_view& text);
Result<Span> AskedSpan(std::string_view text, std::string_view parameter);

// Splits at every separator that no backslash stands before; escapes stay.
std::vector<std::string_view> SplitUnescaped(std::string_view text, char separator);
// http://hl7.org/fhir/R4/search.html#escaping. kMalformed when a backslash escapes nothing.
Result<std::string> Unescape(std::string_view text, std::string_view parameter);

// A refusal: HTTP 400 with one finding of this issue code.
Error Refusal(std::string_view issue_code, std::string message, std::string_view parameter);

}  // namespace fhir
