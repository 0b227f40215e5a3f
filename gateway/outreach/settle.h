// What an attempt's end means: Communication, request status, retry, or a person who looks.
#pragma once

#include <chrono>

#include "adapters/adapter.h"
#include "fhir/result.h"
#include "gateway/outreach/verdict.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// How an attempt ended.
struct Ending {
  store::AttemptState state = store::AttemptState::kUnknown;
  std::string provider_id;
  std::string detail;  // a status word or code
  bool may_retry = false;
  std::chrono::seconds retry_after{0};  // not before, says the provider
};

// The ending that an adapter's answer means.
Ending EndingOf(const adapters::Delivery& answer);

// In the caller's transaction. Idempotent: an attempt that is no longer `sending` is left alone.
fhir::Status Settle(store::Transaction& tx, const Workshop& workshop, const store::Attempt& attempt,
                    const Ending& ending);

}  // namespace gateway::outreach
