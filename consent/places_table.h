// The rows that consent/tables/generate_places.mjs writes. A mask has a bit for each of `zones`.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace consent {

struct SameClockRow {
  std::string_view zone;
  std::string_view first;  // the zone that stands for all with this clock
};
struct ZipZonesRow {
  uint32_t from, to;  // ZIP codes as numbers, inclusive
  uint32_t mask;
};
struct ZipStateRow {
  uint32_t from, to;
  std::string_view state;
};
struct PrefixZonesRow {
  std::string_view digits;  // after the country code 1
  uint32_t mask;
};
struct AreaStateRow {
  uint32_t area;
  std::string_view state;
};

struct PlacesTable {
  std::span<const std::string_view> zones;
  std::span<const SameClockRow> same_clock;      // by zone
  std::span<const ZipZonesRow> zip_zones;        // ascending, apart
  std::span<const ZipStateRow> zip_states;       // the first row that covers a code counts
  std::span<const PrefixZonesRow> prefix_zones;  // by length, then by digits
  std::span<const AreaStateRow> area_states;     // by area
};

const PlacesTable& ThePlacesTable();

}  // namespace consent
