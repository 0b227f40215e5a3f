// The text of a search value, taken apart: escapes, prefixes, dates. And how it is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/result.h"

namespace fhir {

// 2026-01, ge2026-01-01T10:00Z: what the text covers, for prefixes see
// http://hl7.org/fhir/R4/search.html#prefix
enum class Prefix : uint8_t { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb, kAp };
Prefix TakePrefix(std::string_view& text);
Result<Span> AskedSpan(std::string_view text, std::string_view parameter);
// What ap means: wider by a tenth of the time between now and it.
Span About(const Span& asked, Instant now);

// Splits at every separator that no backslash stands before; escapes stay.
std::vector<std::string_view> SplitUnescaped(std::string_view text, char separator);
// http://hl7.org/fhir/R4/search.html#escaping. kMalformed when a backslash escapes nothing.
Result<std::string> Unescape(std::string_view text, std::string_view parameter);

// A refusal: HTTP 400 with one finding of this issue code.
Error Refusal(std::string_view issue_code, std::string message, std::string_view parameter);

}  // namespace fhir
