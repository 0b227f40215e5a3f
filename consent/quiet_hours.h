// When a phone may ring: 08:00 to 20:59 in every zone the patient may be in (B1-27, B1-30).
// 47 CFR 64.1200(c)(1)
#pragma once

#include <span>
#include <string>

#include "fhir/date_time.h"

namespace consent {

inline constexpr int kOpensAtMinute = 8 * 60;
inline constexpr int kClosesAtMinute = 21 * 60;

bool InsideEveryWindow(fhir::Instant t, std::span<const std::string> zones);

// The first instant at or after `t` that lies inside the window of every zone; `t` plus a year when
// there is none (zones whose windows never meet).
fhir::Instant NextInsideEveryWindow(fhir::Instant t, std::span<const std::string> zones);

}  // namespace consent
