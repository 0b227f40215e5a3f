// What people have approved of requests that wait for review. An approval is a signed statement
// (auth/statement.h) over one request, the words that would be said and the rules that asked for a
// person; it ends by itself. Kept in the registry ("approval", "programme/request id") and given to
// the engine as overrides, which never turn a DENY into a permit (consent/override.h).
#pragma once

#include <string>
#include <string_view>

#include "consent/given.h"
#include "fhir/json/value.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/outreach/verdict.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// What a person would sign to let this request go: {"purpose", "programme", "request", "rules",
// "textHash", "module"}; who, when and until when are added by `psgateway sign`. "rules" is empty
// when the decision is no REVIEW.
fhir::json::Value StatementFor(const Verdict& verdict);

// Checks and keeps an approval: the person's signature and roles (the queue of every rule he
// names), that it is of this request, and that it ends within seven days. kForbidden when not.
fhir::Status KeepApproval(store::Transaction& tx, const std::string& programme,
                          const std::string& request_id, std::string_view statement);

// The overrides of a request at `now`: approvals of people who may still sign.
fhir::Result<std::vector<consent::Override>> OverridesOf(store::Reader& reader,
                                                         const std::string& programme,
                                                         const std::string& request_id,
                                                         fhir::Instant now);

// Decides a held request again and does what follows; its review Tasks are completed when it is
// held no longer. The decision that holds now.
fhir::Result<consent::Decision> DecideHeldAgain(store::Transaction& tx, const Workshop& workshop,
                                                const std::string& tenant,
                                                const std::string& programme,
                                                const fhir::Resource& request);

}  // namespace gateway::outreach
