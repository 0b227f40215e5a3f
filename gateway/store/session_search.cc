// Search in insertion order, and the total.
#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "gateway/store/search_run.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

// Of the bytes that fhir::InstantKey makes.
int64_t MsOf(std::string_view key) {
  uint64_t bits = 0;
  for (const char byte : key) bits = bits << 8 | static_cast<unsigned char>(byte);
  return ToMs(
      fhir::Instant(fhir::Instant::duration(static_cast<int64_t>(bits ^ uint64_t{1} << 63))));
}

}  // namespace

SearchRun::SearchRun(Session& session, const SearchQuery& query, const SearchLimits& limits)
    : session_(session),
      db_(session.connection()),
      query_(query),
      limits_(limits),
      names_(session.hash_, query.programme, query.type),
      updated_{{std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}} {
  for (const fhir::Clause& clause : query.all_of) {
    if (!clause.any_of.empty() && clause.any_of.front().parameter == "_lastUpdated") {
      std::vector<Times> any_of;
      for (const fhir::Criterion& one : clause.any_of) {
        any_of.push_back({MsOf(*one.low_from), MsOf(*one.low_before)});
      }
      NarrowUpdated(any_of);
      continue;
    }
    ConditionClause compiled;
    compiled.negated = clause.negated;
    for (const fhir::Criterion& one : clause.any_of) compiled.any_of.emplace_back(one, names_);
    clauses_.push_back(std::move(compiled));
  }
  for (const ConditionClause& clause : clauses_) every_clause_.push_back(&clause);
  kept_.resize(clauses_.size() + 1);
  for (const fhir::Span& span : query.last_updated) {
    NarrowUpdated({{ToMs(span.begin), ToMs(span.end)}});
  }
}

void SearchRun::NarrowUpdated(const std::vector<Times>& any_of) {
  timed_ = true;
  std::vector<Times> both;
  for (const Times& times : updated_) {
    for (const Times& one : any_of) {
      const Times common{std::max(times.from, one.from), std::min(times.before, one.before)};
      if (common.from < common.before) both.push_back(common);
    }
  }
  std::sort(both.begin(), both.end(),
            [](const Times& a, const Times& b) { return a.from < b.from; });
  updated_.clear();
  for (const Times& times : both) {
    if (updated_.empty() || updated_.back().before < times.from) {
      updated_.push_back(times);
    } else {
      updated_.back().before = std::max(updated_.back().before, times.before);
    }
  }
}

// ---- streams

