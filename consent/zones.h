// Where a patient may be, as IANA zones: all of them count (B1-30).
#pragma once

#include <span>
#include <string_view>

namespace consent {

// Every zone of a US state or territory ("TX", "Texas"); empty for an unknown one.
std::span<const std::string_view> ZonesOfState(std::string_view state);

// "TX" of "tx" or "Texas"; empty for an unknown one.
std::string_view CodeOfState(std::string_view state);

// The zones of all states and territories: for a patient whose place is not known.
std::span<const std::string_view> AllUsZones();

}  // namespace consent
