// Takes many resources into a programme, each written as a client's PUT would write it (validated,
// indexed, linked, audited, decided on), many to a commit. Another process may serve the tenant
// meanwhile: between two pieces the store is free for its writes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/outreach/opt_outs.h"
#include "gateway/outreach/verdict.h"
#include "gateway/tenants.h"
#include "gateway/writes.h"

namespace gateway {

// One thread. Whatever is acknowledged by Flush is durable; doing it all again writes nothing new.
class Import {
 public:
  // Where a resource came from: the line of a file, or the entry of a Bundle, counted from 1.
  struct Place {
    std::string file;
    int64_t line = 0;
  };
  using Refused = std::function<void(const Place&, const fhir::Error&)>;

  struct Counts {
    int64_t created = 0;
    int64_t updated = 0;
    int64_t unchanged = 0;
    int64_t refused = 0;
  };

  // `refused` is called for each resource that is not taken, with why, in no particular order.
  Import(Tenant& tenant, const outreach::Workshop& workshop, Scope scope, Refused refused);

  // A resource as JSON. Errors are of the store: what is wrong with the resource is refused.
  fhir::Status Add(std::string_view json, Place place);
  // The resources of a Bundle of any type, under their own ids; its full URLs become references.
  fhir::Status AddBundle(std::string_view json, const std::string& file);
  // Commits what is not yet committed.
  fhir::Status Flush();
  // After the last Flush: waits for messages that were being sent while a consent for them was
  // withdrawn. kUnavailable when one has not ended within the send deadline.
  fhir::Status AwaitSending();

  const Counts& counts() const { return counts_; }

 private:
  struct Item {
    Draft draft;
    Place place;
  };

  fhir::Status Take(fhir::Resource resource, Place place);
  void Refuse(const Place& place, const fhir::Error& error);
  // Items [first, last) in one commit.
  fhir::Status Commit(size_t first, size_t last);
  fhir::Result<bool> StillSending();

  Tenant& tenant_;
  const outreach::Workshop& workshop_;
  const Scope scope_;
  const Refused refused_;
  std::vector<Item> piece_;
  outreach::Barrier sending_;
  Counts counts_;
};

}  // namespace gateway
