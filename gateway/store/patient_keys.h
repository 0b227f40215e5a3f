// The random key of every patient, in patients.db: a file of its own that data backups leave out,
// so that a key destroyed there is destroyed everywhere. Which patient has which is in the data
// file. Keys are made ahead, many in one durable commit, so that a group of works with new patients
// is still one. Each is wrapped under a derived key and bound to its number. Private to this
// folder.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "fhir/result.h"
#include "gateway/store/sealing.h"
#include "gateway/store/sqlite.h"

namespace gateway::store {

struct PatientKey {
  int64_t number = 0;  // what sealed rows refer to; never given twice
  std::string key;     // 32 bytes
};

// Find and Forget: any thread. The rest: the writer's thread.
class PatientKeys {
 public:
  static fhir::Result<std::unique_ptr<PatientKeys>> Open(const std::string& file,
                                                         const std::string& file_key,
                                                         std::string wrapping_key);
  ~PatientKeys();

  // nullopt: destroyed.
  fhir::Result<std::optional<std::string>> Find(int64_t number);
  // Drops what is remembered when the count of destroyed keys in the data file has moved on.
  void Forget(int64_t shreds);

  // A durable key that nobody has. A caller whose work is undone just drops it. Nothing that an
  // earlier process left over is taken: a data file put back from a backup may have forgotten whose
  // it was.
  fhir::Result<PatientKey> Take();
  // Durable when it returns. Without a key there is nothing to do.
  fhir::Status Destroy(int64_t number);

  Connection& connection() { return *writer_; }
  const Connection& connection() const { return *writer_; }

 private:
  explicit PatientKeys(std::string wrapping_key);
  fhir::Status MakeAhead();
  void Remember(int64_t number, const std::string& key);

  const std::string wrapping_key_;
  Sealer sealer_;  // the writer's
  std::unique_ptr<Connection> writer_;
  std::vector<PatientKey> ahead_;  // the writer's; the next one last

  std::mutex mutex_;  // guards what follows
  Sealer reader_sealer_;
  std::unique_ptr<Connection> reader_;
  std::unordered_map<int64_t, std::string> cache_;
  int64_t shreds_ = 0;
};

}  // namespace gateway::store
