// When a phone may ring: the hours of every law that applies, in every zone the patient may be in
// (B1-27, B1-28, B1-30). Computed at the instant of sending, on the wall clock of each zone, so
// that a change of daylight saving time needs no care (B1-29). 47 CFR 64.1200(c)(1)
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "consent/holidays.h"
#include "fhir/date_time.h"

namespace consent {

// Minutes of the local day: a call may begin in [opens, closes). Closed all day when they are
// equal.
struct Hours {
  int opens = 0;
  int closes = 24 * 60;
  Hours And(Hours other) const;
};

struct WeekHours {
  std::array<Hours, 7> days;      // Sunday first
  std::vector<Holiday> holidays;  // closed on these
  // Only what both allow.
  WeekHours And(const WeekHours& other) const;
  WeekHours And(Hours every_day) const;
};

bool InsideEveryWindow(fhir::Instant t, std::span<const std::string> zones, const WeekHours& hours);

// The first instant at or after `t` that lies inside the hours of every zone; `t` plus a year when
// there is none (windows that never meet).
fhir::Instant NextInsideEveryWindow(fhir::Instant t, std::span<const std::string> zones,
                                    const WeekHours& hours);

}  // namespace consent
