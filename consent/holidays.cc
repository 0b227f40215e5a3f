#include "consent/holidays.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "consent/members.h"

namespace consent {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};

// Easter Sunday of the Gregorian calendar (the anonymous computus of Meeus).
sys_days EasterOf(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
  const int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
  return std::chrono::year{year} / (f / 31) / (f % 31 + 1);
}

}  // namespace

int WeekdayOf(std::string_view name) {
  const auto found = std::find(kWeekdays.begin(), kWeekdays.end(), name);
  return found == kWeekdays.end() ? -1 : static_cast<int>(found - kWeekdays.begin());
}

bool Holiday::IsOn(int year, unsigned month_of_year, unsigned day_of_month) const {
  const sys_days date =
      std::chrono::year{year} / static_cast<int>(month_of_year) / static_cast<int>(day_of_month);
  if (easter) return date == EasterOf(year) + days{*easter};
  const std::chrono::weekday today{date};
  if (week != 0) {
    if (month_of_year != month || today.c_encoding() != static_cast<unsigned>(weekday)) {
      return false;
    }
    if (week > 0) return (static_cast<int>(day_of_month) - 1) / 7 + 1 == week;
    const std::chrono::year_month_day next{date + days{7}};
    return static_cast<unsigned>(next.month()) != month;
  }
  const auto falls = [&](sys_days each) {
    const std::chrono::year_month_day ymd{each};
    return static_cast<unsigned>(ymd.month()) == month && static_cast<unsigned>(ymd.day()) == day;
  };
  return falls(date) || (today == std::chrono::Friday && falls(date + days{1})) ||
         (today == std::chrono::Monday && falls(date - days{1}));
}

fhir::Status ReadHoliday(const fhir::json::Value& json, const std::string& path, Holiday& holiday) {
  Members members(json, path);
  members.Required("name", holiday.name);
  members.Texts("states", holiday.states);
  std::string date;
  std::string weekday_name;
  int month = 0;
  members.Text("date", date);
  members.Text("weekday", weekday_name);
  members.Count("month", month);
  members.Integer("week", holiday.week);
  if (!json["easter"].is_null()) {
    int offset = 0;
    members.Integer("easter", offset);
    holiday.easter = offset;
  }
  const int forms =
      (date.empty() ? 0 : 1) + (weekday_name.empty() ? 0 : 1) + (holiday.easter ? 1 : 0);
  if (forms != 1) members.Fail("name", "needs exactly one of date, weekday and easter");
  if (!date.empty()) {
    const auto digit = [&](size_t i) { return date[i] >= '0' && date[i] <= '9'; };
    const bool shaped =
        date.size() == 5 && digit(0) && digit(1) && date[2] == '-' && digit(3) && digit(4);
    if (shaped) {
      holiday.month = static_cast<unsigned>((date[0] - '0') * 10 + (date[1] - '0'));
      holiday.day = static_cast<unsigned>((date[3] - '0') * 10 + (date[4] - '0'));
    }
    const std::chrono::month_day day{std::chrono::month{holiday.month},
                                     std::chrono::day{holiday.day}};
    if (!day.ok()) members.Fail("date", "must be a month and a day like 07-04");
  }
  if (!weekday_name.empty()) {
    holiday.weekday = WeekdayOf(weekday_name);
    holiday.month = static_cast<unsigned>(month);
    const bool known = holiday.weekday >= 0 && month >= 1 && month <= 12 &&
                       ((holiday.week >= 1 && holiday.week <= 4) || holiday.week == -1);
    if (!known) members.Fail("weekday", "needs a weekday, a week from 1 to 4 or -1, and a month");
  }
  return members.Finish();
}

}  // namespace consent
