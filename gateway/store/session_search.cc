// Search: every constraint is a stream of resource keys in ascending order, and the page is where
// the streams meet (a leapfrog join). So no search sorts, and a page costs what it walks over.
#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <utility>

#include "gateway/store/session.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
constexpr int kStepsBeforeSeek = 8;    // walking on is cheaper than a new search of the tree
constexpr size_t kSparseKeys = 2'000;  // above, _lastUpdated is checked row by row

// Ascending keys.
class KeyStream {
 public:
  virtual ~KeyStream() = default;
  // The first key at or after `at`, which never goes back; kEnd when there is none.
  virtual int64_t Seek(int64_t at) = 0;
  virtual Status status() const { return {}; }
};

class TermStream : public KeyStream {
 public:
  TermStream(Connection& db, int64_t term)
      : rows_(&db,
              "SELECT resource FROM search_index WHERE term = ?1 AND resource >= ?2"
              " ORDER BY resource"),
        term_(term) {}

  int64_t Seek(int64_t at) override {
    if (current_ >= at) return current_;
    for (int i = 0; open_ && i < kStepsBeforeSeek; ++i) {
      Next();
      if (current_ >= at) return current_;
    }
    rows_.Rewind();
    rows_.With(term_, at);
    open_ = true;
    Next();
    return current_;
  }

  Status status() const override { return rows_.status(); }

 private:
  void Next() { current_ = rows_.Step() ? rows_.Int(0) : kEnd; }

  Statement rows_;
  const int64_t term_;
  int64_t current_ = -1;
  bool open_ = false;
};

class ListStream : public KeyStream {
 public:
  explicit ListStream(std::vector<int64_t> keys) : keys_(std::move(keys)) {
    std::sort(keys_.begin(), keys_.end());
  }
  int64_t Seek(int64_t at) override {
    while (next_ < keys_.size() && keys_[next_] < at) ++next_;
    return next_ < keys_.size() ? keys_[next_] : kEnd;
  }

 private:
  std::vector<int64_t> keys_;
  size_t next_ = 0;
};

class AnyStream : public KeyStream {
 public:
  void Add(std::unique_ptr<KeyStream> part) { parts_.push_back(std::move(part)); }
  int64_t Seek(int64_t at) override {
    int64_t first = kEnd;
    for (const auto& part : parts_) first = std::min(first, part->Seek(at));
    return first;
  }
  Status status() const override {
    for (const auto& part : parts_) {
      if (Status s = part->status(); !s.ok()) return s;
    }
    return {};
  }

 private:
  std::vector<std::unique_ptr<KeyStream>> parts_;
};

// The first key at or after `at` that all streams have.
int64_t Meet(const std::vector<std::unique_ptr<KeyStream>>& streams, int64_t at) {
  size_t agreed = 0;
  for (size_t i = 0; agreed < streams.size(); i = (i + 1) % streams.size()) {
    const int64_t key = streams[i]->Seek(at);
    if (key == kEnd) return kEnd;
    agreed = key == at ? agreed + 1 : 1;
    at = key;
  }
  return at;
}

}  // namespace

class SearchRun {
 public:
  SearchRun(Session& session, const SearchQuery& query)
      : session_(session), db_(session.connection()), query_(query) {}

  Result<SearchPage> Run();

 private:
  Status AddClauses();
  Status AddLastUpdated();
  // Whether the row belongs to the answer; `match` is filled when wanted.
  Result<bool> Fits(int64_t key, ResourceVersion* match);

  Session& session_;
  Connection& db_;
  const SearchQuery& query_;
  int64_t programme_ = 0;
  int64_t type_ = 0;
  int64_t updated_from_ = std::numeric_limits<int64_t>::min();
  int64_t updated_before_ = std::numeric_limits<int64_t>::max();
  std::vector<std::unique_ptr<KeyStream>> streams_;
};

