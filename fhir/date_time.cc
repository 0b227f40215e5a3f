#include "fhir/date_time.h"

#include <date/date.h>
#include <date/tz.h>

#include <array>
#include <exception>
#include <fstream>
#include <locale>
#include <optional>
#include <sstream>

namespace fhir {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr int64_t kMsPerSecond = 1000;
constexpr int64_t kMsPerMinute = 60 * kMsPerSecond;
constexpr int64_t kMsPerDay = 24 * 60 * kMsPerMinute;

constexpr char kGrammar[] = "the text is not a date or dateTime";
constexpr char kCalendar[] = "the date is not in the calendar";
constexpr char kNoZone[] = "the time zone is not known";

// Takes fixed-width digit groups and single characters off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> Digits(size_t width) {
    if (rest_.size() < width) return std::nullopt;
    int n = 0;
    for (size_t i = 0; i < width; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      n = n * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(width);
    return n;
  }
  // At least one digit; the first three are milliseconds, the rest is read and dropped.
  std::optional<int> Milliseconds() {
    int ms = 0;
    size_t count = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count) {
      if (count < 3) ms = ms * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    if (count == 0) return std::nullopt;
    for (; count < 3; ++count) ms *= 10;
    return ms;
  }

 private:
  std::string_view rest_;
};

// Z or +hh:mm, up to 14:00 either way.
std::optional<int32_t> TakeOffset(Scanner& scan) {
  if (scan.Take('Z')) return 0;
  const bool negative = scan.Take('-');
  if (!negative && !scan.Take('+')) return std::nullopt;
  const auto hours = scan.Digits(2);
  if (!hours || !scan.Take(':')) return std::nullopt;
  const auto mins = scan.Digits(2);
  if (!mins || *mins > 59 || *hours * 60 + *mins > 14 * 60) return std::nullopt;
  const int32_t total = *hours * 60 + *mins;
  return negative ? -total : total;
}

struct TimeOfDay {
  int64_t ms = 0;
  bool fraction = false;
  int32_t offset = 0;
};

std::optional<TimeOfDay> TakeTime(Scanner& scan) {
  const auto hour = scan.Digits(2);
  if (!hour || *hour > 23 || !scan.Take(':')) return std::nullopt;
  const auto minute = scan.Digits(2);
  if (!minute || *minute > 59 || !scan.Take(':')) return std::nullopt;
  const auto second = scan.Digits(2);
  if (!second || *second > 60) return std::nullopt;  // :60 is a leap second
  TimeOfDay time;
  time.ms = (*hour * 60 + *minute) * kMsPerMinute + *second * kMsPerSecond;
  if (scan.Take('.')) {
    const auto ms = scan.Milliseconds();
    if (!ms) return std::nullopt;
    time.ms += *ms;
    time.fraction = true;
  }
  const auto offset = TakeOffset(scan);
  if (!offset) return std::nullopt;
  time.offset = *offset;
  return time;
}

date::year_month_day Ymd(int32_t year, unsigned month, unsigned day) {
  return date::year{year} / date::month{month} / date::day{day};
}

int64_t DaysSinceEpoch(const date::year_month_day& ymd) {
  return date::sys_days{ymd}.time_since_epoch().count();
}

Instant FromMs(int64_t ms) { return Instant{milliseconds{ms}}; }

// nullptr for an unknown zone, and when the machine has no zone data at all.
const date::time_zone* FindZone(std::string_view name) {
  if (name.empty()) return nullptr;
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

// The wall-clock start of a day, as an instant. A day that begins in a gap begins at its end.
Instant DayStart(const date::year_month_day& ymd, const date::time_zone* zone) {
  const date::local_days local{ymd};
  if (zone != nullptr) {
    try {
      return std::chrono::time_point_cast<milliseconds>(
          zone->to_sys(std::chrono::time_point_cast<milliseconds>(local), date::choose::earliest));
    } catch (const std::exception&) {
      // Reads as UTC below.
    }
  }
  return FromMs(DaysSinceEpoch(ymd) * kMsPerDay);
}

// Every request formats instants, and printf takes a microsecond for one. REQUIRES 0 <= value.
void AddPadded(std::string& text, int64_t value, size_t digits) {
  text.append(digits, '0');
  for (size_t at = text.size(); digits > 0; --digits, value /= 10) {
    text[--at] = static_cast<char>('0' + value % 10);
  }
}

void AddYear(std::string& text, int year) {
  if (year >= 0 && year <= 9999) return AddPadded(text, year, 4);
  text += std::to_string(year);
}

template <class Time>
void AddTimeOfDay(std::string& text, const Time& time) {
  AddPadded(text, time.hours().count(), 2);
  text += ':';
  AddPadded(text, time.minutes().count(), 2);
  text += ':';
  AddPadded(text, time.seconds().count(), 2);
}

}  // namespace

