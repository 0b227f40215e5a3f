// One decision about one request, from facts to its lasting consequences: gather, decide, and write
// record, request status, Communication, Task and outreach row in the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consent/decision.h"
#include "consent/sent.h"
#include "gateway/config.h"
#include "gateway/metrics.h"
#include "gateway/outreach/adapter_set.h"
#include "gateway/outreach/gather.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// What decisions need beside the store. Outlives every user.
struct Workshop {
  const Config& config;
  const AdapterSet& adapters;
  Metrics& metrics;
};

// A decision and everything it was made on. Made by Prepare on a snapshot; Apply makes it last.
struct Verdict {
  Gathered gathered;
  consent::Decision decision;
  std::optional<fhir::Channel> channel;  // the one it permits, after a REROUTE the new one
  std::string text;                      // what was decided on, and no other words, is sent
  std::string email_subject;             // of the module; empty: it has none
  consent::SentAs counts_as;             // once it has left
  std::string contact;                   // the normalised address on that channel; may be empty
  std::string vendor;                    // empty: no adapter carries the channel, a person must
  std::optional<consent::Decision> before_reroute;
};

// Decides the request as it would stand at `at`. A REROUTE is followed once.
fhir::Result<Verdict> Prepare(store::Reader& reader, const Workshop& workshop,
                              const std::string& programme, const fhir::Resource& request,
                              fhir::Instant at);

// A claim made in a transaction that may still be undone: inert until committed (dispatcher.h).
struct Claim {
  std::string tenant;
  store::Outreach outreach;
  store::Attempt attempt;
  adapters::Content content;
  fhir::Resource request;
  Epochs epochs;  // of when it was made
};

// Whether its decision may no more be acted on: older than `limit` by the clock at `now`, or by
// `waited` where that clock was set back meanwhile.
bool TooOld(const store::Attempt& attempt, fhir::Instant now, std::chrono::milliseconds waited,
            std::chrono::milliseconds limit);

// kRecheck: something that may forbid has changed while the piece was queued.
enum class Stage { kIntake, kRecheck, kSend };

// Writes the decision record and what follows from its outcome. At kSend a permit answers the
// claim; otherwise it queues. `row`: the outreach row (key 0 when it is new).
fhir::Result<std::optional<Claim>> Apply(store::Transaction& tx, const Workshop& workshop,
                                         const std::string& tenant, const Verdict& verdict,
                                         Stage stage, store::Outreach row);

// When the request asks to be sent: now, or its later occurrence.
fhir::Instant WhenToSend(const fhir::Resource& request, fhir::Instant now);

}  // namespace gateway::outreach
