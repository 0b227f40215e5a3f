// What of a programme's data may go to one recipient: every resource is decided on and redacted for
// itself, patient by patient, and the decisions are committed before the resources are handed on.
// Beside a gateway that serves: no snapshot and no transaction lives long.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "consent/disclosure_request.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/clock.h"
#include "gateway/disclosure.h"
#include "gateway/tenants.h"

namespace gateway {

struct ExportOrder {
  std::string programme;
  std::set<std::string> types;       // empty: every type
  consent::DisclosureRequest asked;  // to whom and what for; its data is not looked at
  std::string client;                // who exports, for the audit
};

// One thread; Run once.
class Export {
 public:
  struct Counts {
    int64_t exported = 0;
    int64_t redacted = 0;  // of them: something was taken out
    int64_t withheld = 0;
    std::map<std::string, int64_t> by_rule{};  // withheld, by the rule that decided
  };
  // Gets each resource as it may go, once.
  using Take = std::function<fhir::Status(const fhir::Resource&)>;
  // Patients done so far.
  using Progress = std::function<void(int64_t)>;

  Export(Tenant& tenant, ExportOrder order, const Clock& clock, Take take, Progress progress);

  // The data of every patient, then what is of none. A resource that is written meanwhile may be
  // left out. Errors are of the store and of `take`.
  fhir::Status Run();
  const Counts& counts() const { return counts_; }

 private:
  // Some of the resources of one patient.
  struct Part {
    std::string patient_id;
    std::string after;  // cursor; empty: from the first
  };
  struct Looked {
    Part part;
    Disclosure disclosure;
    std::string next;  // empty: none are left
  };

  fhir::Status Patients();
  fhir::Status OfPatients(std::vector<Part> parts);
  fhir::Status OfType(std::string_view type);
  fhir::Result<Looked> Look(store::Reader& reader, const Part& part, fhir::Instant now) const;
  fhir::Status Commit(std::vector<Looked>& looked);
  fhir::Result<Disclosure> Gather(store::Reader& reader, const std::string& subject,
                                  fhir::Instant now) const;
  bool Wants(const std::string& type) const;
  fhir::Status HandAll(const Disclosure& disclosure);
  fhir::Status Hand(const Disclosed& disclosed);

  Tenant& tenant_;
  const ExportOrder order_;
  const Clock& clock_;
  const Take take_;
  const Progress progress_;
  Counts counts_;
};

}  // namespace gateway
