// Where a ZIP code and a telephone number may be: time zones and states (B1-30.1, B1-30.2). A
// number says where it was given out, not where it is now: it adds places and takes none away.
#pragma once

#include <string_view>
#include <vector>

namespace consent {

struct Places {
  std::vector<std::string_view> zones;   // IANA; empty: not known
  std::vector<std::string_view> states;  // two letters
};

// "98101" or "98101-1234". A code that is not in use is where the codes of its prefix are.
Places PlacesOfZip(std::string_view zip);

// A normalised number ("+12065550100"), by its longest known prefix. Nothing for a number that has
// no place: another country's, a toll-free one.
Places PlacesOfNumber(std::string_view number);

// The zone that stands for all that keep this clock ("America/Detroit" -> "America/New_York");
// `zone` itself where there is none.
std::string_view SameClock(std::string_view zone);

}  // namespace consent
