#include "gateway/store/patient_keys.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "gateway/clock.h"
#include "gateway/store/schema.h"

namespace gateway::store {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

constexpr size_t kKeyBytes = 32;
constexpr int kMadeAhead = 256;
constexpr size_t kMostRemembered = 32'768;  // about 8 MB

std::string Associated(int64_t number) { return Join({"patient key", std::to_string(number)}); }

void Wipe(std::string& key) { OPENSSL_cleanse(key.data(), key.size()); }

void WipeAll(std::unordered_map<int64_t, std::string>& keys) {
  for (auto& [number, key] : keys) Wipe(key);
  keys.clear();
}

}  // namespace

PatientKeys::PatientKeys(std::string wrapping_key) : wrapping_key_(std::move(wrapping_key)) {}

PatientKeys::~PatientKeys() {
  for (PatientKey& key : ahead_) Wipe(key.key);
  WipeAll(cache_);
}

Result<std::unique_ptr<PatientKeys>> PatientKeys::Open(const std::string& file,
                                                       const std::string& file_key,
                                                       std::string wrapping_key) {
  std::unique_ptr<PatientKeys> keys(new PatientKeys(std::move(wrapping_key)));
  ConnectionOptions options{.file = file, .key = file_key, .what = "the file of patient keys"};
  auto writer = Connection::Open(options);
  if (!writer.ok()) return writer.error();
  keys->writer_ = std::move(*writer);
  if (Status s = Migrate(*keys->writer_, File::kPatients); !s.ok()) return s.error();
  // A destroyed key must not linger in free space.
  if (Status s = keys->writer_->Execute("PRAGMA secure_delete = ON"); !s.ok()) return s.error();
  options.access = Access::kReadOnly;
  auto reader = Connection::Open(options);
  if (!reader.ok()) return reader.error();
  keys->reader_ = std::move(*reader);
  return keys;
}

Result<std::optional<std::string>> PatientKeys::Find(int64_t number) {
  const std::lock_guard lock(mutex_);
  if (const auto found = cache_.find(number); found != cache_.end()) return {found->second};
  Statement row = reader_->Query("SELECT wrapped FROM patient_key WHERE pk = ?1", number);
  if (!row.Step()) {
    if (Status s = row.status(); !s.ok()) return s.error();
    return std::optional<std::string>();
  }
  std::optional<std::string> key =
      reader_sealer_.Open(wrapping_key_, Associated(number), row.Text(0));
  if (!key.has_value()) return Fail(ErrorCode::kInternal, "a patient key does not unwrap");
  Remember(number, *key);
  return key;
}

// REQUIRES: mutex_ held.
void PatientKeys::Remember(int64_t number, const std::string& key) {
  if (cache_.size() >= kMostRemembered) WipeAll(cache_);
  cache_[number] = key;
}

void PatientKeys::Forget(int64_t shreds) {
  const std::lock_guard lock(mutex_);
  if (shreds <= shreds_) return;
  shreds_ = shreds;
  WipeAll(cache_);
}

Status PatientKeys::MakeAhead() {
  if (Status s = writer_->Run("BEGIN IMMEDIATE"); !s.ok()) return s;
  std::vector<PatientKey> made;
  const auto fill = [&]() -> Status {
    for (int i = 0; i < kMadeAhead; ++i) {
      // The number is part of what is sealed, so it is taken first.
      Status taken = writer_->Run("INSERT INTO patient_key (wrapped) VALUES (zeroblob(60))");
      if (!taken.ok()) return taken;
      PatientKey key{writer_->LastInsertKey(), RandomBytes(kKeyBytes)};
      const std::string wrapped = sealer_.Seal(wrapping_key_, Associated(key.number), key.key);
      Status filled = writer_->Run("UPDATE patient_key SET wrapped = ?2 WHERE pk = ?1", key.number,
                                   Blob{wrapped});
      if (!filled.ok()) return filled;
      made.push_back(std::move(key));
    }
    return writer_->Run("COMMIT");
  };
  if (Status s = fill(); !s.ok()) {
    if (writer_->InTransaction()) (void)writer_->Run("ROLLBACK");
    return s;
  }
  std::reverse(made.begin(), made.end());
  ahead_ = std::move(made);
  return {};
}

Result<PatientKey> PatientKeys::Take() {
  if (ahead_.empty()) {
    if (Status s = MakeAhead(); !s.ok()) return s.error();
  }
  PatientKey key = std::move(ahead_.back());
  ahead_.pop_back();
  const std::lock_guard lock(mutex_);
  Remember(key.number, key.key);
  return key;
}

Status PatientKeys::Destroy(int64_t number) {
  Status gone = writer_->Run("DELETE FROM patient_key WHERE pk = ?1", number);
  if (!gone.ok()) return gone;
  {
    const std::lock_guard lock(mutex_);
    WipeAll(cache_);
  }
  // The log still holds the page as it was.
  return writer_->CheckpointAndTruncate();
}

}  // namespace gateway::store
