#include "consent/places.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "consent/places_table.h"
#include "consent/words.h"

namespace consent {
namespace {

std::vector<std::string_view> ZonesOf(uint32_t mask) {
  std::vector<std::string_view> zones;
  const auto all = ThePlacesTable().zones;
  for (size_t i = 0; i < all.size(); ++i) {
    if ((mask >> i & 1U) != 0) zones.push_back(all[i]);
  }
  return zones;
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

uint32_t Number(std::string_view digits) {
  uint32_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

Places PlacesOfZip(std::string_view zip) {
  zip = Trim(zip);
  const bool shaped = zip.size() >= 5 && AllDigits(zip.substr(0, 5)) &&
                      (zip.size() == 5 || zip[5] == '-' || zip[5] == ' ');
  if (!shaped) return {};
  const PlacesTable& table = ThePlacesTable();
  const uint32_t code = Number(zip.substr(0, 5));
  uint32_t exact = 0;
  uint32_t near = 0;
  const uint32_t first = code / 100 * 100;  // of the prefix
  const auto from = std::partition_point(table.zip_zones.begin(), table.zip_zones.end(),
                                         [&](const ZipZonesRow& row) { return row.to < first; });
  for (auto row = from; row != table.zip_zones.end() && row->from < first + 100; ++row) {
    if (row->from <= code && code <= row->to) exact = row->mask;
    near |= row->mask;
  }
  Places places{ZonesOf(exact != 0 ? exact : near), {}};
  const auto state =
      std::find_if(table.zip_states.begin(), table.zip_states.end(),
                   [&](const ZipStateRow& row) { return row.from <= code && code <= row.to; });
  if (state != table.zip_states.end()) places.states.push_back(state->state);
  return places;
}

Places PlacesOfNumber(std::string_view number) {
  constexpr size_t kDigits = 10;  // of the North American plan
  if (number.size() != kDigits + 2 || !number.starts_with("+1")) return {};
  number.remove_prefix(2);
  const PlacesTable& table = ThePlacesTable();
  Places places;
  for (size_t length = number.size(); length >= 3 && places.zones.empty(); --length) {
    const std::string_view digits = number.substr(0, length);
    const auto row = std::lower_bound(table.prefix_zones.begin(), table.prefix_zones.end(), digits,
                                      [](const PrefixZonesRow& each, std::string_view wanted) {
                                        return std::pair(each.digits.size(), each.digits) <
                                               std::pair(wanted.size(), wanted);
                                      });
    if (row != table.prefix_zones.end() && row->digits == digits) places.zones = ZonesOf(row->mask);
  }
  const uint32_t area = Number(number.substr(0, 3));
  const auto row = std::partition_point(table.area_states.begin(), table.area_states.end(),
                                        [&](const AreaStateRow& each) { return each.area < area; });
  if (row != table.area_states.end() && row->area == area) places.states.push_back(row->state);
  return places;
}

std::string_view SameClock(std::string_view zone) {
  const auto rows = ThePlacesTable().same_clock;
  const auto found = std::lower_bound(
      rows.begin(), rows.end(), zone,
      [](const SameClockRow& row, std::string_view name) { return row.zone < name; });
  return found != rows.end() && found->zone == zone ? found->first : zone;
}

}  // namespace consent
