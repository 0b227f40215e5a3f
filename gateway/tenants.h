// The tenants of this gateway: each a folder data_dir/tenants/<name> with its key ring and store.
// Programme ids are unique in the gateway, so the path /fhir/{programme} finds the tenant.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/programme.h"
#include "fhir/result.h"
#include "gateway/auth/access_token.h"
#include "gateway/auth/client_registry.h"
#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/store/key_ring.h"
#include "gateway/store/store.h"

namespace gateway {

struct Tenant {
  std::string name;
  std::string dir;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<auth::AccessTokens> tokens;
  std::unique_ptr<auth::ClientRegistry> clients;  // of `store`
  std::string link_key;                           // for /u/{token}
  std::string page_key;                           // for paging links
};

// Any thread. Tenants live as long as this object.
class Tenants {
 public:
  // Opens every tenant of data_dir, in the order of their names. None yet is not an error.
  static fhir::Result<std::unique_ptr<Tenants>> Open(const Config& config, const Clock& clock);
  // Makes the folder and the key ring of a new tenant (psgateway tenant add). kConflict when it
  // exists, kInvalid for a name that is not [a-z0-9-]{1,64}.
  static fhir::Status Create(const Config& config, std::string_view name);

  const std::vector<std::unique_ptr<Tenant>>& all() const { return tenants_; }
  Tenant* Find(std::string_view name) const;
  // The tenant of a programme, nullptr when there is none. Looks into the stores on a miss, so a
  // programme added by another process is found without a restart; at most 50 such looks a second,
  // so that guessed names cost nothing.
  Tenant* OfProgramme(std::string_view programme);

 private:
  bool MayLook();

  std::vector<std::unique_ptr<Tenant>> tenants_;
  std::mutex mutex_;
  int looks_left_ =
      0;  // into the stores for an unknown programme, before the bucket is filled again
  std::chrono::steady_clock::time_point filled_at_{};
  std::map<std::string, Tenant*, std::less<>> by_programme_;
};

// The programme as stored now (registry kind "programme").
fhir::Result<consent::Programme> LoadProgramme(store::Reader& reader, std::string_view id);

}  // namespace gateway
