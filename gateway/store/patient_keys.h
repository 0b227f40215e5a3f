// The random key of every patient, in patients.db: a file of its own that data backups leave out,
// so that a key destroyed there is destroyed everywhere. Each is wrapped under a derived key and
// bound to its row. Private to this folder.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fhir/result.h"
#include "gateway/store/sealing.h"
#include "gateway/store/sqlite.h"

namespace gateway::store {

struct PatientKey {
  int64_t number = 0;  // what sealed rows refer to
  std::string key;     // 32 bytes
};

// Find and Forget: any thread. The rest: the writer's thread, while it holds the data file's write
// lock, which is what keeps two processes from minting or destroying the same key at once.
class PatientKeys {
 public:
  static fhir::Result<std::unique_ptr<PatientKeys>> Open(const std::string& file,
                                                         const std::string& file_key,
                                                         std::string wrapping_key,
                                                         const std::string& name_key);
  ~PatientKeys();

  // nullopt: destroyed.
  fhir::Result<std::optional<std::string>> Find(int64_t number);
  // Drops what is remembered when the count of destroyed keys in the data file has moved on.
  void Forget(int64_t shreds);

  // Drops what is remembered when another process has written.
  fhir::Status Refresh();
  // The patient's key, made now when there is none. Durable only after Commit, which comes before
  // the commit of the data that it seals.
  fhir::Result<PatientKey> KeyOf(std::string_view programme, std::string_view patient);
  fhir::Status Commit();
  void Rollback();
  // A key made since the last Commit.
  const std::string* Minted(int64_t number) const;
  // The number of the patient's key; 0 without one.
  fhir::Result<int64_t> NumberOf(std::string_view programme, std::string_view patient);
  // Durable when it returns. Without a key there is nothing to do.
  fhir::Status Destroy(std::string_view programme, std::string_view patient);

  // False when keys made since the last Commit have been rolled back by a failure.
  bool Stands() const { return minted_.empty() || writer_->InTransaction(); }

  Connection& connection() { return *writer_; }
  const Connection& connection() const { return *writer_; }

 private:
  PatientKeys(std::string wrapping_key, const std::string& name_key);
  fhir::Result<std::optional<PatientKey>> Load(const std::string& name);
  void Remember(const std::string& name, const PatientKey& key);
  void ForgetAll();

  const std::string wrapping_key_;
  KeyedHash name_hash_;  // the writer's
  Sealer sealer_;        // the writer's
  std::unique_ptr<Connection> writer_;
  int64_t data_version_ = 0;
  std::unordered_map<std::string, PatientKey> minted_;  // not committed yet
  std::unordered_map<std::string, PatientKey> known_;   // the writer's, by name

  std::mutex mutex_;  // guards what follows
  Sealer reader_sealer_;
  std::unique_ptr<Connection> reader_;
  std::unordered_map<int64_t, std::string> cache_;
  int64_t shreds_ = 0;
};

}  // namespace gateway::store
