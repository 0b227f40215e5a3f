#include "gateway/store/session.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

SessionKeys::~SessionKeys() {
  for (std::string* key : {&index, &ledger, &tenant_seal}) {
    OPENSSL_cleanse(key->data(), key->size());
  }
}

Session::Session(std::unique_ptr<Connection> connection, PatientKeys& patient_keys,
                 const SessionKeys& keys)
    : db_(std::move(connection)), patient_keys_(patient_keys), keys_(keys), hash_(keys.index) {}

// ---- a view

Status Session::BeginView(std::chrono::steady_clock::time_point deadline) {
  db_->SetDeadline(deadline);
  if (Status s = db_->Run("BEGIN"); !s.ok()) return s;
  // The snapshot is taken at the first read, so not later than here.
  if (Status s = LoadHead(); !s.ok()) return s;
  patient_keys_.Forget(committed_.shreds);
  return {};
}

void Session::EndView() {
  db_->ClearDeadline();
  if (db_->InTransaction()) (void)db_->Run("COMMIT");
}

// ---- a group of works

Status Session::BeginGroup() {
  if (Status s = db_->Run("BEGIN IMMEDIATE"); !s.ok()) return s;
  in_group_ = true;
  const Result<int64_t> version = db_->DataVersion();
  if (!version.ok()) return version.error();
  if (*version != data_version_) {
    if (Status s = LoadHead(); !s.ok()) return s;
    data_version_ = *version;
  }
  head_ = committed_;
  patient_keys_.Forget(committed_.shreds);
  return {};
}

Status Session::LoadHead() {
  Statement row = db_->Query("SELECT frontier, now, shreds FROM head WHERE one = 1");
  if (!row.Step()) {
    if (Status s = row.status(); !s.ok()) return s;
    return Fail(ErrorCode::kInternal, "the store has no head row");
  }
  Result<ledger::Frontier> frontier = ledger::Frontier::Parse(row.Text(0));
  if (!frontier.ok()) return frontier.error();
  committed_.frontier = std::move(*frontier);
  committed_.now = FromMs(row.Int(1));
  committed_.shreds = row.Int(2);
  return {};
}

Status Session::BeginWork(Instant now, Undo undo) {
  before_work_ = head_;
  new_numbers_.clear();
  head_.now = std::max(head_.now, now);
  now_ = head_.now;
  db_->ClearFailure();
  patient_keys_.connection().ClearFailure();
  undo_ = undo;
  changes_before_work_ = db_->TotalChanges();
  return undo == Undo::kAlone ? db_->Run("SAVEPOINT work") : Status();
}

std::chrono::milliseconds Session::ClockLag() const {
  if (keys_.clock == nullptr) return {};
  const Instant now = keys_.clock->Now();
  return committed_.now > now ? committed_.now - now : std::chrono::milliseconds{};
}

void Session::FollowClock() {
  if (keys_.clock == nullptr) return;
  head_.now = keys_.clock->Now();
  now_ = head_.now;
}

Status Session::KeepWork() { return undo_ == Undo::kAlone ? db_->Run("RELEASE work") : Status(); }

bool Session::CanUndoWork() const {
  return undo_ == Undo::kAlone || db_->TotalChanges() == changes_before_work_;
}

Status Session::UndoWork() {
  head_ = before_work_;
  for (const std::string& name : new_numbers_) numbers_.erase(name);
  new_numbers_.clear();
  if (undo_ == Undo::kWithGroup) return {};
  if (Status s = db_->Run("ROLLBACK TO work"); !s.ok()) return s;
  return db_->Run("RELEASE work");
}

Status Session::CommitGroup(bool* uncertain) {
  Status head = db_->Run("UPDATE head SET frontier = ?1, now = ?2, shreds = ?3 WHERE one = 1",
                         Blob{head_.frontier.Serialize()}, ToMs(head_.now), head_.shreds);
  if (!head.ok()) return head;
  db_->ClearFailure();
  if (Status s = db_->Run("COMMIT"); !s.ok()) {
    // A full disk leaves the log without its commit frame: certainly not committed.
    *uncertain = !Connection::DiskFull(db_->failure());
    return s;
  }
  in_group_ = false;
  committed_ = head_;
  return {};
}

bool Session::GroupStands() const { return db_->InTransaction(); }

Status Session::StorageStatus() const {
  if (db_->failure() != 0) return db_->FailureStatus();
  return patient_keys_.connection().FailureStatus();
}

std::string Session::FatalSentence() const {
  for (const Connection* connection : {db_.get(), &patient_keys_.connection()}) {
    if (!Connection::Fatal(connection->failure())) continue;
    return connection->FailureStatus().error().message +
           ": stopping, because what it says can no longer be trusted; check the disk";
  }
  return {};
}

void Session::AbandonGroup() {
  if (db_->InTransaction()) (void)db_->Run("ROLLBACK");
  in_group_ = false;
  head_ = committed_;
  numbers_.clear();
}

Result<bool> Session::Erase(std::string_view programme, std::string_view patient_id) {
  const Result<int64_t> number = KeyNumberOf(programme, patient_id);
  if (!number.ok()) return number.error();
  ++head_.shreds;
  if (*number == 0) return true;
  // Once the key is gone nobody could say whose rows they are: they go in a commit before it.
  Result<bool> forgot = ForgetIndexOf(*number);
  if (!forgot.ok()) return forgot;
  if (*forgot) return false;
  if (Status s = patient_keys_.Destroy(*number); !s.ok()) return s.error();
  Statement row = db_->Query("DELETE FROM key_of_patient WHERE programme = ?1 AND patient = ?2",
                             numbers_.find(programme)->second);
  StoredId(patient_id).BindTo(row, 2);
  row.Step();
  if (Status s = row.status(); !s.ok()) return s.error();
  return true;
}

