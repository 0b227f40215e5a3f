// G1: what was planned for a human who has died ends with him.
#pragma once

#include <string>

#include "fhir/result.h"
#include "gateway/outreach/verdict.h"
#include "gateway/store/store.h"
#include "gateway/writes.h"

namespace gateway::outreach {

// Called where a written Patient says that he has died. In every programme of the tenant that has
// records of the human: open CommunicationRequests become `revoked`, what is queued or held for
// them is decided again (and so cancelled), open Tasks about him become `cancelled`. Where the
// records do not agree about it nothing ends: each message is a REVIEW. An adverse event that
// somebody has still to report stays open: it must be reported of the dead too (21 CFR 314.80).
fhir::Status EndPlans(store::Transaction& tx, const Workshop& workshop, const std::string& tenant,
                      const std::string& programme, const std::string& patient_id);

// Whether the Patient as it was written says anything of a death.
bool SpeaksOfDeath(const fhir::Resource& patient);

}  // namespace gateway::outreach
