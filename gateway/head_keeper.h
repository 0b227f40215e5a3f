// Signs each tenant's tree head every few seconds and at the end, into a file outside the database.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/clock.h"
#include "gateway/ledger/signed_head.h"
#include "gateway/tenants.h"

namespace gateway {

// Whether the tenant's database has all that the newest signed head covers: kConflict, with what to
// do, where an older copy was put back or the database is missing.
fhir::Status CheckHeads(const Tenant& tenant, const ledger::HeadSigner& signer);

class HeadKeeper {
 public:
  HeadKeeper(Tenants& tenants, ledger::HeadSigner signer, const Clock& clock);
  ~HeadKeeper();  // signs the last heads

 private:
  void Loop();
  void SignAll();

  Tenants& tenants_;
  const ledger::HeadSigner signer_;
  const Clock& clock_;
  std::map<std::string, int64_t> signed_size_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gateway
