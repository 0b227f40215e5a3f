#include "gateway/store/sqlite.h"

#include <openssl/crypto.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>
#include <utility>

namespace gateway::store {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

constexpr int kBusyTimeoutMs = 10'000;
constexpr int kBusyPauseMs = 2;
constexpr int kOperationsPerDeadlineCheck = 4000;

int PrimaryCode(int code) { return code & 0xff; }

std::string KeyPragma(const std::string& key) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string sql = "PRAGMA key = \"x'";
  sql.reserve(sql.size() + 2 * key.size() + 2);
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    sql += kHex[byte >> 4];
    sql += kHex[byte & 0x0f];
  }
  return sql += "'\"";
}

}  // namespace

// ---- Statement

Statement::Statement(Connection* connection, std::string_view sql) : connection_(connection) {
  auto cached = connection->cache_.find(sql);
  if (cached == connection->cache_.end()) {
    cached = connection->cache_.emplace(std::string(sql), std::vector<sqlite3_stmt*>()).first;
  }
  free_ = &cached->second;  // stays where it is: a map of nodes
  if (!free_->empty()) {
    statement_ = free_->back();
    free_->pop_back();
    return;
  }
  code_ = sqlite3_prepare_v3(connection->db_, sql.data(), static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code_ != SQLITE_OK) {
    code_ = sqlite3_extended_errcode(connection->db_);
    connection->Note(code_);
  }
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  free_->push_back(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      free_(other.free_),
      statement_(std::exchange(other.statement_, nullptr)),
      code_(other.code_) {}

void Statement::Bind(int at, int64_t value) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, at, value);
}

void Statement::Bind(int at, std::string_view text) {
  if (statement_ == nullptr) return;
  sqlite3_bind_text64(statement_, at, text.empty() ? "" : text.data(), text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::Bind(int at, Blob blob) {
  if (statement_ == nullptr) return;
  sqlite3_bind_blob64(statement_, at, blob.bytes.empty() ? "" : blob.bytes.data(),
                      blob.bytes.size(), SQLITE_TRANSIENT);
}

void Statement::Bind(int at, Null) {
  if (statement_ != nullptr) sqlite3_bind_null(statement_, at);
}

bool Statement::Step() {
  if (code_ != SQLITE_OK || statement_ == nullptr) return false;
  if (connection_->PastDeadline()) {
    code_ = SQLITE_INTERRUPT;
    return false;
  }
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  code_ = sqlite3_extended_errcode(connection_->db_);
  if (PrimaryCode(code_) != PrimaryCode(code)) code_ = code;
  connection_->Note(code_);
  return false;
}

void Statement::Rewind() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

bool Statement::IsBlob(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_BLOB;
}

Status Statement::status() const {
  if (code_ == SQLITE_OK) return {};
  return connection_->ErrorOf(code_);
}

// ---- Connection

Result<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  std::unique_ptr<Connection> connection(new Connection);
  connection->what_ = options.what;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
  const int code = sqlite3_open_v2(options.file.c_str(), &connection->db_, flags, nullptr);
  if (code != SQLITE_OK) return connection->ErrorOf(code);
  if (Status s = connection->Configure(options); !s.ok()) return s.error();
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, statements] : cache_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(db_);
}

Status Connection::Configure(const ConnectionOptions& options) {
  // SQLite's own handler waits longer each time, and whoever writes much would always be first.
  sqlite3_busy_handler(
      db_,
      [](void*, int times) {
        if (times * kBusyPauseMs >= kBusyTimeoutMs) return 0;
        std::this_thread::sleep_for(std::chrono::milliseconds(kBusyPauseMs));
        return 1;
      },
      nullptr);
  // No plan depends on a bound value. Otherwise every statement that compares one beside a partial
  // index is prepared again for each value.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  // SQLCipher would tell of a wrong key on stderr, before our sentence.
  if (Status s = Execute("PRAGMA cipher_log_level = NONE"); !s.ok()) return s;
  std::string key = KeyPragma(options.key);
  const Status keyed = Execute(key);
  OPENSSL_cleanse(key.data(), key.size());
  if (!keyed.ok()) return keyed;
  {
    Statement version = Query("PRAGMA cipher_version");
    if (!version.Step() || version.Text(0).empty()) {
      return Fail(ErrorCode::kInternal,
                  what_ +
                      " would not be encrypted: this program is linked to a plain SQLite, not to "
                      "SQLCipher; build it again with the bundled amalgamation");
    }
  }
  const std::string page_size = std::to_string(kPageBytes);
  for (const std::string& sql : {
           std::string("PRAGMA cipher_hmac_algorithm = HMAC_SHA256"),
           "PRAGMA cipher_page_size = " + page_size,
           std::string("PRAGMA temp_store = MEMORY"),
           std::string("PRAGMA mmap_size = 0"),
           std::string("PRAGMA foreign_keys = OFF"),
           std::string("PRAGMA trusted_schema = OFF"),
           "PRAGMA cache_size = -" + std::to_string(options.page_cache_bytes / 1024),
           std::string("SELECT count(*) FROM sqlite_master"),
           std::string("PRAGMA journal_mode = WAL"),
           std::string("PRAGMA synchronous = FULL"),
           std::string("PRAGMA wal_autocheckpoint = 0"),
           std::string("PRAGMA secure_delete = FAST"),
       }) {
    Status s = Execute(sql);
    // Of two processes that make a file at once SQLite refuses one without a wait, lest each waits
    // for the other.
    for (int waited = 0; PrimaryCode(failure_) == SQLITE_BUSY && waited < kBusyTimeoutMs;
         waited += kBusyPauseMs) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kBusyPauseMs));
      ClearFailure();
      s = Execute(sql);
    }
    if (!s.ok()) {
      // The first of them that reads a page finds out.
      const int code = PrimaryCode(failure_);
      if (code != SQLITE_NOTADB && code != SQLITE_ERROR && code != SQLITE_CORRUPT) return s;
      return Fail(ErrorCode::kForbidden, what_ + " (" + options.file +
                                             ") does not open with this key: give the wrapping key "
                                             "and keys.json it was made with");
    }
  }
  if (options.access == Access::kReadOnly) {
    if (Status s = Execute("PRAGMA query_only = ON"); !s.ok()) return s;
  }
  sqlite3_wal_hook(
      db_,
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<Connection*>(self)->log_frames_ = frames;
        return SQLITE_OK;
      },
      this);
  return {};
}

