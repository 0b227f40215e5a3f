#include "gateway/store/search_condition.h"

#include <algorithm>

namespace gateway::store {

using fhir::Result;
using fhir::Status;
using Test = fhir::Criterion::Test;

namespace {

int64_t HashOf(const fhir::Criterion& criterion, IndexNames& names) {
  switch (criterion.test) {
    case Test::kTerm:
      return names.Term(criterion.parameter, criterion.key);
    case Test::kPrefix:
    case Test::kContains:
      return names.TextScope(criterion.parameter);
    case Test::kRange:
      return names.RangeScope(criterion.parameter, criterion.key);
    case Test::kId:
      break;
  }
  return 0;
}

}  // namespace

Condition::Condition(const fhir::Criterion& criterion, IndexNames names)
    : criterion_(&criterion), hash_(HashOf(criterion, names)) {}

bool Condition::TextHolds(std::string_view text) const {
  return criterion_->test == Test::kPrefix ? text.starts_with(criterion_->key)
                                           : text.find(criterion_->key) != std::string_view::npos;
}

bool Condition::RangeHolds(std::string_view low, std::string_view high) const {
  const fhir::Criterion& c = *criterion_;
  return (!c.low_from || low >= *c.low_from) && (!c.low_before || low < *c.low_before) &&
         (!c.high_above || high > *c.high_above) && (!c.high_to || high <= *c.high_to);
}

bool Condition::Holds(const IndexRows& rows, std::string_view id) const {
  switch (criterion_->test) {
    case Test::kTerm:
      return std::binary_search(rows.terms.begin(), rows.terms.end(), hash_);
    case Test::kId:
      return id == criterion_->key;
    case Test::kPrefix:
    case Test::kContains:
      return std::any_of(rows.texts.begin(), rows.texts.end(), [this](const TextRow& row) {
        return row.scope == hash_ && TextHolds(row.text);
      });
    case Test::kRange:
      return std::any_of(rows.ranges.begin(), rows.ranges.end(), [this](const RangeRow& row) {
        return row.scope == hash_ && RangeHolds(row.low, row.high);
      });
  }
  return false;
}

bool ConditionClause::Holds(const IndexRows& rows, std::string_view id) const {
  const bool any = std::any_of(any_of.begin(), any_of.end(),
                               [&](const Condition& one) { return one.Holds(rows, id); });
  return any != negated;
}

Result<bool> Condition::Collect(Connection& db, size_t most_read, size_t most_keys,
                                std::vector<int64_t>& keys) const {
  if (criterion_->test != Test::kRange) return CollectTexts(db, most_read, most_keys, keys);
  const fhir::Criterion& c = *criterion_;
  // One end of the walk is enough when the other is given too: low <= high.
  if (c.low_from || (!c.high_above && !c.high_to)) {
    return CollectByLow(db, most_read, most_keys, keys);
  }
  const size_t before = keys.size();
  Result<bool> done = CollectByHigh(db, most_read, most_keys, keys);
  if (!done.ok() || *done || !c.low_before) return done;
  // What overlaps a span may be few of those that begin before its end.
  keys.resize(before);
  return CollectByLow(db, most_read, most_keys, keys);
}

Result<bool> Condition::CollectTexts(Connection& db, size_t most_read, size_t most_keys,
                                     std::vector<int64_t>& keys) const {
  const bool prefix = criterion_->test == Test::kPrefix;
  Statement rows = db.Query(
      "SELECT text, resource FROM search_text WHERE scope = ?1 AND text >= ?2 ORDER BY text", hash_,
      Blob{prefix ? std::string_view(criterion_->key) : std::string_view()});
  for (size_t read = 0; rows.Step(); ++read) {
    if (TextHolds(rows.Text(0))) {
      if (keys.size() >= most_keys) return false;
      keys.push_back(rows.Int(1));
    } else if (prefix) {
      break;
    }
    if (read >= most_read) return false;
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return true;
}

Result<bool> Condition::CollectByLow(Connection& db, size_t most_read, size_t most_keys,
                                     std::vector<int64_t>& keys) const {
  const fhir::Criterion& c = *criterion_;
  Statement rows = db.Query(
      "SELECT low, high, resource FROM search_range WHERE scope = ?1 AND low >= ?2 ORDER BY low",
      hash_, Blob{c.low_from ? std::string_view(*c.low_from) : std::string_view()});
  for (size_t read = 0; rows.Step(); ++read) {
    const std::string_view low = rows.Text(0);
    if (c.low_before && low >= *c.low_before) break;
    if (c.high_to && low > *c.high_to) break;
    if (read >= most_read) return false;
    if (!RangeHolds(low, rows.Text(1))) continue;
    if (keys.size() >= most_keys) return false;
    keys.push_back(rows.Int(2));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return true;
}

Result<bool> Condition::CollectByHigh(Connection& db, size_t most_read, size_t most_keys,
                                      std::vector<int64_t>& keys) const {
  const fhir::Criterion& c = *criterion_;
  Statement rows = db.Query(
      "SELECT high, low, resource FROM search_range INDEXED BY search_range_high"
      " WHERE scope = ?1 AND high >= ?2 ORDER BY high",
      hash_, Blob{c.high_above ? std::string_view(*c.high_above) : std::string_view()});
  for (size_t read = 0; rows.Step(); ++read) {
    const std::string_view high = rows.Text(0);
    if (c.high_to && high > *c.high_to) break;
    if (read >= most_read) return false;
    if (!RangeHolds(rows.Text(1), high)) continue;
    if (keys.size() >= most_keys) return false;
    keys.push_back(rows.Int(2));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return true;
}

}  // namespace gateway::store
