// Where a piece of data comes from, which decides whose law it stays under (A.13).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace consent {

enum class Origin : uint8_t {
  kHipaaPhi,
  kUnderAuthorization,
  kConsumerProvided,
  kPart2Record,
  kDeidentified,
  kUnreadable,  // said, and not understood
};

// "HIPAA_PHI", ...; nullopt for a code that is none.
inline std::optional<Origin> OriginFromCode(std::string_view code) {
  constexpr std::array<std::pair<std::string_view, Origin>, 5> kOrigins{{
      {"HIPAA_PHI", Origin::kHipaaPhi},
      {"RECEIVED_UNDER_AUTHORIZATION", Origin::kUnderAuthorization},
      {"CONSUMER_PROVIDED", Origin::kConsumerProvided},
      {"PART2_RECORD", Origin::kPart2Record},
      {"DEIDENTIFIED", Origin::kDeidentified},
  }};
  for (const auto& [name, origin] : kOrigins) {
    if (name == code) return origin;
  }
  return std::nullopt;
}

}  // namespace consent
