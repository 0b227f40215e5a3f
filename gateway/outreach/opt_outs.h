// Opt-outs and what else stops outreach at once. Recording cancels what is queued in the same
// transaction; the barrier it answers is waited for before anyone is told that it is done.
#pragma once

#include <string>
#include <vector>

#include "fhir/result.h"
#include "gateway/outreach/in_flight.h"
#include "gateway/outreach/verdict.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// Attempts claimed before the opt-out was committed: none of them may begin any more, those that
// have begun are waited for (bounded by the send deadline).
using Barrier = std::vector<InFlight::Key>;

// Waits for the barrier after the commit. An attempt ends within the send deadline; its end takes
// one more commit. kUnavailable when that did not happen: nobody may be told yet that it is done.
fhir::Status AwaitBarrier(InFlight& in_flight, const Barrier& barrier, const Config& config);

// `barrier` gets the person's attempts in flight, and those of whoever is the same human; nothing
// else changes: what has not begun goes back to the queue and is decided again.
fhir::Status HoldInFlight(store::Transaction& tx, const std::string& tenant, int64_t person,
                          Barrier& barrier);

// Writes the suppression, for whoever is the same human too, bumps the epochs, decides every queued
// piece again (which cancels it). `barrier` gets the attempts in flight for the person or the
// contact point.
fhir::Status RecordOptOut(store::Transaction& tx, const Workshop& workshop,
                          const std::string& tenant, const store::OptOutRow& row, Barrier& barrier);

// After any other change that may forbid (a Consent, a deceased Patient): decides every queued
// piece of the person, and of whoever is the same human, again, and fills the barrier.
fhir::Status DecideQueuedAgain(store::Transaction& tx, const Workshop& workshop,
                               const std::string& tenant, int64_t person,
                               const std::vector<std::string>& contacts, Barrier& barrier);

}  // namespace gateway::outreach
