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
