#include "consent/units.h"

#include <algorithm>
#include <array>
#include <string>

#include "consent/words.h"

namespace consent {
namespace {

// Case aside: what matters is that it is no time, not whether mega or milli.
constexpr auto kPrefixes = std::to_array<std::string_view>(
    {"", "f", "p", "n", "u", "µ", "μ", "m", "mc", "c", "d", "k", "h"});
constexpr auto kAtoms =
    std::to_array<std::string_view>({"g", "mol", "eq", "osm", "osmol", "u", "iu", "ui", "pa", "bar",
                                     "mhg", "cal", "bq", "gy", "sv", "kat", "hz"});
// By themselves these are also years or months in some language.
constexpr auto kOnlyWithMore = std::to_array<std::string_view>({"l", "m", "j", "v", "w"});
constexpr auto kTimes = std::to_array<std::string_view>(
    {"s", "sec", "second", "seconds", "ms", "us", "ns", "min", "mins", "minute", "minutes"});
constexpr auto kWords = std::to_array<std::string_view>(
    {"%",        "percent",    "cel",         "degc",       "degf",    "°c",     "°f",
     "bpm",      "beats",      "breaths",     "lb",         "lbs",     "pound",  "pounds",
     "oz",       "in",         "inch",        "inches",     "ft",      "feet",   "kgs",
     "gram",     "grams",      "milligram",   "milligrams", "liter",   "liters", "litre",
     "litres",   "milliliter", "milliliters", "tablet",     "tablets", "tab",    "tabs",
     "capsule",  "capsules",   "cap",         "caps",       "pill",    "pills",  "puff",
     "puffs",    "drop",       "drops",       "dose",       "doses",   "unit",   "units",
     "unt",      "cells",      "copies",      "steps",      "deg",     "db",     "[ph]",
     "calories", "kcals",      "cc"});

template <size_t N>
bool In(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

enum class Kind : uint8_t { kUnknown, kNumber, kTime, kMeasure };

// One factor of a product, without its exponent.
Kind KindOf(std::string_view factor, bool alone) {
  size_t digits = 0;
  while (digits < factor.size() &&
         (IsDigit(factor[digits]) || factor[digits] == '*' || factor[digits] == '^')) {
    ++digits;
  }
  factor.remove_prefix(digits);
  bool power = false;
  while (!factor.empty() &&
         (IsDigit(factor.back()) || factor.back() == '-' || factor.back() == '+')) {
    factor.remove_suffix(1);
    power = true;
  }
  if (factor.empty()) return Kind::kNumber;
  if (NinetyYearsIn(factor) || In(kTimes, factor)) return Kind::kTime;
  if (In(kWords, factor)) return Kind::kMeasure;
  for (std::string_view prefix : kPrefixes) {
    if (!factor.starts_with(prefix)) continue;
    const std::string_view rest = factor.substr(prefix.size());
    // Between brackets UCUM has no time.
    if (rest.ends_with(']') && rest.find('[') <= 1) return Kind::kMeasure;
    if (In(kAtoms, rest)) return Kind::kMeasure;
    const bool more = !alone || power || !prefix.empty();
    if (more && In(kOnlyWithMore, rest)) return Kind::kMeasure;
  }
  return Kind::kUnknown;
}

}  // namespace

std::optional<int64_t> NinetyYearsIn(std::string_view unit) {
  struct Row {
    std::string_view unit;
    int64_t ninety;
  };
  static constexpr auto kAges = std::to_array<Row>(
      {{"a", 90},       {"a_j", 90},      {"a_g", 90},      {"a_t", 90},      {"y", 90},
       {"yo", 90},      {"yr", 90},       {"yrs", 90},      {"year", 90},     {"years", 90},
       {"mo", 1080},    {"mo_j", 1080},   {"mo_g", 1080},   {"mo_s", 1080},   {"mos", 1080},
       {"month", 1080}, {"months", 1080}, {"wk", 4696},     {"wks", 4696},    {"week", 4696},
       {"weeks", 4696}, {"d", 32873},     {"day", 32873},   {"days", 32873},  {"h", 788940},
       {"hr", 788940},  {"hrs", 788940},  {"hour", 788940}, {"hours", 788940}});
  const std::string plain = Lower(Trim(unit));
  for (const Row& age : kAges) {
    if (plain == age.unit) return age.ninety;
  }
  return std::nullopt;
}

bool MeasuresNoAge(std::string_view unit) {
  std::string plain;
  size_t annotation = 0;
  for (char c : Lower(Trim(unit))) {
    if (c == '{') ++annotation;
    if (annotation == 0 && c != '(' && c != ')') plain.push_back(c);
    if (c == '}' && annotation > 0) --annotation;
  }
  if (In(kTimes, plain)) return true;  // of 90 years nobody counts the minutes
  const bool alone = plain.find_first_of("./") == std::string::npos;
  bool measures = plain.find('/') != std::string::npos;  // so much in each of something
  for (size_t start = 0; start <= plain.size();) {
    const size_t end = std::min(plain.find_first_of("./", start), plain.size());
    const std::string_view factor = Trim(std::string_view(plain).substr(start, end - start));
    const Kind kind = KindOf(factor, alone);
    if (kind == Kind::kUnknown) return false;
    measures = measures || kind == Kind::kMeasure;
    start = end + 1;
  }
  return measures;
}

}  // namespace consent
