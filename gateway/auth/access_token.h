// Access tokens: JWS HS256 under a key derived from the tenant's key ring, at most 300 s. Verified in
// process without the store; revocation works by client (ClientRegistry) and by jti until expiry.
#pragma once

#include <string>
#include <string_view>

#include "fhir/date_time.h"
#include "fhir/result.h"
#include "gateway/auth/caller.h"

namespace gateway::auth {

// Any thread.
class AccessTokens {
 public:
  // `key`: 32 bytes. `issuer`: the partners URL.
  AccessTokens(std::string key, std::string issuer);

  std::string Issue(const Caller& caller, std::string_view scope_text, fhir::Instant now) const;
  // kUnauthenticated: "the access token has expired", "... is not one of ours", ...
  fhir::Result<Caller> Verify(std::string_view token, fhir::Instant now) const;

 private:
  std::string key_;
  std::string issuer_;
};

}  // namespace gateway::auth
