// The signed assertion of SMART Backend Services.
// https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
#pragma once

#include <string>

#include "fhir/date_time.h"
#include "fhir/result.h"

namespace adapters {

struct ClientAssertion {
  std::string client_id;
  std::string token_url;         // the audience
  std::string private_key_file;  // PEM, P-384
  std::string key_id;            // kid; empty: the key's RFC 7638 thumbprint
};

// A JWT signed with ES384, valid for four minutes from `now`, with a fresh random jti. kUnavailable
// when the key cannot be read or is not on P-384.
fhir::Result<std::string> SignClientAssertion(const ClientAssertion& assertion, fhir::Instant now);

}  // namespace adapters
