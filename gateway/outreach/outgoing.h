// What leaves beside outreach: status events to the hub and Tasks to the nurse programme's queue.
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

// The Task as the nurse queue may see it: what Redacted leaves of it.
fhir::Result<fhir::Resource> TaskForQueue(store::Reader& reader,
                                          const consent::Programme& programme,
                                          const std::string& task);

}  // namespace gateway::outreach