template <class Collect>
Result<KeyList> SearchRun::Keys(KeysOf& kept, Effort effort, Collect collect) {
  if (kept.keys != nullptr || (kept.failed && *kept.failed >= effort)) return kept.keys;
  std::vector<int64_t> keys;
  const Result<bool> done = collect(keys);
  if (!done.ok()) return done.error();
  if (!*done) {
    kept.failed = effort;
    return KeyList();
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  kept.keys = std::make_shared<const std::vector<int64_t>>(std::move(keys));
  return kept.keys;
}

Result<bool> SearchRun::CollectOf(const ConditionClause& clause, Effort effort,
                                  std::vector<int64_t>& keys) {
  const bool first = effort == Effort::kFirst;
  for (const Condition& one : clause.any_of) {
    if (one.is_term()) continue;
    if (!one.is_id()) {
      Result<bool> done = one.Collect(db_, first ? limits_.first_index_rows : limits_.index_rows,
                                      limits_.keys, keys);
      if (!done.ok() || !*done) return done;
      continue;
    }
    Statement row =
        db_.Query("SELECT pk FROM resource WHERE programme = ?1 AND type = ?2 AND id = ?3",
                  programme_, type_);
    StoredId(one.id()).BindTo(row, 3);
    if (row.Step()) keys.push_back(row.Int(0));
    if (Status s = row.status(); !s.ok()) return s.error();
  }
  return true;
}

Result<bool> SearchRun::CollectUpdated(Effort effort, std::vector<int64_t>& keys) {
  const size_t most = effort == Effort::kFirst ? limits_.first_index_rows : limits_.keys;
  for (const Times& times : updated_) {
    Statement rows = db_.Query(
        "SELECT pk FROM resource WHERE programme = ?1 AND type = ?2 AND updated >= ?3"
        " AND updated < ?4",
        programme_, type_, times.from, times.before);
    while (rows.Step()) {
      if (keys.size() >= most) return false;
      keys.push_back(rows.Int(0));
    }
    if (Status s = rows.status(); !s.ok()) return s.error();
  }
  return true;
}

Result<std::unique_ptr<KeyStream>> SearchRun::StreamOf(size_t at, Effort effort) {
  const ConditionClause& clause = clauses_[at];
  std::vector<std::unique_ptr<KeyStream>> parts;
  for (const Condition& one : clause.any_of) {
    if (one.is_term()) parts.push_back(std::make_unique<TermStream>(db_, one.term()));
  }
  if (parts.size() < clause.any_of.size()) {
    const Result<KeyList> keys = Keys(kept_[at], effort, [&](std::vector<int64_t>& found) {
      return CollectOf(clause, effort, found);
    });
    if (!keys.ok()) return keys.error();
    if (*keys == nullptr) return std::unique_ptr<KeyStream>();
    parts.push_back(std::make_unique<ListStream>(*keys));
  }
  if (parts.size() == 1) return std::move(parts.front());
  auto any = std::make_unique<AnyStream>();
  for (auto& part : parts) any->Add(std::move(part));
  return std::unique_ptr<KeyStream>(std::move(any));
}

Result<SearchRun::Walk> SearchRun::Open(Effort effort) {
  Walk walk;
  bool live = false;  // index rows are there for live resources only; ids and times for all
  std::vector<int64_t> terms;
  size_t streams = 0;
  for (size_t i = 0; i < clauses_.size(); ++i) {
    const ConditionClause& clause = clauses_[i];
    if (clause.any_of.empty() && clause.negated) continue;
    Result<std::unique_ptr<KeyStream>> stream = StreamOf(i, effort);
    if (!stream.ok()) return stream.error();
    if (*stream == nullptr) {
      walk.left.push_back(&clause);
      continue;
    }
    ++streams;
    if (clause.negated) {
      walk.join.None(std::move(*stream));
      continue;
    }
    walk.join.All(std::move(*stream));
    live = live || std::none_of(clause.any_of.begin(), clause.any_of.end(),
                                [](const Condition& one) { return one.is_id(); });
    if (clause.any_of.size() == 1 && clause.any_of.front().is_term()) {
      terms.push_back(clause.any_of.front().term());
    }
  }
  if (timed_) {
    const Result<KeyList> keys = Keys(kept_.back(), effort, [&](std::vector<int64_t>& found) {
      return CollectUpdated(effort, found);
    });
    if (!keys.ok()) return keys.error();
    walk.updated_left = *keys == nullptr;
    if (*keys != nullptr) {
      walk.join.All(std::make_unique<ListStream>(*keys));
      ++streams;
    }
  }
  if (!live) {
    terms.push_back(names_.All());
    walk.join.All(std::make_unique<TermStream>(db_, terms.back()));
    ++streams;
  }
  if (streams == 1 && terms.size() == 1 && walk.exact()) walk.only_term = terms.front();
  return walk;
}

// ---- rows

Statement SearchRun::RowOf(int64_t key) {
  return db_.Query(
      "SELECT id, version, updated, method, patient, body, entries FROM resource"
      " WHERE pk = ?1 AND programme = ?2 AND type = ?3",
      key, programme_, type_);
}

bool SearchRun::Fits(const Statement& row, const std::vector<const ConditionClause*>& left) const {
  if (static_cast<WriteMethod>(row.Int(3)) == WriteMethod::kDelete) return false;
  const int64_t updated = row.Int(2);
  const bool in_time = std::any_of(updated_.begin(), updated_.end(), [&](const Times& times) {
    return updated >= times.from && updated < times.before;
  });
  if (!in_time) return false;
  if (left.empty()) return true;
  const std::string id = StoredId::ToText(row, 0);
  const IndexRows entries = IndexRows::Unpack(row.Text(6));
  return std::all_of(left.begin(), left.end(),
                     [&](const ConditionClause* clause) { return clause->Holds(entries, id); });
}

Result<bool> SearchRun::ReadMatch(int64_t key, const Walk& walk, ResourceVersion* match) {
  Statement row = RowOf(key);
  const bool fits = row.Step() && Fits(row, walk.left);
  if (Status s = row.status(); !s.ok()) return s.error();
  if (!fits) return false;
  if (match == nullptr) return true;
  Result<ResourceVersion> version =
      session_.ToVersion(row, 1, query_.programme, query_.type, StoredId::ToText(row, 0));
  if (!version.ok()) return version.error();
  *match = std::move(*version);
  return true;
}

// ---- the page

Result<std::optional<SearchPage>> SearchRun::InsertionPage(Effort effort) {
  Result<Walk> walk = Open(effort);
  if (!walk.ok()) return walk.error();
  const size_t most = effort == Effort::kFirst ? limits_.first_rows : limits_.rows;
  SearchPage page;
  int64_t last = cursor_ ? cursor_->key : 0;
  size_t read = 0;
  for (int64_t at = walk->join.Seek(last + 1); at != kNoKey; at = walk->join.Seek(at + 1)) {
    const bool full = page.matches.size() == query_.count;
    if (full && walk->exact()) {
      page.next = std::to_string(last);
      break;
    }
    if (!walk->exact() && ++read > most) return std::optional<SearchPage>();
    ResourceVersion match;
    const Result<bool> fits = ReadMatch(at, *walk, full ? nullptr : &match);
    if (!fits.ok()) return fits.error();
    if (!*fits) continue;
    if (full) {
      page.next = std::to_string(last);
      break;
    }
    page.matches.push_back(std::move(match));
    last = at;
  }
  if (Status s = walk->join.status(); !s.ok()) return s.error();
  return {std::move(page)};
}

Result<std::optional<int64_t>> SearchRun::Count(Effort effort) {
  Result<Walk> walk = Open(effort);
  if (!walk.ok()) return walk.error();
  if (walk->only_term) {
    Statement count =
        db_.Query("SELECT count(*) FROM search_index WHERE term = ?1", *walk->only_term);
    if (count.Step()) return {count.Int(0)};
    return count.status().error();
  }
  const size_t most = effort == Effort::kFirst ? limits_.first_rows : limits_.rows;
  int64_t total = 0;
  size_t read = 0;
  for (int64_t at = walk->join.Seek(1); at != kNoKey; at = walk->join.Seek(at + 1)) {
    if (!walk->exact()) {
      if (++read > most) return std::optional<int64_t>();
      const Result<bool> fits = ReadMatch(at, *walk, nullptr);
      if (!fits.ok()) return fits.error();
      if (!*fits) continue;
    }
    ++total;
  }
  if (Status s = walk->join.status(); !s.ok()) return s.error();
  return {total};
}

Result<int64_t> SearchRun::CountAll() {
  for (const Effort effort : {Effort::kFirst, Effort::kFull}) {
    const Result<std::optional<int64_t>> total = Count(effort);
    if (!total.ok()) return total.error();
    if (total->has_value()) return **total;
  }
  return Fail(ErrorCode::kTooCostly,
              "too many resources would have to be read to count the matches: narrow the search, "
              "or ask for no total",
              "_total");
}

Result<SearchPage> SearchRun::Run() {
  SearchPage page;
  if (query_.with_total) page.total = 0;
  for (const auto& [name, number] :
       {std::pair(&query_.programme, &programme_), std::pair(&query_.type, &type_)}) {
    const Result<int64_t> known = session_.NumberOf(*name);
    if (!known.ok()) return known.error();
    *number = *known;
  }
  AddColumns();
  if (!query_.after.empty()) {
    cursor_ = ParseCursor(query_.after);
    if (!cursor_) return Fail(ErrorCode::kMalformed, "this is not a page of this search");
  }
  if (programme_ == 0 || type_ == 0) return page;
  int64_t total = -1;
  if (query_.with_total) {
    const Result<int64_t> counted = CountAll();
    if (!counted.ok()) return counted.error();
    total = *counted;
  }
  if (query_.count > 0 && !columns_.empty()) {
    Result<SearchPage> sorted = SortedPage();
    if (!sorted.ok()) return sorted;
    page = std::move(*sorted);
  } else if (query_.count > 0) {
    std::optional<SearchPage> found;
    for (const Effort effort : {Effort::kFirst, Effort::kFull}) {
      if (found) break;
      Result<std::optional<SearchPage>> tried = InsertionPage(effort);
      if (!tried.ok()) return tried.error();
      found = std::move(*tried);
    }
    if (!found) {
      return Fail(ErrorCode::kTooCostly,
                  "too many resources would have to be read to find the matches: narrow a date, "
                  "number or text, or add a parameter that few resources share");
    }
    page = std::move(*found);
  }
  page.total = total;
  return page;
}

Result<SearchPage> Session::Search(const SearchQuery& query) {
  const QueryDeadline deadline(*db_, in_group_);
  return deadline.Explain(SearchRun(*this, query).Run(), "search");
}

}  // namespace gateway::store
