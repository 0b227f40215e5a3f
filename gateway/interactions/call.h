// One authenticated call of the FHIR API: what its interaction is given.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/auth/caller.h"
#include "gateway/clock.h"
#include "gateway/http/message.h"
#include "gateway/outreach/dispatcher.h"
#include "gateway/outreach/in_flight.h"
#include "gateway/outreach/verdict.h"
#include "gateway/tenants.h"
#include "gateway/work_queue.h"
#include "gateway/writes.h"

namespace gateway::interactions {

// What every interaction stands on. Outlives every call.
struct Services {
  Tenants& tenants;
  const Clock& clock;
  const outreach::Workshop& workshop;
  outreach::InFlight& in_flight;
  outreach::Dispatcher& dispatcher;
  WorkQueue& workers;
};

// One thread.
struct Call {
  const Services& services;
  Tenant& tenant;
  const http::Request& request;
  const auth::Caller& caller;
  std::string type{};  // from the path; may be empty
  std::string id{};
  std::string version{};                                          // of vread
  std::vector<std::pair<std::string, std::string>> parameters{};  // query, and form of _search

  Scope scope() const { return {caller.programme, caller.client, request.id, base()}; }
  // https://host/fhir/{programme}
  std::string base() const;
  // A snapshot, for a thread that may wait for one, or that must not.
  fhir::Status View(const store::Store::Look& look) const;
  bool on_connection = false;
  // What the access journal says it was about; set by the interaction where the path does not say.
  std::string audit_subject{};
};

using Answer = fhir::Result<http::Response>;

// ---- shared by the interactions

// Of the body, without parameters: "application/fhir+json".
std::string MediaType(const http::Request& request);

// The resource in the body: content type and syntax are checked; with `type`, that it is of it.
fhir::Result<fhir::Resource> ReadBody(const http::Request& request, std::string_view type = {},
                                      const fhir::json::Limits& limits = {});

// kInvalid with every finding unless the resource may be stored.
fhir::Status CheckValid(const fhir::Resource& resource);

// Whether the If-None-Match names this version: *, or a list with it. RFC 9110, 13.1.2
bool IfNoneMatchNames(std::string_view field, int64_t version);
// "3" -> 3; nullopt for what no version of ours is written as.
std::optional<int64_t> VersionOf(std::string_view text);
// Whether the Prefer field says it: "return=minimal", however it is written there. RFC 7240, 2
bool Prefers(const http::Request& request, std::string_view word);

http::Response ResourceResponse(int status, std::string bytes, int64_t version,
                                fhir::Instant last_updated);
http::Response JsonResponse(int status, const fhir::json::Value& json);
// What was done, in words.
fhir::json::Value OutcomeOf(const Written& written);
// The answer to a write: Location, ETag, Last-Modified, and what Prefer asks for: the resource, an
// OperationOutcome (return=OperationOutcome) or nothing (return=minimal).
http::Response WrittenResponse(const Call& call, int status, const Written& written);

// Runs `work` in one transaction, then React on what it wrote; waits for the barrier; wakes the
// dispatcher. The one way by which clients write.
// `kept`, where not null, gets what was written.
fhir::Status Commit(
    Call& call, const std::function<fhir::Status(store::Transaction&, std::vector<Written>&)>& work,
    std::vector<Written>* kept = nullptr);

}  // namespace gateway::interactions
