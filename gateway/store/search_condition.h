// A clause of a search with its names hashed: tests a resource by what the index holds for it, and
// finds the keys of a text or range test by a bounded walk of the index. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/result.h"
#include "fhir/search/criteria.h"
#include "gateway/store/index_rows.h"
#include "gateway/store/sqlite.h"

namespace gateway::store {

// Immutable.
class Condition {
 public:
  // The criterion outlives it.
  Condition(const fhir::Criterion& criterion, IndexNames names);

  bool is_term() const { return criterion_->test == fhir::Criterion::Test::kTerm; }
  bool is_id() const { return criterion_->test == fhir::Criterion::Test::kId; }
  int64_t term() const { return hash_; }  // REQUIRES is_term()
  const std::string& id() const { return criterion_->key; }

  bool Holds(const IndexRows& rows, std::string_view id) const;

  // For the tests that are neither term nor id: appends the keys, in no order, perhaps some twice.
  // False when that would read more than `most_read` index rows or find more than `most_keys`.
  fhir::Result<bool> Collect(Connection& db, size_t most_read, size_t most_keys,
                             std::vector<int64_t>& keys) const;

 private:
  bool TextHolds(std::string_view text) const;
  bool RangeHolds(std::string_view low, std::string_view high) const;
  fhir::Result<bool> CollectTexts(Connection& db, size_t most_read, size_t most_keys,
                                  std::vector<int64_t>& keys) const;
  fhir::Result<bool> CollectByLow(Connection& db, size_t most_read, size_t most_keys,
                                  std::vector<int64_t>& keys) const;
  fhir::Result<bool> CollectByHigh(Connection& db, size_t most_read, size_t most_keys,
                                   std::vector<int64_t>& keys) const;

  const fhir::Criterion* criterion_;
  int64_t hash_ = 0;  // the term, or the scope of texts or ranges
};

struct ConditionClause {
  std::vector<Condition> any_of;
  bool negated = false;

  bool Holds(const IndexRows& rows, std::string_view id) const;
};

}  // namespace gateway::store
