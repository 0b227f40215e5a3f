// The embedded store: SQLCipher, one file per tenant, one serial writer with group commit, readers,
// a checkpointer, an access journal in a file of its own, patient keys in another.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fhir/result.h"
#include "gateway/clock.h"
#include "gateway/store/key_ring.h"
#include "gateway/store/store.h"

namespace gateway::store {

struct SqlcipherOptions {
  std::string dir;                      // holds data.db, journal.db, patients.db
  int readers = 4;                      // at most so many views at a time
  int glances = 2;                      // and so many more at a glance
  size_t group_works = 256;             // at most so many works in one commit
  int group_ms = 20;                    // or what arrived within this time
  size_t queue_works = 4096;            // waiting works before kThrottled
  size_t page_cache_bytes = 32u << 20;  // of the writer; a view has an eighth, a glance half
  int view_ms = 30'000;                 // what runs longer in a View fails with kTimeout
  std::shared_ptr<const fhir::IndexPlan> plan{};  // null: the default
  // Called when the database can no longer be trusted (a failed fsync, a corrupt page, an uncertain
  // commit); never returns to the store. Default: a sentence on stderr and _exit(70).
  std::function<void(const std::string& sentence)> fail_stop{};
};

// Creates the files when they are missing, migrates an older schema, refuses a newer one.
// Errors (each sentence says what to do): wrong key, not writable, disk full, `PRAGMA
// cipher_version` empty, another schema version. Several processes may open the same tenant; the
// ledger's frontier is read again when another one has written.
fhir::Result<std::unique_ptr<Store>> OpenSqlcipherStore(const SqlcipherOptions& options,
                                                        const KeyRing& keys, const Clock& clock);

}  // namespace gateway::store
