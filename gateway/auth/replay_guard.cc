#include "gateway/auth/replay_guard.h"

#include "gateway/auth/jws.h"

namespace gateway::auth {

bool ReplayGuard::Admit(std::string_view client, std::string_view jti, fhir::Instant expires,
                        fhir::Instant now) {
  // A digest: 32 bytes however long the jti, and no separator that a jti could imitate.
  std::string key = Sha256(Sha256(client) + Sha256(jti));
  std::lock_guard lock(mutex_);
  for (auto it = by_expiry_.begin(); it != by_expiry_.end() && it->first <= now;) {
    seen_.erase(it->second);
    it = by_expiry_.erase(it);
  }
  if (!seen_.insert(key).second) return false;
  by_expiry_.emplace(expires, std::move(key));
  return true;
}

}  // namespace gateway::auth
