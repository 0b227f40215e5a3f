// Whether somebody else may act for the patient: 45 CFR 164.502(g), P1 to P5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace consent {

enum class Authority : uint8_t {
  kNotNeeded,   // the patient himself, or a professional
  kShown,       // P1
  kMissing,     // P1: nothing shows it
  kOutOfScope,  // P1: it is for other matters
  kFormer,      // P4: a parent, and the patient is of age
  kMinorActs,   // P2: the minor alone decides about this service
  kUnclear,     // P5: the state table does not say
  kDeclined,    // P3
  kSuspected,   // P3: nobody has decided yet
};

enum class Age : uint8_t { kAdult, kMinor, kUnclear };

// Who agreed to a service for a minor.
enum class AgreedBy : uint8_t { kUnsaid, kMinorAlone, kCourtOrOther, kParentLetsBe, kParent };

// A service that the message is about, in the words of the state table (P5).
struct MinorService {
  std::string type;  // "sti"; empty: not said
  AgreedBy agreed_by = AgreedBy::kUnsaid;
  friend bool operator==(const MinorService&, const MinorService&) = default;
};

}  // namespace consent