Result<DateTime> DateTime::Parse(std::string_view text) {
  const auto grammar = [] { return Fail(ErrorCode::kMalformed, kGrammar); };
  const auto calendar = [] { return Fail(ErrorCode::kMalformed, kCalendar); };
  Scanner scan(text);
  DateTime result;
  result.text_ = std::string(text);

  const auto year = scan.Digits(4);
  if (!year) return grammar();
  if (*year == 0) return calendar();
  result.year_ = *year;
  bool has_time = false;
  TimeOfDay time;
  if (scan.Take('-')) {
    const auto month = scan.Digits(2);
    if (!month) return grammar();
    result.month_ = static_cast<unsigned>(*month);
    result.precision_ = Precision::kMonth;
    if (scan.Take('-')) {
      const auto day = scan.Digits(2);
      if (!day) return grammar();
      result.day_ = static_cast<unsigned>(*day);
      result.precision_ = Precision::kDay;
      if (scan.Take('T')) {
        const auto taken = TakeTime(scan);
        if (!taken) return grammar();
        has_time = true;
        time = *taken;
      }
    }
  }
  if (!scan.AtEnd()) return grammar();
  const auto ymd = Ymd(result.year_, result.month_, result.day_);
  if (!ymd.ok()) return calendar();
  result.local_ms_ = DaysSinceEpoch(ymd) * kMsPerDay + time.ms;
  if (has_time) {
    result.has_offset_ = true;
    result.offset_minutes_ = time.offset;
    result.precision_ = time.fraction ? Precision::kFraction : Precision::kSecond;
  }
  return result;
}

Span DateTime::Covers(std::string_view zone) const {
  if (has_offset_) {
    const Instant begin = FromMs(local_ms_ - offset_minutes_ * kMsPerMinute);
    const int64_t length = precision_ == Precision::kSecond ? kMsPerSecond : 1;
    return {begin, begin + milliseconds{length}};
  }
  const date::time_zone* found = zone == "UTC" ? nullptr : FindZone(zone);
  const date::year_month_day first = Ymd(year_, month_, day_);
  date::year_month_day next = first;
  switch (precision_) {
    case Precision::kYear:
      next = first + date::years{1};
      break;
    case Precision::kMonth:
      next = first + date::months{1};
      break;
    default:
      next = date::year_month_day{date::sys_days{first} + date::days{1}};
  }
  return {DayStart(first, found), DayStart(next, found)};
}

Result<Instant> ParseInstant(std::string_view text) {
  auto parsed = DateTime::Parse(text);
  if (!parsed) return std::move(parsed).error();
  if (parsed->precision() < Precision::kSecond) {
    return Fail(ErrorCode::kMalformed, "an instant needs seconds and an offset");
  }
  return parsed->Covers().begin;
}

std::string FormatInstant(Instant t) {
  const auto day = date::floor<date::days>(t);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss<milliseconds> time{t - day};
  std::string text;
  AddYear(text, static_cast<int>(ymd.year()));
  text += '-';
  AddPadded(text, static_cast<unsigned>(ymd.month()), 2);
  text += '-';
  AddPadded(text, static_cast<unsigned>(ymd.day()), 2);
  text += 'T';
  AddTimeOfDay(text, time);
  text += '.';
  AddPadded(text, time.subseconds().count(), 3);
  text += 'Z';
  return text;
}