// ---- sealing

Result<int64_t> Session::KeyNumberOf(std::string_view programme, std::string_view patient_id) {
  const Result<int64_t> number = NumberOf(programme);
  if (!number.ok() || *number == 0) return number;
  Statement row = db_->Query(
      "SELECT number FROM key_of_patient WHERE programme = ?1 AND patient = ?2", *number);
  StoredId(patient_id).BindTo(row, 2);
  if (row.Step()) return row.Int(0);
  if (Status s = row.status(); !s.ok()) return s.error();
  return 0;
}

// The patient's key; a new one when there is none, or a crash came between its destruction and the
// commit that says so.
Result<PatientKey> Session::KeyOf(std::string_view programme, std::string_view patient_id) {
  const Result<int64_t> known = KeyNumberOf(programme, patient_id);
  if (!known.ok()) return known.error();
  if (*known != 0) {
    Result<std::optional<std::string>> key = patient_keys_.Find(*known);
    if (!key.ok()) return key.error();
    if (key->has_value()) return PatientKey{*known, std::move(**key)};
  }
  const Result<int64_t> programme_number = NumberFor(programme);
  if (!programme_number.ok()) return programme_number.error();
  Result<PatientKey> key = patient_keys_.Take();
  if (!key.ok()) return key;
  Statement row = db_->Query(
      "INSERT OR REPLACE INTO key_of_patient (programme, patient, number) VALUES (?1, ?2, ?3)",
      *programme_number, Null{}, key->number);
  StoredId(patient_id).BindTo(row, 2);
  row.Step();
  if (Status s = row.status(); !s.ok()) return s.error();
  return key;
}

Result<Session::Sealed> Session::SealFor(std::string_view programme, std::string_view patient,
                                         std::string_view associated, std::string_view text) {
  if (patient.empty()) return Sealed{0, sealer_.Seal(keys_.tenant_seal, associated, text)};
  const Result<PatientKey> key = KeyOf(programme, patient.substr(patient.find('/') + 1));
  if (!key.ok()) return key.error();
  return Sealed{key->number, sealer_.Seal(key->key, associated, text)};
}

Result<std::optional<std::string>> Session::OpenOf(int64_t patient, std::string_view associated,
                                                   std::string_view sealed) {
  std::optional<std::string> text;
  if (patient == 0) {
    text = sealer_.Open(keys_.tenant_seal, associated, sealed);
  } else {
    const Result<std::optional<std::string>> key = patient_keys_.Find(patient);
    if (!key.ok()) return key.error();
    if (!key->has_value()) return std::optional<std::string>();
    text = sealer_.Open(**key, associated, sealed);
  }
  if (!text.has_value()) {
    return Fail(ErrorCode::kInternal, "a sealed row is not the one that was stored in its place");
  }
  return text;
}

// ---- numbers of programmes and types

Result<int64_t> Session::NumberOf(std::string_view name) {
  if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
  Statement row = db_->Query("SELECT id FROM name WHERE text = ?1", name);
  if (!row.Step()) {
    if (Status s = row.status(); !s.ok()) return s.error();
    return 0;
  }
  const int64_t number = row.Int(0);
  numbers_.emplace(name, number);
  return number;
}

Result<int64_t> Session::NumberFor(std::string_view name) {
  Result<int64_t> number = NumberOf(name);
  if (!number.ok() || *number != 0) return number;
  if (Status s = db_->Run("INSERT INTO name (text) VALUES (?1)", name); !s.ok()) return s.error();
  number = db_->LastInsertKey();
  numbers_.emplace(name, *number);
  new_numbers_.emplace_back(name);
  return number;
}

// ---- ids

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool IsDash(size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

// Only the form that ToText gives back: lower case.
bool IsUuid(std::string_view id) {
  if (id.size() != 36) return false;
  for (size_t i = 0; i < id.size(); ++i) {
    if (IsDash(i) ? id[i] != '-' : kHexDigits.find(id[i]) == std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

StoredId::StoredId(std::string_view id) : is_uuid_(IsUuid(id)) {
  if (!is_uuid_) {
    bytes_ = id;
    return;
  }
  size_t high = 16;
  for (const char c : id) {
    if (c == '-') continue;
    const size_t nibble = kHexDigits.find(c);
    if (high == 16) {
      high = nibble;
    } else {
      bytes_ += static_cast<char>(high << 4 | nibble);
      high = 16;
    }
  }
}

void StoredId::BindTo(Statement& statement, int at) const {
  if (is_uuid_) {
    statement.Bind(at, Blob{bytes_});
  } else {
    statement.Bind(at, bytes_);
  }
}

std::string StoredId::ToText(const Statement& row, int column) {
  const std::string_view bytes = row.Text(column);
  if (!row.IsBlob(column)) return std::string(bytes);
  std::string id;
  for (const char c : bytes) {
    if (IsDash(id.size())) id += '-';
    id += kHexDigits[static_cast<unsigned char>(c) >> 4];
    id += kHexDigits[static_cast<unsigned char>(c) & 0x0f];
  }
  return id;
}

}  // namespace gateway::store
