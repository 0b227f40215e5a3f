// The gateway as it runs: tenants, outreach and three listeners. main makes one and waits.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "fhir/result.h"
#include "gateway/auth/replay_guard.h"
#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/data_lock.h"
#include "gateway/head_keeper.h"
#include "gateway/http/server.h"
#include "gateway/interactions/call.h"
#include "gateway/metrics.h"
#include "gateway/outreach/adapter_set.h"
#include "gateway/outreach/dispatcher.h"
#include "gateway/outreach/in_flight.h"
#include "gateway/tenants.h"
#include "gateway/work_queue.h"

namespace gateway {

struct Route;
enum class Lane;

// Start once, Stop once. Handlers run on many threads.
class Service {
 public:
  // Opens the tenants and starts everything. Errors say what to do.
  static fhir::Result<std::unique_ptr<Service>> Start(Config config, const Clock& clock);
  ~Service();

  // Drains the listeners, lets what is being sent settle, signs the last heads.
  void Stop();
  void ReloadCertificates();

  uint16_t partners_port() const { return partners_->port(); }
  uint16_t public_port() const { return public_->port(); }
  uint16_t operations_port() const { return operations_->port(); }

 private:
  Service(Config config, const Clock& clock);
  fhir::Status Open();
  fhir::Status Listen();

  void HandlePartner(http::Request request, http::Respond respond);
  void HandleFhir(http::Request request, std::string programme, std::string path,
                  http::Respond respond);
  void HandleAuth(http::Request request, http::Respond respond);
  void HandlePublic(http::Request request, http::Respond respond);
  void HandleOperations(const http::Request& request, const http::Respond& respond);
  void RunAndAnswer(const Route& route, Lane lane, Tenant& tenant, const http::Request& request,
                    const std::string& path, const auth::Caller& caller,
                    const http::Respond& respond);
  std::shared_ptr<const std::string> Capabilities(const std::string& programme);

  const Config config_;
  const Clock& clock_;
  const fhir::Instant started_;
  Metrics metrics_;
  std::unique_ptr<DataLock> data_lock_;
  std::unique_ptr<Tenants> tenants_;
  std::unique_ptr<outreach::AdapterSet> adapters_;
  std::unique_ptr<outreach::Workshop> workshop_;
  outreach::InFlight in_flight_;
  std::unique_ptr<outreach::Dispatcher> dispatcher_;
  std::unique_ptr<HeadKeeper> heads_;
  std::unique_ptr<interactions::Services> services_;
  auth::ReplayGuard replay_;
  std::mutex capabilities_mutex_;
  std::map<std::string, std::shared_ptr<const std::string>> capabilities_;
  std::unique_ptr<WorkQueue> workers_;
  std::unique_ptr<WorkQueue> large_;  // for requests with large bodies
  std::unique_ptr<http::Server> partners_;
  std::unique_ptr<http::Server> public_;
  std::unique_ptr<http::Server> operations_;
  bool stopped_ = false;
};

}  // namespace gateway