std::string FormatHttpDate(Instant t) {
  // English whatever the locale of the process.
  static constexpr std::array<const char*, 7> kDays = {"Sun, ", "Mon, ", "Tue, ", "Wed, ",
                                                       "Thu, ", "Fri, ", "Sat, "};
  static constexpr std::array<const char*, 12> kMonths = {" Jan ", " Feb ", " Mar ", " Apr ",
                                                          " May ", " Jun ", " Jul ", " Aug ",
                                                          " Sep ", " Oct ", " Nov ", " Dec "};
  const auto day = date::floor<date::days>(t);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss<milliseconds> time{t - day};
  std::string text = kDays[date::weekday{day}.c_encoding()];
  AddPadded(text, static_cast<unsigned>(ymd.day()), 2);
  text += kMonths[static_cast<unsigned>(ymd.month()) - 1];
  AddYear(text, static_cast<int>(ymd.year()));
  text += ' ';
  AddTimeOfDay(text, time);
  text += " GMT";
  return text;
}

std::optional<Instant> ParseHttpDate(std::string_view text) {
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  date::sys_seconds seconds;
  in >> date::parse("%a, %d %b %Y %H:%M:%S GMT", seconds);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return Instant(seconds.time_since_epoch());
}

bool KnownZone(std::string_view zone) { return FindZone(zone) != nullptr; }

Result<LocalTime> InZone(Instant t, std::string_view zone) {
  // UTC needs no table.
  const date::time_zone* found = zone == "UTC" ? nullptr : FindZone(zone);
  if (found == nullptr && zone != "UTC") return Fail(ErrorCode::kInvalid, kNoZone);
  try {
    const date::local_time<milliseconds> local =
        found == nullptr ? date::local_time<milliseconds>{t.time_since_epoch()}
                         : found->to_local(t);
    const auto day = date::floor<date::days>(local);
    const date::year_month_day ymd{day};
    LocalTime result{};
    result.year = static_cast<int>(ymd.year());
    result.month = static_cast<unsigned>(ymd.month());
    result.day = static_cast<unsigned>(ymd.day());
    result.minute_of_day = static_cast<int>(date::floor<minutes>(local - day).count());
    result.weekday = static_cast<int>(date::weekday{day}.c_encoding());
    return result;
  } catch (const std::exception&) {
    return Fail(ErrorCode::kInternal, "the time zone data cannot be read");
  }
}

Result<Instant> NextLocalMinute(Instant t, int minute_of_day, std::string_view zone) {
  if (minute_of_day < 0 || minute_of_day > 1439) {
    return Fail(ErrorCode::kInvalid, "the minute is not a minute of a day");
  }
  auto now = InZone(t, zone);
  if (!now) return std::move(now).error();
  if (now->minute_of_day == minute_of_day) return t;
  const date::time_zone* found = FindZone(zone);
  const date::local_days today{Ymd(now->year, now->month, now->day)};
  try {
    // Today's may be over, tomorrow's may fall into a gap; no zone has two gap days running.
    for (int day = 0; day < 7; ++day) {
      const auto local = std::chrono::time_point_cast<milliseconds>(today + date::days{day}) +
                         minutes{minute_of_day};
      const auto info = found->get_info(local);
      if (info.result == date::local_info::nonexistent) continue;
      const Instant first{local.time_since_epoch() - info.first.offset};
      if (first >= t) return first;
      if (info.result != date::local_info::ambiguous) continue;
      const Instant second{local.time_since_epoch() - info.second.offset};
      if (second >= t) return second;
    }
  } catch (const std::exception&) {
    return Fail(ErrorCode::kInternal, "the time zone data cannot be read");
  }
  return Fail(ErrorCode::kInternal, "the time zone never shows this minute");
}

std::string TzdbVersion() {
  // The library looks for a version file that Debian does not ship; the rules themselves carry it.
  std::ifstream rules("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  constexpr std::string_view kPrefix = "# version ";
  if (std::getline(rules, line) && line.starts_with(kPrefix)) return line.substr(kPrefix.size());
  try {
    return date::get_tzdb().version;
  } catch (const std::exception&) {
    return "unknown";
  }
}

}  // namespace fhir
