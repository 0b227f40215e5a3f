#include "gateway/store/patient_keys.h"

#include <openssl/crypto.h>

#include <type_traits>
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
constexpr size_t kMostRemembered = 32'768;  // about 8 MB

std::string Associated(std::string_view name) { return Join({"patient key", name}); }

void Wipe(std::string& key) { OPENSSL_cleanse(key.data(), key.size()); }

template <class Map>
void WipeAll(Map& keys) {
  for (auto& [name, key] : keys) {
    if constexpr (std::is_same_v<std::decay_t<decltype(key)>, PatientKey>) {
      Wipe(key.key);
    } else {
      Wipe(key);
    }
  }
  keys.clear();
}

}  // namespace

PatientKeys::PatientKeys(std::string wrapping_key, const std::string& name_key)
    : wrapping_key_(std::move(wrapping_key)), name_hash_(name_key) {}

PatientKeys::~PatientKeys() {
  WipeAll(minted_);
  WipeAll(known_);
  WipeAll(cache_);
}

Result<std::unique_ptr<PatientKeys>> PatientKeys::Open(const std::string& file,
                                                       const std::string& file_key,
                                                       std::string wrapping_key,
                                                       const std::string& name_key) {
  std::unique_ptr<PatientKeys> keys(new PatientKeys(std::move(wrapping_key), name_key));
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
  Statement row = reader_->Query("SELECT patient, wrapped FROM patient_key WHERE pk = ?1", number);
  if (!row.Step()) {
    if (Status s = row.status(); !s.ok()) return s.error();
    return std::optional<std::string>();
  }
  std::optional<std::string> key =
      reader_sealer_.Open(wrapping_key_, Associated(row.Text(0)), row.Text(1));
  if (!key.has_value()) return Fail(ErrorCode::kInternal, "a patient key does not unwrap");
  if (cache_.size() >= kMostRemembered) WipeAll(cache_);
  cache_[number] = *key;
  return key;
}

void PatientKeys::Forget(int64_t shreds) {
  const std::lock_guard lock(mutex_);
  if (shreds <= shreds_) return;
  shreds_ = shreds;
  WipeAll(cache_);
}

void PatientKeys::ForgetAll() {
  WipeAll(known_);
  const std::lock_guard lock(mutex_);
  WipeAll(cache_);
}

Status PatientKeys::Refresh() {
  const Result<int64_t> version = writer_->DataVersion();
  if (!version.ok()) return version.error();
  if (*version != data_version_) ForgetAll();
  data_version_ = *version;
  return {};
}

void PatientKeys::Remember(const std::string& name, const PatientKey& key) {
  if (known_.size() >= kMostRemembered) WipeAll(known_);
  known_[name] = key;
}

Result<std::optional<PatientKey>> PatientKeys::Load(const std::string& name) {
  const std::string hash = name_hash_.Of128({name});
  Statement row =
      writer_->Query("SELECT pk, wrapped FROM patient_key WHERE patient = ?1", Blob{hash});
  if (!row.Step()) {
    if (Status s = row.status(); !s.ok()) return s.error();
    return std::optional<PatientKey>();
  }
  std::optional<std::string> key = sealer_.Open(wrapping_key_, Associated(hash), row.Text(1));
  if (!key.has_value()) return Fail(ErrorCode::kInternal, "a patient key does not unwrap");
  return {PatientKey{row.Int(0), std::move(*key)}};
}

Result<PatientKey> PatientKeys::KeyOf(std::string_view programme, std::string_view patient) {
  const std::string name = Join({programme, patient});
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  if (const auto found = minted_.find(name); found != minted_.end()) return found->second;
  Result<std::optional<PatientKey>> stored = Load(name);
  if (!stored.ok()) return stored.error();
  if (stored->has_value()) {
    Remember(name, **stored);
    return **stored;
  }
  if (!writer_->InTransaction()) {
    if (Status s = writer_->Run("BEGIN IMMEDIATE"); !s.ok()) return s.error();
  }
  const std::string hash = name_hash_.Of128({name});
  PatientKey key{0, RandomBytes(kKeyBytes)};
  const std::string wrapped = sealer_.Seal(wrapping_key_, Associated(hash), key.key);
  Status added = writer_->Run("INSERT INTO patient_key (patient, wrapped) VALUES (?1, ?2)",
                              Blob{hash}, Blob{wrapped});
  if (!added.ok()) return added.error();
  key.number = writer_->LastInsertKey();
  minted_[name] = key;
  return key;
}

Status PatientKeys::Commit() {
  if (!writer_->InTransaction()) return {};
  if (Status s = writer_->Run("COMMIT"); !s.ok()) return s;
  {
    const std::lock_guard lock(mutex_);
    if (cache_.size() >= kMostRemembered) WipeAll(cache_);
    for (const auto& [name, key] : minted_) cache_[key.number] = key.key;
  }
  for (const auto& [name, key] : minted_) Remember(name, key);
  WipeAll(minted_);
  return {};
}

const std::string* PatientKeys::Minted(int64_t number) const {
  for (const auto& [name, key] : minted_) {
    if (key.number == number) return &key.key;
  }
  return nullptr;
}

void PatientKeys::Rollback() {
  WipeAll(minted_);
  if (writer_->InTransaction()) (void)writer_->Run("ROLLBACK");
}

Result<int64_t> PatientKeys::NumberOf(std::string_view programme, std::string_view patient) {
  const std::string name = Join({programme, patient});
  if (const auto found = minted_.find(name); found != minted_.end()) return found->second.number;
  const Result<std::optional<PatientKey>> stored = Load(name);
  if (!stored.ok()) return stored.error();
  return stored->has_value() ? (*stored)->number : 0;
}

Status PatientKeys::Destroy(std::string_view programme, std::string_view patient) {
  if (Status s = Commit(); !s.ok()) return s;
  const std::string hash = name_hash_.Of128({Join({programme, patient})});
  Status gone = writer_->Run("DELETE FROM patient_key WHERE patient = ?1", Blob{hash});
  if (!gone.ok()) return gone;
  ForgetAll();
  // The log still holds the page as it was.
  return writer_->CheckpointAndTruncate();
}

}  // namespace gateway::store
