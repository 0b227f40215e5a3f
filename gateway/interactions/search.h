// A search inside another interaction.
#pragma once

#include "gateway/interactions/call.h"

namespace gateway::interactions {

// The page that the call's type and parameters ask for, as a Bundle. What it showed is in the
// call's audit_subject.
fhir::Result<fhir::json::Value> SearchPage(Call& call, store::Reader& reader);

}  // namespace gateway::interactions