Status SearchRun::AddClauses() {
  using Test = fhir::Criterion::Test;
  for (const fhir::Clause& clause : query_.all_of) {
    if (clause.negated) return Fail(ErrorCode::kNotSupported, "this search is not supported yet");
    auto any = std::make_unique<AnyStream>();
    std::vector<int64_t> keys;
    for (const fhir::Criterion& criterion : clause.any_of) {
      if (criterion.test == Test::kTerm) {
        any->Add(std::make_unique<TermStream>(
            db_, session_.hash_.Of64(
                     {"term", query_.programme, query_.type, criterion.parameter, criterion.key})));
      } else if (criterion.test == Test::kId) {
        Statement row =
            db_.Query("SELECT pk FROM resource WHERE programme = ?1 AND type = ?2 AND id = ?3",
                      programme_, type_);
        StoredId(criterion.key).BindTo(row, 3);
        if (row.Step()) keys.push_back(row.Int(0));
        if (Status s = row.status(); !s.ok()) return s;
      } else {
        return Fail(ErrorCode::kNotSupported, "this search is not supported yet");
      }
    }
    any->Add(std::make_unique<ListStream>(std::move(keys)));
    streams_.push_back(std::move(any));
  }
  return {};
}

Status SearchRun::AddLastUpdated() {
  for (const fhir::Span& span : query_.last_updated) {
    updated_from_ = std::max(updated_from_, ToMs(span.begin));
    updated_before_ = std::min(updated_before_, ToMs(span.end));
  }
  if (query_.last_updated.empty()) return {};
  std::vector<int64_t> keys;
  Statement rows = db_.Query(
      "SELECT pk FROM resource WHERE programme = ?1 AND type = ?2 AND updated >= ?3"
      " AND updated < ?4 LIMIT ?5",
      programme_, type_, updated_from_, updated_before_, static_cast<int64_t>(kSparseKeys + 1));
  while (rows.Step()) keys.push_back(rows.Int(0));
  if (Status s = rows.status(); !s.ok()) return s;
  if (keys.size() <= kSparseKeys) {
    streams_.push_back(std::make_unique<ListStream>(std::move(keys)));
  }
  return {};
}

Result<bool> SearchRun::Fits(int64_t key, ResourceVersion* match) {
  Statement row = db_.Query(
      "SELECT id, version, updated, method, patient, body FROM resource"
      " WHERE pk = ?1 AND programme = ?2 AND type = ?3",
      key, programme_, type_);
  if (!row.Step()) {
    if (Status s = row.status(); !s.ok()) return s.error();
    return false;
  }
  if (static_cast<WriteMethod>(row.Int(3)) == WriteMethod::kDelete) return false;
  if (row.Int(2) < updated_from_ || row.Int(2) >= updated_before_) return false;
  if (match == nullptr) return true;
  Result<ResourceVersion> version =
      session_.ToVersion(row, 1, query_.programme, query_.type, StoredId::ToText(row, 0));
  if (!version.ok()) return version.error();
  *match = std::move(*version);
  return true;
}

Result<SearchPage> SearchRun::Run() {
  SearchPage page;
  if (query_.with_total) page.total = 0;
  for (const auto& [name, number] :
       {std::pair(&query_.programme, &programme_), std::pair(&query_.type, &type_)}) {
    const Result<int64_t> known = session_.NumberOf(*name);
    if (!known.ok()) return known.error();
    if (*known == 0) return page;
    *number = *known;
  }
  for (const auto add : {&SearchRun::AddClauses, &SearchRun::AddLastUpdated}) {
    if (Status s = (this->*add)(); !s.ok()) return s.error();
  }
  // Also where other constraints lead: it knows the live ones.
  streams_.push_back(std::make_unique<TermStream>(
      db_, session_.hash_.Of64({"type", query_.programme, query_.type})));

  int64_t after = 0;
  std::from_chars(query_.after.data(), query_.after.data() + query_.after.size(), after);
  int64_t last = after;
  // The total counts from the first one on, the page from `after` on.
  int64_t at = query_.with_total ? 1 : after + 1;
  for (at = Meet(streams_, at); at != kEnd; at = Meet(streams_, at + 1)) {
    const bool on_page = at > after && page.matches.size() < query_.count;
    const bool beyond = at > after && !on_page;
    ResourceVersion match;
    const Result<bool> fits = Fits(at, on_page ? &match : nullptr);
    if (!fits.ok()) return fits.error();
    if (!*fits) continue;
    if (query_.with_total) ++page.total;
    if (on_page) {
      page.matches.push_back(std::move(match));
      last = at;
    } else if (beyond && page.next.empty()) {
      page.next = std::to_string(last);
      if (!query_.with_total) break;
    }
  }
  for (const auto& stream : streams_) {
    if (Status s = stream->status(); !s.ok()) return s.error();
  }
  return page;
}

Result<SearchPage> Session::Search(const SearchQuery& query) {
  return SearchRun(*this, query).Run();
}

}  // namespace gateway::store
