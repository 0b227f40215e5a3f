// FHIR date, dateTime and instant with the precision they were written in, and what span of time
// they mean. http://hl7.org/fhir/R4/datatypes.html#dateTime
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/result.h"

namespace fhir {

// UTC, milliseconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// Half open: [begin, end).
struct Span {
  Instant begin;
  Instant end;
  bool Contains(Instant t) const { return begin <= t && t < end; }
};

enum class Precision : uint8_t { kYear, kMonth, kDay, kSecond, kFraction };

// Immutable.
class DateTime {
 public:
  // kMalformed unless the text has the grammar of date or dateTime and is a real calendar date.
  static Result<DateTime> Parse(std::string_view text);

  Precision precision() const { return precision_; }
  bool has_offset() const { return has_offset_; }
  const std::string& text() const { return text_; }

  // The span of time that the text covers: 2026 is the whole year, 2026-12-31 the whole day. Where
  // the text has no offset the day is the day of `zone` (IANA name; an unknown zone reads as UTC).
  Span Covers(std::string_view zone = "UTC") const;

 private:
  std::string text_;
  Precision precision_ = Precision::kYear;
  bool has_offset_ = false;
  int64_t local_ms_ = 0;  // the start, as written on the wall clock, since 1970-01-01
  int32_t offset_minutes_ = 0;
  int32_t year_ = 1970;
  unsigned month_ = 1;
  unsigned day_ = 1;
};

// instant: at least seconds and an offset.
Result<Instant> ParseInstant(std::string_view text);

// "2026-11-22T02:26:24.123Z"
std::string FormatInstant(Instant t);

// RFC 9110 date, e.g. for Last-Modified: "Sun, 22 Nov 2026 02:26:24 GMT"
std::string FormatHttpDate(Instant t);
// The one form that RFC 9110 has senders write (IMF-fixdate); nullopt for any other text.
std::optional<Instant> ParseHttpDate(std::string_view text);

// Wall-clock facts of an instant in an IANA zone, DST included.
struct LocalTime {
  int32_t year;
  unsigned month;
  unsigned day;
  int minute_of_day;  // 0..1439
  int weekday;        // 0 = Sunday
};
bool KnownZone(std::string_view zone);
Result<LocalTime> InZone(Instant t, std::string_view zone);
// The first instant at or after `t` whose wall clock in `zone` shows `minute_of_day`.
Result<Instant> NextLocalMinute(Instant t, int minute_of_day, std::string_view zone);
// "2026a", or "unknown". Reads a file at every call.
std::string TzdbVersion();

}  // namespace fhir
