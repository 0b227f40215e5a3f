// Everything one human is known as. Records that share an identifier are the same human's, in every
// programme of the tenant: one person of the store where the later one came with it, several where
// it was given one later. Patient.link (replaces, replaced-by) joins further records, whichever of
// them holds the link. What any of them has refused holds for all.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

// A Patient record: programme and id.
using RecordName = std::pair<std::string, std::string>;

struct Identity {
  std::vector<std::string> records;   // ids in the programme asked about, the one asked for first
  std::vector<RecordName> elsewhere;  // in other programmes of the tenant
  std::vector<int64_t> persons;       // of the store, its own first
  std::vector<fhir::Resource> read;   // those of `records` that were there and looked into
  std::vector<fhir::Resource> read_elsewhere;
  bool complete = true;  // false: more records than anybody has
};
fhir::Result<Identity> IdentityOf(store::Reader& reader, const std::string& programme,
                                  const std::string& patient_id);

// The person and whoever else is the same human in some programme.
fhir::Result<std::vector<int64_t>> SameHuman(store::Reader& reader, int64_t person);

}  // namespace gateway::outreach
