// Access tokens: JWS HS256 under a key derived from the tenant's key ring, at most 300 s. Verified
// in process without the store; revocation works by client (ClientRegistry) and by jti until
// expiry.
#pragma once

#include <memory>
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
  ~AccessTokens();

  // A token with the caller's client, tenant, programme and token_id that ends at its `expires`.
  std::string Issue(const Caller& caller, std::string_view scope_text, fhir::Instant now) const;
  // kUnauthenticated: "the access token has expired", "... is not one of ours", ...
  fhir::Result<Caller> Verify(std::string_view token, fhir::Instant now) const;

  // From now on Verify refuses this token_id. Kept until `expires`, in memory: RevokedTokens of the
  // registry outlive a restart (token_endpoint.h).
  void Revoke(std::string_view token_id, fhir::Instant expires, fhir::Instant now);

 private:
  class Cache;
  fhir::Result<Caller> Read(std::string_view token) const;

  std::string key_;
  std::string issuer_;
  std::unique_ptr<Cache> cache_;  // tokens whose signature was found good
};

}  // namespace gateway::auth
