// The credential for a partner's server: a SMART Backend Services token, a token from a file, or
// none.
#pragma once

#include <mutex>
#include <string>

#include "adapters/fhir_endpoint/fhir_endpoint.h"
#include "adapters/fhir_endpoint/rest_call.h"

namespace adapters {

// Any thread. One thread at a time asks for a new token; the others wait for it.
class AccessToken {
 public:
  explicit AccessToken(const FhirEndpointConfig& config) : config_(config) {}

  // The value of the Authorization header, empty when the endpoint needs none. kUnauthenticated
  // when the authorization server refuses us; kUnavailable, kTimeout when it cannot be asked.
  fhir::Result<std::string> Authorization(SteadyTime deadline);
  // After a 401: the next call asks for a new token. True when that may help.
  bool Forget();

 private:
  fhir::Result<std::string> Ask(SteadyTime deadline);

  const FhirEndpointConfig& config_;
  std::timed_mutex mutex_;
  std::string header_;
  SteadyTime renew_at_{};
};

}  // namespace adapters
