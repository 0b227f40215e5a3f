// What a write of a resource means for outreach, in the same transaction as the write.
#pragma once

#include <vector>

#include "fhir/result.h"
#include "gateway/outreach/opt_outs.h"
#include "gateway/outreach/verdict.h"
#include "gateway/writes.h"

namespace gateway::outreach {

// Called once per transaction with all that a client wrote in it, after the writes:
//   CommunicationRequest  active: decided and queued; otherwise what is queued for it is cancelled
//   Communication         from the patient: a reply; completed: counted; preparation: gated as a
//   request
//   Consent, Patient      every queued piece of the person is decided again
//   Patient who has died  what was planned for him ends (deceased.h)
//   Subscription          checked and made active, or refused (subscriptions.h)
// `barrier` gets what must have stopped before the client is answered.
fhir::Status React(store::Transaction& tx, const Workshop& workshop, const std::string& tenant,
                   const Scope& scope, const std::vector<Written>& written, Barrier& barrier);

}  // namespace gateway::outreach