Status Connection::Execute(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  const int code = sqlite3_extended_errcode(db_);
  Note(code);
  return ErrorOf(code);
}

int64_t Connection::LastInsertKey() const { return sqlite3_last_insert_rowid(db_); }
int64_t Connection::Changes() const { return sqlite3_changes64(db_); }
int64_t Connection::TotalChanges() const { return sqlite3_total_changes64(db_); }
bool Connection::InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }

Result<int64_t> Connection::DataVersion() {
  Statement version = Query("PRAGMA data_version");
  if (!version.Step()) return version.status().error();
  return version.Int(0);
}

Result<int64_t> Connection::Checkpoint() {
  int frames = 0;
  int copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  if (PrimaryCode(code) == SQLITE_BUSY) return frames;
  if (code != SQLITE_OK) {
    Note(code);
    return ErrorOf(code);
  }
  return frames - copied;
}

Status Connection::CheckpointAndTruncate() {
  const int code =
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  if (PrimaryCode(code) != SQLITE_BUSY) Note(code);
  return ErrorOf(code);
}

void Connection::SetDeadline(std::chrono::steady_clock::time_point deadline) {
  deadline_ = deadline;
  sqlite3_progress_handler(
      db_, kOperationsPerDeadlineCheck,
      [](void* self) { return static_cast<Connection*>(self)->PastDeadline() ? 1 : 0; }, this);
}

void Connection::ClearDeadline() {
  deadline_ = std::chrono::steady_clock::time_point::max();
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
}

bool Connection::PastDeadline() const {
  return deadline_ != std::chrono::steady_clock::time_point::max() &&
         std::chrono::steady_clock::now() >= deadline_;
}

bool Connection::Fatal(int code) {
  switch (code) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
      return true;
    default:
      break;
  }
  const int primary = PrimaryCode(code);
  // SQLCipher answers SQLITE_ERROR where a page fails its check; our fixed statements never do.
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR;
}

bool Connection::DiskFull(int code) { return PrimaryCode(code) == SQLITE_FULL; }

void Connection::Note(int code) {
  if (PrimaryCode(code) == SQLITE_INTERRUPT) return;  // our own deadline, not a failure of the file
  if (failure_ == 0 || (Fatal(code) && !Fatal(failure_))) failure_ = code;
}

Status Connection::FailureStatus() const {
  if (failure_ == 0) return {};
  return ErrorOf(failure_);
}

fhir::Error Connection::ErrorOf(int code) const {
  // The log's index is a file too, and cannot grow on a full disk.
  switch (code == SQLITE_IOERR_SHMSIZE ? SQLITE_FULL : PrimaryCode(code)) {
    case SQLITE_FULL:
      return Fail(ErrorCode::kUnavailable,
                  "disk full: nothing was written to " + what_ + "; free space and send it again");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Fail(ErrorCode::kUnavailable, what_ + " is locked by another process");
    case SQLITE_INTERRUPT:
      return Fail(ErrorCode::kTimeout, "the query took longer than the time a snapshot may live");
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Fail(ErrorCode::kUnavailable,
                  what_ + " cannot be opened for writing: check the directory's owner and mode");
    default:
      break;
  }
  return Fail(ErrorCode::kInternal,
              what_ + " failed: " + sqlite3_errstr(code) + " (" + std::to_string(code) + ")");
}

std::vector<std::string> Connection::PreparedSql() const {
  std::vector<std::string> all;
  for (const auto& [sql, statements] : cache_) all.push_back(sql);
  return all;
}

}  // namespace gateway::store
