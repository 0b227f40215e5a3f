// Sends what is due. Each piece: decide again and claim in one transaction, commit, pass the last
// gate, see that no fact has changed since, call the adapter with no transaction open, settle in a
// second transaction. Retries leave from here too; what is no message, by the Courier.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "gateway/clock.h"
#include "gateway/outreach/courier.h"
#include "gateway/outreach/in_flight.h"
#include "gateway/outreach/settle.h"
#include "gateway/outreach/vendor_health.h"
#include "gateway/outreach/verdict.h"
#include "gateway/tenants.h"
#include "gateway/work_queue.h"

namespace gateway::outreach {

// A claim whose transaction has been committed: the only maker of send permits.
class CommittedClaim {
 public:
  const Claim& claim() const { return claim_; }
  // For how long it has waited by a clock that nobody sets.
  std::chrono::milliseconds Waited() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 made_);
  }
  adapters::Message Message() const;

 private:
  friend class Dispatcher;
  friend class Courier;
  explicit CommittedClaim(Claim claim) : claim_(std::move(claim)) {}
  static adapters::Message MessageOf(const store::Outgoing& row, std::string body,
                                     std::string content_type);
  Claim claim_;
  std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
};

// Any thread. Stop() (or destruction) waits for what has begun.
class Dispatcher {
 public:
  Dispatcher(Tenants& tenants, const Workshop& workshop, const Clock& clock, InFlight& in_flight);
  ~Dispatcher();

  // Settles what a crash left in `sending` as unknown, then starts the loop.
  fhir::Status Start();
  void Stop();
  // Looks for due work now, not at the next tick.
  void Wake();

 private:
  void Loop();
  void ClaimDue(Tenant& tenant);
  void Send(Tenant& tenant, const CommittedClaim& committed);
  Ending Deliver(Tenant& tenant, const CommittedClaim& committed);
  fhir::Status Recover(Tenant& tenant);

  Tenants& tenants_;
  const Workshop workshop_;
  const Clock& clock_;
  InFlight& in_flight_;
  VendorHealth health_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  bool stopping_ = false;
  std::atomic<int> sending_{0};
  std::unique_ptr<WorkQueue> senders_;
  std::unique_ptr<Courier> courier_;
  std::thread loop_;
};

}  // namespace gateway::outreach
