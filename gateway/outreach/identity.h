// Everything one human is known as in a programme. Records that share an identifier are one person
// of the store; Patient.link (replaces, replaced-by) joins further records, whichever of them holds
// the link. What any of them has refused holds for all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

struct Identity {
  std::vector<std::string> records;  // ids of Patients, the one asked for first
  std::vector<int64_t> persons;      // of the store, its own first
  std::vector<fhir::Resource> read;  // those of `records` that were there and looked into
  bool complete = true;              // false: more records than anybody has
};
fhir::Result<Identity> IdentityOf(store::Reader& reader, const std::string& programme,
                                  const std::string& patient_id);

// The person and whoever else is the same human in some programme.
fhir::Result<std::vector<int64_t>> SameHuman(store::Reader& reader, int64_t person);

}  // namespace gateway::outreach
