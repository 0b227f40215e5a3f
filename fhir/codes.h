// Code systems of R4 that our rules look codes up in.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace fhir {

// http://terminology.hl7.org/CodeSystem/v3-ParticipationMode as R4 4.0.1 has it: no code for SMS.
inline bool IsParticipationMode(std::string_view code) {
  static constexpr auto kCodes = std::to_array<std::string_view>(
      {"ELECTRONIC", "PHYSICAL", "REMOTE", "VERBAL", "DICTATE", "FACE", "PHONE", "VIDEOCONF",
       "WRITTEN", "EMAILWRIT", "HANDWRIT", "FAXWRIT", "MAILWRIT", "ONLINEWRIT", "TYPEWRIT"});
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

}  // namespace fhir
