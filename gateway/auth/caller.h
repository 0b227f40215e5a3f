// Who calls, as the access token says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/date_time.h"

namespace gateway::auth {

enum class Access { kCreate, kRead, kUpdate, kDelete, kSearch };

// One SMART v2 system scope: system/Patient.cruds, system/*.rs. v1 (.read, .write, .*) is read too.
struct Scope {
  std::string type;  // "Patient" or "*"
  bool create = false, read = false, update = false, remove = false, search = false;
  friend bool operator==(const Scope&, const Scope&) = default;
};
std::vector<Scope> ParseScopes(std::string_view text);  // unknown words are left out

struct Caller {
  std::string client;
  std::string tenant;
  std::string programme;
  std::string token_id;  // jti
  fhir::Instant expires{};
  std::vector<Scope> scopes;
  std::string scope_text;  // as granted

  bool May(Access access, std::string_view type) const;
  // Whose share of the gateway's time its calls use (fair_queue.h).
  std::string lane() const { return programme + "/" + client; }
};

}  // namespace gateway::auth
