// Purposes of use: the v3-ActReason tree of R4 4.0.1, and which code covers which.
// http://terminology.hl7.org/CodeSystem/v3-ActReason
#pragma once

#include <string_view>

namespace consent {

bool IsPurpose(std::string_view code);

// Whether a consent to `wide` covers `narrow`: ancestor or self. Break-glass is never reached by
// subsumption (C.3).
bool Covers(std::string_view wide, std::string_view narrow);

// Treatment, payment and operations, which HIPAA lets a covered entity do without consent (C7).
bool IsTpo(std::string_view code);

}  // namespace consent
