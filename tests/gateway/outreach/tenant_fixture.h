// One tenant with a real store, one programme, a patient with a treated disease, and a clock that
// stands still: what outreach is tested on. Nothing is sent; the adapters point at a closed port.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "fhir/resource.h"
#include "gateway/clock.h"
#include "gateway/metrics.h"
#include "gateway/outreach/intake.h"
#include "gateway/outreach/verdict.h"
#include "gateway/store/sqlcipher_store.h"

namespace gateway::outreach {

class StandingClock : public Clock {
 public:
  fhir::Instant Now() const override { return now_; }
  void Set(std::string_view instant) { now_ = *fhir::ParseInstant(instant); }

 private:
  // 11:00 in Denver, the patient's zone: no quiet hours.
  fhir::Instant now_ = *fhir::ParseInstant("2026-11-18T18:00:00Z");
};

class TenantFixture : public ::testing::Test {
 protected:
  TenantFixture();
  ~TenantFixture() override;

  // Writes as a client does: the resource, then React, in one transaction. Fills barrier().
  void Put(const std::string& json, const std::string& programme = "aurora");
  void Register(const std::string& programme, const std::string& json);
  fhir::Resource Stored(const std::string& type, const std::string& id,
                        const std::string& programme = "aurora");
  std::vector<fhir::Resource> All(const std::string& type);
  store::Outreach OutreachOf(const std::string& request, const std::string& programme = "aurora");
  std::vector<store::DecisionRow> DecisionsOf(const std::string& request);
  // Claims the request's queued row as the dispatcher does; nullopt when nothing was claimed.
  std::optional<Claim> ClaimNow(const std::string& request);
  // What a decision about the request would stand on now.
  Gathered FactsOf(const std::string& request);
  const Barrier& barrier() const { return barrier_; }

  // A request about the approved refill module; `more` is spliced into the object.
  static std::string Refill(const std::string& id, const std::string& more = "");

  StandingClock clock_;
  std::string dir_;
  Config config_;
  Metrics metrics_;
  std::unique_ptr<AdapterSet> adapters_;
  std::unique_ptr<Workshop> workshop_;
  std::unique_ptr<store::Store> store_;
  Barrier barrier_;
};

}  // namespace gateway::outreach
