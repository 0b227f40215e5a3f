// A batch, in pieces that leave room for other clients' requests.
// http://hl7.org/fhir/R4/http.html#transaction
#pragma once

#include "fhir/bundle.h"
#include "gateway/interactions/call.h"

namespace gateway::interactions {

// Every entry gets an answer of its own, in its place. Entries less than 16 apart may be run in
// order or not; nothing else is said of the order. kUnavailable when the access journal cannot be
// written.
Answer RunBatch(Call& call, const fhir::BundleRequest& bundle);

}  // namespace gateway::interactions
