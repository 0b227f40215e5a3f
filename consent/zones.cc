#include "consent/zones.h"

#include <array>

#include "consent/words.h"

namespace consent {
namespace {

constexpr std::string_view kEastern = "America/New_York";
constexpr std::string_view kCentral = "America/Chicago";
constexpr std::string_view kMountain = "America/Denver";
constexpr std::string_view kArizona = "America/Phoenix";
constexpr std::string_view kPacific = "America/Los_Angeles";

struct State {
  std::string_view code;
  std::string_view name;
  std::array<std::string_view, 3> zones;  // empty ones at the end
};

// Split states have more than one zone (B1-30.5); all of them are candidates. Zones that keep the
// same clock today as another of the same state are left out.
constexpr std::array<State, 58> kStates{{
    {"AK", "alaska", {"America/Anchorage", "America/Adak"}},
    {"AL", "alabama", {kCentral, kEastern}},  // Phenix City keeps Eastern time
    {"AR", "arkansas", {kCentral}},
    {"AS", "american samoa", {"Pacific/Pago_Pago"}},
    {"AZ", "arizona", {kArizona, kMountain}},  // the Navajo Nation observes daylight saving time
    {"CA", "california", {kPacific}},
    {"CO", "colorado", {kMountain}},
    {"CT", "connecticut", {kEastern}},
    {"DC", "district of columbia", {kEastern}},
    {"DE", "delaware", {kEastern}},
    {"FL", "florida", {kEastern, kCentral}},
    {"FM", "micronesia", {"Pacific/Pohnpei", "Pacific/Chuuk"}},
    {"GA", "georgia", {kEastern}},
    {"GU", "guam", {"Pacific/Guam"}},
    {"HI", "hawaii", {"Pacific/Honolulu"}},
    {"IA", "iowa", {kCentral}},
    {"ID", "idaho", {"America/Boise", kPacific}},
    {"IL", "illinois", {kCentral}},
    {"IN", "indiana", {"America/Indiana/Indianapolis", kCentral}},
    {"KS", "kansas", {kCentral, kMountain}},
    {"KY", "kentucky", {kEastern, kCentral}},
    {"LA", "louisiana", {kCentral}},
    {"MA", "massachusetts", {kEastern}},
    {"MD", "maryland", {kEastern}},
    {"ME", "maine", {kEastern}},
    {"MI", "michigan", {"America/Detroit", kCentral}},
    {"MN", "minnesota", {kCentral}},
    {"MO", "missouri", {kCentral}},
    {"MP", "northern mariana islands", {"Pacific/Saipan"}},
    {"MS", "mississippi", {kCentral}},
    {"MT", "montana", {kMountain}},
    {"NC", "north carolina", {kEastern}},
    {"ND", "north dakota", {kCentral, kMountain}},
    {"NE", "nebraska", {kCentral, kMountain}},
    {"NH", "new hampshire", {kEastern}},
    {"NJ", "new jersey", {kEastern}},
    {"NM", "new mexico", {kMountain}},
    {"NV", "nevada", {kPacific, kMountain}},  // West Wendover keeps Mountain time
    {"NY", "new york", {kEastern}},
    {"OH", "ohio", {kEastern}},
    {"OK", "oklahoma", {kCentral, kMountain}},
    {"OR", "oregon", {kPacific, "America/Boise"}},
    {"PA", "pennsylvania", {kEastern}},
    {"PR", "puerto rico", {"America/Puerto_Rico"}},
    {"PW", "palau", {"Pacific/Palau"}},
    {"RI", "rhode island", {kEastern}},
    {"SC", "south carolina", {kEastern}},
    {"SD", "south dakota", {kCentral, kMountain}},
    {"TN", "tennessee", {kCentral, kEastern}},
    {"TX", "texas", {kCentral, kMountain}},
    {"UT", "utah", {kMountain}},
    {"VA", "virginia", {kEastern}},
    {"VI", "virgin islands", {"America/Puerto_Rico"}},
    {"VT", "vermont", {kEastern}},
    {"WA", "washington", {kPacific}},
    {"WI", "wisconsin", {kCentral}},
    {"WV", "west virginia", {kEastern}},
    {"WY", "wyoming", {kMountain}},
}};

// Ordered by longitude; their windows meet from 22:00 to 01:00 UTC (B1-30.4).
constexpr std::array<std::string_view, 11> kAll{"America/Puerto_Rico",
                                                kEastern,
                                                kCentral,
                                                kMountain,
                                                kArizona,
                                                kPacific,
                                                "America/Anchorage",
                                                "America/Adak",
                                                "Pacific/Honolulu",
                                                "Pacific/Pago_Pago",
                                                "Pacific/Guam"};

std::span<const std::string_view> ZonesOf(const State& state) {
  size_t count = 0;
  while (count < state.zones.size() && !state.zones[count].empty()) ++count;
  return {state.zones.data(), count};
}

}  // namespace

std::span<const std::string_view> ZonesOfState(std::string_view state) {
  for (const State& each : kStates) {
    if (SameName(each.code, state) || SameName(each.name, state)) return ZonesOf(each);
  }
  return {};
}

std::string_view CodeOfState(std::string_view state) {
  for (const State& each : kStates) {
    if (SameName(each.code, state) || SameName(each.name, state)) return each.code;
  }
  return {};
}

std::span<const std::string_view> AllUsZones() { return kAll; }

}  // namespace consent
