// Remembers the jti of assertions until they expire, so that none is used twice.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "fhir/date_time.h"

namespace gateway::auth {

// Any thread.
class ReplayGuard {
 public:
  // False when (client, jti) was seen before and has not expired.
  bool Admit(std::string_view client, std::string_view jti, fhir::Instant expires,
             fhir::Instant now);

 private:
  std::mutex mutex_;
  std::unordered_set<std::string> seen_;
  std::multimap<fhir::Instant, std::string> by_expiry_;
};

}  // namespace gateway::auth
