// The limits of work of one search or history. Past them it fails with kTooCostly, in words that
// say what to narrow. Private to this folder.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "fhir/result.h"
#include "gateway/store/sqlite.h"

namespace gateway::store {

struct SearchLimits {
  // First a little is tried: index rows read per text or range criterion, resource rows read.
  size_t first_index_rows = 500;
  size_t first_rows = 200;
  // Then all that one search may do.
  size_t index_rows = 200'000;  // read per criterion
  size_t keys = 50'000;         // kept per criterion
  size_t rows = 50'000;         // resource rows read
  // A sort: matches sorted at once, resource rows read along the sort index, matches sorted at
  // most.
  size_t sorted_at_once = 2'000;
  size_t sort_walk_rows = 5'000;
  size_t sorted = 50'000;
  size_t sorted_by_resource = 10'000;  // where each must be opened for its sort value
};

// While it lives, statements of the connection fail after the time that one query may take: a
// snapshot has its own deadline, the serial writer has none and less patience.
class QueryDeadline {
 public:
  QueryDeadline(Connection& db, bool in_writer) : db_(db), before_(db.deadline()) {
    using std::chrono::milliseconds;
    const auto mine =
        std::chrono::steady_clock::now() + (in_writer ? milliseconds(500) : milliseconds(5'000));
    shortened_ = mine < before_;
    if (shortened_) db_.SetDeadline(mine);
  }
  ~QueryDeadline() {
    if (!shortened_) return;
    if (before_ == std::chrono::steady_clock::time_point::max()) {
      db_.ClearDeadline();
    } else {
      db_.SetDeadline(before_);
    }
  }
  QueryDeadline(const QueryDeadline&) = delete;
  QueryDeadline& operator=(const QueryDeadline&) = delete;

  template <class T>
  fhir::Result<T> Explain(fhir::Result<T> result, std::string_view what) const {
    const bool late = !result.ok() && result.error().code == fhir::ErrorCode::kTimeout;
    if (!late || !shortened_) return result;
    return fhir::Fail(fhir::ErrorCode::kTooCostly,
                      "this " + std::string(what) + " takes too long; narrow it");
  }

 private:
  Connection& db_;
  const std::chrono::steady_clock::time_point before_;
  bool shortened_ = false;
};

}  // namespace gateway::store
