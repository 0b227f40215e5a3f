// Pulls a patient's records from a partner's FHIR server into the store: mapped by the source's
// rules, what cannot be taken is set aside with its findings, never dropped.
#pragma once

#include <string>
#include <vector>

#include "adapters/fhir_endpoint/fhir_endpoint.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/config.h"

namespace gateway::sources {

struct Pulled {
  size_t received = 0;
  std::vector<fhir::Resource> records;  // valid, mapped to our patient, with our ids
  // Basic resources of code "quarantine": which record, and its findings.
  std::vector<fhir::Resource> quarantine;
};

// Asks the source for the records of its types about the patient, who is found there by the
// identifier of the source's system. No lock is held and no transaction is open. Errors: the
// endpoint's; kInvalid when our Patient has no such identifier; kNotFound when the source does not
// know the patient.
fhir::Result<Pulled> Pull(const SourceConfig& source, adapters::FhirEndpoint& endpoint,
                          const fhir::Resource& patient);

// The id under which a partner's record is kept here: the same record always gets the same one.
std::string LocalId(std::string_view source, std::string_view type, std::string_view id);

}  // namespace gateway::sources
