// Every write of a resource goes through here, whoever asks: the version, its index rows, the
// person link, the epochs, the audit row and who must be told, in one transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway {

// On whose behalf something is written.
struct Scope {
  std::string programme;
  std::string client;      // client id, or "psgateway" for the gateway itself
  std::string request_id;  // of the HTTP request; empty inside the dispatcher
  std::string base{};      // https://host/fhir/{programme}; a reference below it is a relative one
};

struct Written {
  fhir::Resource resource;  // as stored, stamped; only type and id when deleted
  std::string bytes{};      // as stored, where it was written now
  int64_t version = 0;
  fhir::Instant last_updated{};
  bool created = false;
  bool changed = true;                // false: a delete of what was not there, kIfChanged
  std::vector<std::string> patients;  // "Patient/1": whom it is about, and whom it was about before
};

// A resource made ready to be written, where that does not depend on what is there: none of this
// needs the writer, for whom everybody waits.
struct Draft {
  fhir::Resource resource;  // with its id, and references below the scope's base made relative
  std::string patient;      // "Patient/1": whom it is about
  std::vector<fhir::IndexEntry> index;
};
// `plan`: of the store that it will be written to.
Draft MakeDraft(const Scope& scope, fhir::Resource resource, const fhir::IndexPlan& plan);

enum class PutMode { kCreate, kUpdate, kEither, kOnlyNew, kIfChanged };

// kCreate: a new resource; its id must be set and unused (kConflict).
// kUpdate: by one who has read the present version; kNotFound when there is none.
// kEither: update-as-create; tags and security labels that the present version has stay, and
// kInvalid for a shortened resource (SUBSETTED). kOnlyNew: update-as-create of what does not exist
// or was deleted (kPreconditionFailed). kIfChanged: as kEither, but what is there already, in the
// same words, stays as it is; kGone where the patient was erased.
// if_match: the version that must be the present one (kPreconditionFailed).
fhir::Result<Written> PutResource(store::Transaction& tx, const Scope& scope, Draft draft,
                                  PutMode mode, std::optional<int64_t> if_match = std::nullopt);
fhir::Result<Written> PutResource(store::Transaction& tx, const Scope& scope,
                                  fhir::Resource resource, PutMode mode,
                                  std::optional<int64_t> if_match = std::nullopt);

fhir::Result<Written> DeleteResource(store::Transaction& tx, const Scope& scope,
                                     std::string_view type, std::string_view id,
                                     std::optional<int64_t> if_match = std::nullopt);

// A present resource as a write would answer it, read inside a transaction: by a GET of a Bundle,
// or by a conditional create that finds it. Audited as a read in the same commit. Errors as
// LoadResource.
fhir::Result<Written> FoundResource(store::Transaction& tx, const Scope& scope,
                                    std::string_view type, std::string_view id);

// "system|value" of each identifier of a Patient that has both: by these a human is known.
std::vector<std::string> IdentifiersOf(const fhir::Resource& patient);

// One row of the audit trail, in the transaction's commit: `action` was done by the scope's client.
fhir::Status Audit(store::Transaction& tx, const Scope& scope, std::string_view action,
                   const std::string& subject);

// The present version, parsed. kNotFound, kGone when deleted or erased.
fhir::Result<fhir::Resource> LoadResource(store::Reader& reader, std::string_view programme,
                                          std::string_view type, std::string_view id);

}  // namespace gateway
