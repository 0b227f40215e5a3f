// Carries what leaves beside messages: status events, Tasks for the nurses' queue, write-backs of
// Communications, notifications of Subscriptions. Each is repeated under one key until it has
// arrived. What holds data of a patient is decided on again at every try, and the decision is
// committed before anything leaves.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/clock.h"
#include "gateway/disclosure.h"
#include "gateway/outreach/verdict.h"
#include "gateway/tenants.h"
#include "gateway/work_queue.h"

namespace gateway::outreach {

// Any thread. The destructor waits for what has begun.
class Courier {
 public:
  // `more` is called, from any thread, when SendDue may find more.
  Courier(const Workshop& workshop, const Clock& clock, std::function<void()> more);

  // Looks for what is due and hands it to the couriers.
  void SendDue(Tenant& tenant);

 private:
  // How a try ended.
  struct Parting {
    std::string_view state;  // "sent", "not-sent", "withheld", "refused", "gone"
    bool over = false;       // false: later again
    std::string why;         // a sentence without values, or a rule
  };

  static Parting PartingOf(const fhir::Status& sent);
  static Parting Withheld(const consent::Decision& decision);
  // Disclose, counted.
  fhir::Result<Disclosed> Disclosing(Tenant& tenant, const store::Outgoing& row);
  std::chrono::milliseconds Deadline() const {
    return std::chrono::milliseconds(workshop_.config.send_deadline_ms);
  }
  void Send(Tenant& tenant, const store::Outgoing& row);
  Parting SendEvent(const store::Outgoing& row);
  Parting SendNotification(Tenant& tenant, const store::Outgoing& row);
  Parting SendResource(Tenant& tenant, const store::Outgoing& row);
  Parting CreateAt(adapters::FhirEndpoint& endpoint, Tenant& tenant, const store::Outgoing& row,
                   fhir::Resource communication);

  const Workshop& workshop_;
  const Clock& clock_;
  const std::function<void()> more_;
  std::mutex mutex_;
  std::set<std::pair<std::string, int64_t>> under_way_;  // tenant, key
  WorkQueue couriers_;  // last: its threads end before what they use
};

}  // namespace gateway::outreach
