// What leaves beside outreach is queued here, in the commit that makes it: status events to the
// hub, Tasks to the nurse programme's queue, Communications to a partner's records.
#pragma once

#include <string>

#include "consent/decision.h"
#include "consent/programme.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// Stores the Task and, where the programme has a nurse queue, queues its push.
fhir::Status PutTask(store::Transaction& tx, const consent::Programme& programme,
                     fhir::Resource task);

// Queues the push of a stored Task ("Task/t1") as it will then stand.
fhir::Status QueueTask(store::Transaction& tx, const consent::Programme& programme,
                       const std::string& task);

// Queues a status event of ids and codes for the hub, where the programme has a webhook.
fhir::Status QueueWebhook(store::Transaction& tx, const consent::Programme& programme,
                          const store::Outreach& row, const consent::Decision& decision,
                          const std::string& communication);
fhir::Status QueueWebhook(store::Transaction& tx, const consent::Programme& programme,
                          const store::Outreach& row, const std::string& communication);

// Queues the Communication that ended a piece of outreach for the partner who keeps such records,
// where the programme has one.
fhir::Status QueueWriteBack(store::Transaction& tx, const consent::Programme& programme,
                            const std::string& communication);

}  // namespace gateway::outreach
