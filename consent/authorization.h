// Whether a HIPAA authorization on file permits this message: 45 CFR 164.508, V1 to V23.
// https://www.ecfr.gov/current/title-45/section-164.508
#pragma once

#include <string>
#include <vector>

#include "consent/context.h"
#include "consent/findings.h"

namespace consent {

struct AuthorizationNeed {
  std::string_view purpose;  // "HMARKT", or a purpose of care for a sender outside HIPAA
  bool marketing = false;
  bool remunerated = false;
  bool sale = false;
  std::string_view missing = "A.4";
  std::string_view recipient = {};  // of a disclosure; an outreach stays with the sender
};

enum class AuthorizationResult : uint8_t { kValid, kReview, kInvalid };

struct AuthorizationCheck {
  AuthorizationResult result = AuthorizationResult::kValid;
  std::string_view word = "permit";  // for the basis: "defective", "expired", "revoked", ...
  std::vector<std::string> rules;    // every rule that speaks against it
  std::vector<std::string> relaxed;  // and those whose force the pack takes away
};

AuthorizationCheck Check(const AuthorizationFacts& authorization, const EvaluationContext& context,
                         const AuthorizationNeed& need);

// Looks for one authorization that permits. Adds "A.5" when there is one, else `missing` ("A.4", or
// "C7" for care) when there is none at all, else the rules of the one that comes closest. Answers
// whether one permits.
bool RequireAuthorization(const EvaluationContext& context, const AuthorizationNeed& need,
                          Findings& findings);

}  // namespace consent
