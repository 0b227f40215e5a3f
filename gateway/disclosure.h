// Egress that is not outreach (a Task for the nurses, a write-back, an export): what is stored of
// the patient is gathered on the road of every decision, DecideDisclosure says whether the data may
// go, and what may not is taken out. Whoever sends records the decision in the commit before.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consent/decision.h"
#include "consent/disclosure_request.h"
#include "consent/programme.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/outreach/gather.h"
#include "gateway/store/store.h"

namespace gateway {

// To whom what leaves by a vendor or an endpoint goes, and what for, as the programme says. Where
// it does not say, nobody knows the recipient, and a person must say who it is first (C7).
consent::DisclosureRequest AskedOfPartner(const consent::Programme& programme,
                                          std::string_view way);

// What is stored of the patient `subject` ("Patient/p1"; may be empty) and what the disclosure
// names: its data, funding and recipient, by reference or by name. `laid_over` as in
// outreach::Gather.
fhir::Result<outreach::Gathered> GatherDisclosure(
    store::Reader& reader, const std::string& programme, const std::string& subject,
    consent::DisclosureRequest asked, fhir::Instant now,
    const std::vector<fhir::Resource>& laid_over = {});

struct Disclosed {
  fhir::Resource asked;
  consent::Decision decision;
  std::optional<fhir::Resource> resource;  // what of it may leave; absent: nothing
};

// The data of one patient, for one recipient, on what one snapshot held. One thread.
class Disclosure {
 public:
  // `asked.data` is not looked at.
  static fhir::Result<Disclosure> Prepare(store::Reader& reader, const std::string& programme,
                                          const std::string& subject,
                                          const consent::DisclosureRequest& asked,
                                          fhir::Instant now);

  // Decides on one resource of the patient, which is the present version. The answer lives until
  // the next call.
  const Disclosed& Decide(const fhir::Resource& resource);

  const std::vector<Disclosed>& decided() const { return decided_; }

  // Whether nothing that was gathered has changed since.
  fhir::Result<bool> StillHolds(store::Reader& reader) const;

  // Writes what Decide has answered: decision records, each a leaf of the ledger, and an audit row
  // of each. What was decided alike stands in one record. `client`: who discloses; `way`: the
  // endpoint, vendor or file it leaves by.
  fhir::Status Record(store::Transaction& tx, std::string_view client, std::string_view way) const;

 private:
  fhir::Status RecordAlike(store::Transaction& tx, std::string_view client, std::string_view way,
                           const std::vector<const Disclosed*>& alike) const;

  outreach::Gathered gathered_;
  std::vector<Disclosed> decided_;
};

// Decides on a stored resource ("Task/t1") that is to leave by `way`, and commits the decision:
// what it answers may be sent. Decided on a snapshot, and again inside the transaction where
// something has changed since. What is of no patient (fhir::MayBeOfPatient) may go as it is,
// without a decision. kNotFound, kGone where the resource or the programme is there no longer.
fhir::Result<Disclosed> Disclose(store::Store& store, const std::string& programme,
                                 const std::string& reference, std::string_view way,
                                 fhir::Instant now);

}  // namespace gateway
