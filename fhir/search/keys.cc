#include "fhir/search/keys.h"

#include <cstdint>

namespace fhir {

std::string TokenKey(std::string_view system, std::string_view code) {
  std::string key;
  key.reserve(system.size() + 1 + code.size());
  key.append(system).append(1, '|').append(code);
  return key;
}

std::string NoSystemKey(std::string_view code) { return "||" + std::string(code); }

std::string ContactKey(std::string_view value) {
  std::string digits;
  std::string lower;
  bool letters = false;
  for (char c : value) {
    if ((c >= '0' && c <= '9') || (c == '+' && digits.empty())) digits += c;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || c == '@') letters = true;
    if (c != ' ') lower += c;
  }
  return "|" + (letters || digits.empty() ? lower : digits);
}

std::string InstantKey(Instant t) {
  const uint64_t bits = static_cast<uint64_t>(t.time_since_epoch().count()) ^ (uint64_t{1} << 63);
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  return bytes;
}

std::string ContainedName(std::string_view parameter, std::string_view type,
                          std::string_view contained_parameter) {
  std::string name(parameter);
  return name.append(1, ':').append(type).append(1, '.').append(contained_parameter);
}

std::string AfterDecimal(const Decimal& value) { return value.Ordered() + '\0'; }

}  // namespace fhir
