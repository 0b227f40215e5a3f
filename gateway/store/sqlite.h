// The boundary to SQLite / SQLCipher: a connection with its prepared statements, values bound and
// read with their C++ types, every failure as a fhir::Error. Private to this folder; no SQL leaves
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gateway::store {

// Bytes, where a plain string_view is text.
struct Blob {
  std::string_view bytes;
};
struct Null {};

class Connection;

// One run of a prepared statement. Goes back to its connection's cache when destroyed. After the
// first failure Step answers false and status() tells.
class Statement {
 public:
  Statement(Connection* connection, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  // Bound values are copied where the text can outlive the call that passed it.
  void Bind(int at, int64_t value);
  void Bind(int at, int value) { Bind(at, static_cast<int64_t>(value)); }
  void Bind(int at, std::string_view text);
  void Bind(int at, const std::string& text) { Bind(at, std::string_view(text)); }
  void Bind(int at, const char* text) { Bind(at, std::string_view(text)); }
  void Bind(int at, Blob blob);
  void Bind(int at, Null);

  template <class... Values>
  Statement& With(const Values&... values) {
    int at = 0;
    (Bind(++at, values), ...);
    return *this;
  }

  bool Step();    // true: a row is there
  void Rewind();  // to run again with other values

  // Of the present row. Views live until the next Step.
  int64_t Int(int column) const;
  std::string_view Text(int column) const;  // of a blob too
  bool IsNull(int column) const;
  bool IsBlob(int column) const;

  fhir::Status status() const;

 private:
  Connection* connection_;
  std::vector<sqlite3_stmt*>* free_;  // where the cache keeps those of this text
  sqlite3_stmt* statement_ = nullptr;
  int code_ = 0;
};

enum class Access : uint8_t { kReadWrite, kReadOnly };

struct ConnectionOptions {
  std::string file;
  std::string key;  // 32 bytes, raw
  Access access = Access::kReadWrite;
  size_t page_cache_bytes = 2u << 20;
  std::string what = "the database";  // for the sentences of errors
};

// One thread at a time.
class Connection {
 public:
  static constexpr int kPageBytes = 4096;

  // Opens or creates the file, checks that it is really encrypted and that the key opens it.
  static fhir::Result<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A statement that may give rows.
  template <class... Values>
  Statement Query(std::string_view sql, const Values&... values) {
    Statement statement(this, sql);
    statement.With(values...);
    return statement;
  }
  // A statement without rows, run at once.
  template <class... Values>
  fhir::Status Run(std::string_view sql, const Values&... values) {
    Statement statement(this, sql);
    statement.With(values...).Step();
    return statement.status();
  }
  // Not cached: schema, pragmas.
  fhir::Status Execute(const std::string& sql);

  int64_t LastInsertKey() const;
  int64_t Changes() const;       // rows that the last statement changed
  int64_t TotalChanges() const;  // and all before it
  bool InTransaction() const;    // false after SQLite itself rolled everything back

  // Changes whenever another connection, of this process or another, has committed.
  fhir::Result<int64_t> DataVersion();
  // Copies what the log has into the file, without waiting for anybody. Answers the frames left.
  fhir::Result<int64_t> Checkpoint();
  // The same, and empties the log; waits for readers up to the busy timeout.
  fhir::Status CheckpointAndTruncate();
  // Frames in the log after the newest commit of this connection.
  int64_t log_frames() const { return log_frames_; }

  // Every statement fails with kTimeout from then on.
  void SetDeadline(std::chrono::steady_clock::time_point deadline);
  void ClearDeadline();
  std::chrono::steady_clock::time_point deadline() const { return deadline_; }

  // The worst failure since ClearFailure, as an extended result code of SQLite; 0 for none.
  int failure() const { return failure_; }
  void ClearFailure() { failure_ = 0; }
  fhir::Status FailureStatus() const;
  // Whether after this failure nothing that the file says can be trusted.
  static bool Fatal(int code);
  static bool DiskFull(int code);

  // Every statement prepared so far, for the test of query plans.
  std::vector<std::string> PreparedSql() const;

 private:
  friend class Statement;
  Connection() = default;
  fhir::Status Configure(const ConnectionOptions& options);
  void Note(int code);
  fhir::Error ErrorOf(int code) const;
  bool PastDeadline() const;

  sqlite3* db_ = nullptr;
  std::string what_;
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  // Prepared statements that nobody runs now, by their text.
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, TextHash, std::equal_to<>> cache_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  int64_t log_frames_ = 0;
  int failure_ = 0;
};

}  // namespace gateway::store
