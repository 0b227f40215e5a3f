// What a person declares and signs with a key of his own: that a policy pack may be used, that a
// message which waits for review may go. A JWS in compact form whose payload is {"iss": the
// person's name, "purpose", "iat", "exp", "jti", ...}. https://www.rfc-editor.org/rfc/rfc7515
#pragma once

#include <string>
#include <string_view>

#include "fhir/date_time.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace gateway::auth {

inline constexpr char kActivatePolicy[] = "activate-policy";
inline constexpr char kApproveReview[] = "approve-review";

// `private_key_file`: P-384 in PEM, unencrypted. `payload` is signed as it is. kInvalid when the
// file cannot be read or holds another key.
fhir::Result<std::string> SignStatement(const std::string& private_key_file,
                                        const fhir::json::Value& payload);

// Who claims to have signed it, before the signature is checked (to look the person's key up).
fhir::Result<std::string> SignerOf(std::string_view statement);

// The payload, when the signature is by `jwk`, the purpose is this one and `now` lies between iat
// (one minute of skew) and exp. kForbidden with a sentence otherwise.
fhir::Result<fhir::json::Value> VerifyStatement(std::string_view statement,
                                                const fhir::json::Value& jwk,
                                                std::string_view purpose, fhir::Instant now);

}  // namespace gateway::auth
