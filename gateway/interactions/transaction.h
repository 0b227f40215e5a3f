// http://hl7.org/fhir/R4/http.html#trules
#pragma once

#include "fhir/bundle.h"
#include "gateway/interactions/call.h"

namespace gateway::interactions {

// All entries in one commit, or none: conditions, references and validity are settled before the
// writer is asked, and the conditions are looked at again inside it; where another write came
// between, the whole is prepared anew.
Answer RunTransaction(Call& call, const fhir::BundleRequest& bundle);

}  // namespace gateway::interactions
