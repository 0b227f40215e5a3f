// One search. Every clause that the index answers becomes a stream of resource keys in ascending
// order, and the matches are where the streams meet. A text or range test gives keys in no such
// order: they are collected and sorted while they are few, else the clause is left and each
// candidate is tested by the entries packed in its row. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/key_streams.h"
#include "gateway/store/search_condition.h"
#include "gateway/store/search_limits.h"
#include "gateway/store/session.h"

namespace gateway::store {

class SearchRun {
 public:
  SearchRun(Session& session, const SearchQuery& query, const SearchLimits& limits = {});

  fhir::Result<SearchPage> Run();

 private:
  // kFirst: what costs little, enough for most searches. kFull: up to the limits.
  enum class Effort : uint8_t { kFirst, kFull };

  // The keys of a join, and what of the query it does not say.
  struct Walk {
    KeyJoin join;
    std::vector<const ConditionClause*> left;
    bool updated_left = false;
    std::optional<int64_t> only_term;  // the join is just this term
    bool exact() const { return left.empty() && !updated_left; }
  };

  struct Times {
    int64_t from, before;
  };

  struct KeysOf {
    KeyList keys;
    std::optional<Effort> failed;  // too many for that
  };

  // session_search.cc
  // Leaves of updated_ what is also in one of these.
  void NarrowUpdated(const std::vector<Times>& any_of);
  fhir::Result<Walk> Open(Effort effort);
  fhir::Result<std::unique_ptr<KeyStream>> StreamOf(size_t clause, Effort effort);
  fhir::Result<bool> CollectUpdated(Effort effort, std::vector<int64_t>& keys);
  fhir::Result<bool> CollectOf(const ConditionClause& clause, Effort effort,
                               std::vector<int64_t>& keys);
  // The keys of `kept`, collected by `collect` unless that was done; nullptr: too many.
  template <class Collect>
  fhir::Result<KeyList> Keys(KeysOf& kept, Effort effort, Collect collect);

  Statement RowOf(int64_t key);
  // The row is there, live, and all that is left holds.
  bool Fits(const Statement& row, const std::vector<const ConditionClause*>& left) const;
  fhir::Result<bool> ReadMatch(int64_t key, const Walk& walk, ResourceVersion* match);
  // nullopt: past the limits of this effort.
  fhir::Result<std::optional<SearchPage>> InsertionPage(Effort effort);
  fhir::Result<std::optional<int64_t>> Count(Effort effort);
  fhir::Result<int64_t> CountAll();

  // search_sort.cc
  struct SortColumn {
    enum class Kind : uint8_t { kEntries, kLastUpdated, kId, kResource };
    Kind kind = Kind::kEntries;
    bool descending = false;
    int64_t texts = 0;
    int64_t ranges = 0;
    const fhir::SortKey* key = nullptr;
  };
  // Bytes in the order of what they stand for; nullopt: missing.
  using SortValue = std::optional<std::string>;
  struct Place {
    std::vector<SortValue> values;
    int64_t key = 0;
  };
  class SortSource;

  void AddColumns();
  SortValue ValueOf(const SortColumn& column, const Statement& row, const IndexRows& entries) const;
  fhir::Result<Place> PlaceOf(int64_t key, const Statement& row) const;
  bool Before(const Place& a, const Place& b) const;
  std::string CursorOf(const Place& place) const;
  std::optional<Place> ParseCursor(std::string_view text) const;
  fhir::Result<SearchPage> SortedPage();
  // False: more than `most`, or more than `most_rows` rows to read.
  fhir::Result<bool> CollectPlaces(size_t most, size_t most_rows, std::vector<Place>& places);
  // The places behind the cursor, one more than the page takes, along the indexes of the sort keys.
  // False: too many rows read, or a sort key without an index.
  fhir::Result<bool> WalkInOrder(std::vector<Place>& places);
  fhir::Result<bool> WalkColumn(size_t level, std::vector<Place>& places);
  fhir::Result<bool> WalkMissing(std::vector<Place>& places);
  // Reads the row of `key` and adds its place if it belongs behind the cursor and `level` is the
  // first column that it has, with this value. False: past the limit.
  fhir::Result<bool> AddPlace(int64_t key, size_t level, const SortValue& value,
                              const std::vector<const ConditionClause*>& left,
                              std::vector<Place>& places);
  fhir::Status MarkPresent(const SortColumn& column);
  bool Present(int64_t key) const;
  fhir::Result<SearchPage> PageOf(std::vector<Place> places);

  Session& session_;
  Connection& db_;
  const SearchQuery& query_;
  const SearchLimits limits_;
  IndexNames names_;
  int64_t programme_ = 0;
  int64_t type_ = 0;
  std::vector<Times> updated_;  // last_updated is in one of them; apart from each other, in order
  bool timed_ = false;          // some are asked for
  std::vector<ConditionClause> clauses_;
  std::vector<const ConditionClause*> every_clause_;
  std::vector<KeysOf> kept_;  // by clause, and last the one of last_updated

  std::vector<SortColumn> columns_;
  std::optional<Place> cursor_;
  std::vector<bool> present_;  // by key: has an entry of a column walked before
  size_t rows_read_ = 0;
};

}  // namespace gateway::store
