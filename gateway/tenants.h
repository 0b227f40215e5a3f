// The tenants of this gateway: each a folder data_dir/tenants/<name> with its key ring and store.
// Programme ids are unique in the gateway, so the path /fhir/{programme} finds the tenant.
#pragma once

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
  std::string link_key;  // for /u/{token}
};

// Any thread. Tenants live as long as this object.
class Tenants {
 public:
  // Opens every tenant of data_dir.
  static fhir::Result<std::unique_ptr<Tenants>> Open(const Config& config, const Clock& clock);
  // Makes the folder and the key ring of a new tenant (psgateway tenant add).
  static fhir::Status Create(const Config& config, std::string_view name);

  const std::vector<std::unique_ptr<Tenant>>& all() const { return tenants_; }
  Tenant* Find(std::string_view name) const;
  // The tenant of a programme, nullptr when there is none. Looks into the stores on a miss, so a
  // programme added by another process is found without a restart.
  Tenant* OfProgramme(std::string_view programme);

 private:
  std::vector<std::unique_ptr<Tenant>> tenants_;
  std::mutex mutex_;
  std::map<std::string, Tenant*, std::less<>> by_programme_;
};

// The programme as stored now (registry kind "programme").
fhir::Result<consent::Programme> LoadProgramme(store::Reader& reader, std::string_view id);

}  // namespace gateway
