#include "consent/quiet_hours.h"

#include <algorithm>

namespace consent {
namespace {

using fhir::Instant;

Hours HoursOn(const fhir::LocalTime& local, const WeekHours& hours) {
  for (const Holiday& holiday : hours.holidays) {
    if (holiday.IsOn(local.year, local.month, local.day)) return {0, 0};
  }
  return hours.days[static_cast<size_t>(local.weekday)];
}

// `t` itself inside the hours of the zone; else the next opening, or the next midnight when the day
// has none left. A zone that cannot be read is never open.
Instant NextStep(Instant t, const std::string& zone, const WeekHours& hours) {
  constexpr auto kMinute = std::chrono::minutes{1};
  const auto local = fhir::InZone(t, zone);
  if (!local.ok()) return t + std::chrono::days{1};
  const Hours today = HoursOn(*local, hours);
  const bool to_come = local->minute_of_day < today.opens && today.opens < today.closes;
  if (!to_come && local->minute_of_day < today.closes) return t;
  const auto next = to_come ? fhir::NextLocalMinute(t, today.opens, zone)
                            : fhir::NextLocalMinute(t + kMinute, 0, zone);
  return next.ok() ? *next : t + std::chrono::days{1};
}

}  // namespace

Hours Hours::And(Hours other) const {
  const Hours both{std::max(opens, other.opens), std::min(closes, other.closes)};
  return both.opens < both.closes ? both : Hours{0, 0};
}

WeekHours WeekHours::And(const WeekHours& other) const {
  WeekHours both;
  for (size_t i = 0; i < days.size(); ++i) both.days[i] = days[i].And(other.days[i]);
  both.holidays = holidays;
  both.holidays.insert(both.holidays.end(), other.holidays.begin(), other.holidays.end());
  return both;
}

WeekHours WeekHours::And(Hours every_day) const {
  WeekHours both = *this;
  for (Hours& day : both.days) day = day.And(every_day);
  return both;
}

bool InsideEveryWindow(Instant t, std::span<const std::string> zones, const WeekHours& hours) {
  return std::all_of(zones.begin(), zones.end(),
                     [&](const std::string& zone) { return NextStep(t, zone, hours) == t; });
}

Instant NextInsideEveryWindow(Instant t, std::span<const std::string> zones,
                              const WeekHours& hours) {
  // Each step goes to the next opening or midnight of some zone; what opens at all opens within a
  // few weeks, whatever holidays fall into them.
  constexpr auto kFarthest = std::chrono::days{45};
  const Instant start = t;
  while (t < start + kFarthest) {
    const Instant before = t;
    for (const std::string& zone : zones) t = NextStep(t, zone, hours);
    if (t == before) return t;
  }
  return start + std::chrono::days{365};
}

}  // namespace consent
