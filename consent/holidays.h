// Holidays by their rule, so that none has to be listed for a year (B1-28).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace consent {

// One of three forms: {"date": "07-04"}, {"weekday": "mon", "week": 3, "month": 1} (week -1: the
// last of the month), {"easter": -2} (days from Easter Sunday). A date that falls on a weekend is
// kept on the nearest working day as well.
struct Holiday {
  std::string name;
  unsigned month = 0;
  unsigned day = 0;  // of a date
  int weekday = 0;   // 0 = Sunday
  int week = 0;
  std::optional<int> easter;
  std::vector<std::string> states;  // where it is kept; empty: everywhere

  // REQUIRES: a calendar date.
  bool IsOn(int year, unsigned month_of_year, unsigned day_of_month) const;
};

// kInvalid with the path.
fhir::Status ReadHoliday(const fhir::json::Value& json, const std::string& path, Holiday& holiday);

// 0 = Sunday for "sun"; -1 for what is no day.
int WeekdayOf(std::string_view name);

}  // namespace consent
