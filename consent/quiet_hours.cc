#include "consent/quiet_hours.h"

#include <algorithm>

namespace consent {
namespace {

bool Inside(fhir::Instant t, const std::string& zone) {
  const auto local = fhir::InZone(t, zone);
  return local.ok() && local->minute_of_day >= kOpensAtMinute &&
         local->minute_of_day < kClosesAtMinute;
}

}  // namespace

bool InsideEveryWindow(fhir::Instant t, std::span<const std::string> zones) {
  return std::all_of(zones.begin(), zones.end(),
                     [&](const std::string& zone) { return Inside(t, zone); });
}

fhir::Instant NextInsideEveryWindow(fhir::Instant t, std::span<const std::string> zones) {
  // Each step goes to the next opening of some zone; windows that meet at all meet within days.
  constexpr int kSteps = 200;
  const fhir::Instant start = t;
  for (int step = 0; step < kSteps; ++step) {
    bool moved = false;
    for (const std::string& zone : zones) {
      if (Inside(t, zone)) continue;
      const auto next = fhir::NextLocalMinute(t, kOpensAtMinute, zone);
      if (!next.ok()) continue;
      t = std::max(t, *next);
      moved = true;
    }
    if (!moved) return t;
  }
  return start + std::chrono::days{365};
}

}  // namespace consent
