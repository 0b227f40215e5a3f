// Sorted search. Few matches are read and sorted; many are found in the order of the sort keys'
// own indexes, resources that lack a key after those that have it. The cursor is the place of the
// last match: its sort values and its key.
#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "gateway/store/search_run.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

// First byte of a value: texts before ranges, and ids that are text before those that are bytes.
constexpr char kText = 't';
constexpr char kBytes = 'u';

std::string OrderedBytes(int64_t number) {
  auto bits = static_cast<uint64_t>(number) ^ (uint64_t{1} << 63);
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; bits >>= 8) bytes[i] = static_cast<char>(bits & 0xff);
  return bytes;
}

int64_t NumberOf(std::string_view bytes) {
  uint64_t bits = 0;
  for (const char c : bytes) bits = bits << 8 | static_cast<unsigned char>(c);
  return static_cast<int64_t>(bits ^ (uint64_t{1} << 63));
}

std::string Tagged(char tag, std::string_view bytes) {
  std::string value(1, tag);
  value += bytes;
  return value;
}

constexpr std::string_view kHex = "0123456789abcdef";

std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    hex += kHex[static_cast<unsigned char>(c) >> 4];
    hex += kHex[static_cast<unsigned char>(c) & 0x0f];
  }
  return hex;
}

std::optional<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const size_t high = kHex.find(hex[i]);
    const size_t low = kHex.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace

// ---- values and places

void SearchRun::AddColumns() {
  for (const fhir::SortKey& key : query_.sort) {
    SortColumn column;
    column.descending = key.descending;
    column.key = &key;
    if (key.from == fhir::SortKey::From::kResource) {
      column.kind = SortColumn::Kind::kResource;
    } else if (key.parameter == "_lastUpdated") {
      column.kind = SortColumn::Kind::kLastUpdated;
    } else if (key.parameter == "_id") {
      column.kind = SortColumn::Kind::kId;
    } else {
      column.texts = names_.TextScope(key.parameter);
      column.ranges = names_.RangeScope(key.parameter, "");
    }
    columns_.push_back(column);
  }
}

SearchRun::SortValue SearchRun::ValueOf(const SortColumn& column, const Statement& row,
                                        const IndexRows& entries) const {
  if (column.kind == SortColumn::Kind::kLastUpdated) return OrderedBytes(row.Int(2));
  if (column.kind == SortColumn::Kind::kId) {
    return Tagged(row.IsBlob(0) ? kBytes : kText, row.Text(0));
  }
  SortValue best;
  const auto offer = [&](char tag, std::string_view bytes) {
    std::string value = Tagged(tag, bytes);
    if (!best || (column.descending ? value > *best : value < *best)) best = std::move(value);
  };
  for (const TextRow& text : entries.texts) {
    if (text.scope == column.texts) offer(kText, text.text);
  }
  for (const RangeRow& range : entries.ranges) {
    if (range.scope == column.ranges) offer(kBytes, column.descending ? range.high : range.low);
  }
  return best;
}

Result<SearchRun::Place> SearchRun::PlaceOf(int64_t key, const Statement& row) const {
  const IndexRows entries = IndexRows::Unpack(row.Text(6));
  std::optional<ResourceVersion> opened;
  Place place;
  place.key = key;
  for (const SortColumn& column : columns_) {
    if (column.kind != SortColumn::Kind::kResource) {
      place.values.push_back(ValueOf(column, row, entries));
      continue;
    }
    if (!opened) {
      Result<ResourceVersion> version =
          session_.ToVersion(row, 1, query_.programme, query_.type, StoredId::ToText(row, 0));
      if (!version.ok()) return version.error();
      opened = std::move(*version);
    }
    SortValue value = opened->shredded ? SortValue() : query_.sort_value(*opened, *column.key);
    place.values.push_back(value ? Tagged(kText, *value) : std::move(value));
  }
  return place;
}

bool SearchRun::Before(const Place& a, const Place& b) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (a.values[i] == b.values[i]) continue;
    if (!a.values[i] || !b.values[i]) return a.values[i].has_value();
    return (*a.values[i] < *b.values[i]) != columns_[i].descending;
  }
  return a.key < b.key;
}

// "74736d697468.-.17": hex values, "-" for one that is missing, the key.
std::string SearchRun::CursorOf(const Place& place) const {
  std::string text;
  for (const SortValue& value : place.values) text += (value ? ToHex(*value) : "-") + ".";
  return text + std::to_string(place.key);
}

std::optional<SearchRun::Place> SearchRun::ParseCursor(std::string_view text) const {
  Place place;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const size_t dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    SortValue value;
    if (text.substr(0, dot) != "-") {
      value = FromHex(text.substr(0, dot));
      if (!value || value->empty()) return std::nullopt;
      const bool time = columns_[i].kind == SortColumn::Kind::kLastUpdated;
      if (time ? value->size() != 8 : value->front() != kText && value->front() != kBytes) {
        return std::nullopt;
      }
    }
    place.values.push_back(std::move(value));
    text.remove_prefix(dot + 1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), place.key);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (place.key < 0 || place.key == kNoKey) return std::nullopt;
  return place;
}

// ---- the index of one sort key, in its order

class SearchRun::SortSource {
 public:
  // From `start` on, or from the first.
  SortSource(const SearchRun& run, const SortColumn& column, const SortValue& start)
      : column_(column) {
    Connection& db = run.db_;
    switch (column.kind) {
      case SortColumn::Kind::kLastUpdated:
        parts_.push_back({'\0', OpenTimes(db, run, start)});
        break;
      case SortColumn::Kind::kId:
        parts_.push_back({'\0', OpenIds(db, run, start)});
        break;
      case SortColumn::Kind::kResource:
        break;  // never walked
      case SortColumn::Kind::kEntries: {
        const bool desc = column.descending;
        for (const char tag : {desc ? kBytes : kText, desc ? kText : kBytes}) {
          if (start && (desc ? tag > start->front() : tag < start->front())) continue;
          const bool inside = start && tag == start->front();
          parts_.push_back({tag, OpenEntries(db, tag, inside ? start : SortValue())});
        }
        break;
      }
    }
  }

  bool Next(std::string* value, int64_t* key) {
    for (; at_ < parts_.size(); ++at_) {
      auto& [tag, rows] = parts_[at_];
      if (!rows.Step()) {
        if (!rows.status().ok()) return false;
        continue;
      }
      *key = rows.Int(1);
      if (column_.kind == SortColumn::Kind::kLastUpdated) {
        *value = OrderedBytes(rows.Int(0));
      } else if (column_.kind == SortColumn::Kind::kId) {
        *value = Tagged(rows.IsBlob(0) ? kBytes : kText, rows.Text(0));
      } else {
        *value = Tagged(tag, rows.Text(0));
      }
      return true;
    }
    return false;
  }

  Status status() const {
    for (const auto& [tag, rows] : parts_) {
      if (Status s = rows.status(); !s.ok()) return s;
    }
    return {};
  }

 private:
  Statement OpenEntries(Connection& db, char tag, const SortValue& start) const {
    const std::string_view from = start ? std::string_view(*start).substr(1) : std::string_view();
    const int64_t scope = tag == kText ? column_.texts : column_.ranges;
    if (!column_.descending) {
      return db.Query(tag == kText
                          ? "SELECT text, resource FROM search_text WHERE scope = ?1 AND text >= ?2"
                            " ORDER BY text"
                          : "SELECT low, resource FROM search_range WHERE scope = ?1 AND low >= ?2"
                            " ORDER BY low",
                      scope, Blob{from});
    }
    if (!start) {
      return db.Query(tag == kText ? "SELECT text, resource FROM search_text WHERE scope = ?1"
                                     " ORDER BY text DESC"
                                   : "SELECT high, resource FROM search_range WHERE scope = ?1"
                                     " ORDER BY high DESC",
                      scope);
    }
    return db.Query(tag == kText
                        ? "SELECT text, resource FROM search_text WHERE scope = ?1 AND text <= ?2"
                          " ORDER BY text DESC"
                        : "SELECT high, resource FROM search_range WHERE scope = ?1 AND high <= ?2"
                          " ORDER BY high DESC",
                    scope, Blob{from});
  }

  Statement OpenTimes(Connection& db, const SearchRun& run, const SortValue& start) const {
    const int64_t none = column_.descending ? std::numeric_limits<int64_t>::max()
                                            : std::numeric_limits<int64_t>::min();
    return db.Query(column_.descending
                        ? "SELECT updated, pk FROM resource WHERE programme = ?1 AND type = ?2"
                          " AND updated <= ?3 ORDER BY updated DESC"
                        : "SELECT updated, pk FROM resource WHERE programme = ?1 AND type = ?2"
                          " AND updated >= ?3 ORDER BY updated",
                    run.programme_, run.type_, start ? NumberOf(*start) : none);
  }

  Statement OpenIds(Connection& db, const SearchRun& run, const SortValue& start) const {
    if (!start) {
      return db.Query(column_.descending
                          ? "SELECT id, pk FROM resource WHERE programme = ?1 AND type = ?2"
                            " ORDER BY id DESC"
                          : "SELECT id, pk FROM resource WHERE programme = ?1 AND type = ?2"
                            " ORDER BY id",
                      run.programme_, run.type_);
    }
    Statement rows = db.Query(column_.descending
                                  ? "SELECT id, pk FROM resource WHERE programme = ?1 AND type = ?2"
                                    " AND id <= ?3 ORDER BY id DESC"
                                  : "SELECT id, pk FROM resource WHERE programme = ?1 AND type = ?2"
                                    " AND id >= ?3 ORDER BY id",
                              run.programme_, run.type_);
    const std::string_view id = std::string_view(*start).substr(1);
    if (start->front() == kBytes) {
      rows.Bind(3, Blob{id});
    } else {
      rows.Bind(3, id);
    }
    return rows;
  }

  const SortColumn& column_;
  std::vector<std::pair<char, Statement>> parts_;
  size_t at_ = 0;
};

// ---- few matches

Result<bool> SearchRun::CollectPlaces(size_t most, size_t all_rows, std::vector<Place>& places) {
  for (const Effort effort : {Effort::kFirst, Effort::kFull}) {
    Result<Walk> walk = Open(effort);
    if (!walk.ok()) return walk.error();
    const size_t most_rows = effort == Effort::kFirst ? limits_.first_rows : all_rows;
    places.clear();
    std::vector<int64_t> keys;
    bool ended = true;
    // An exact walk is known to have too many before a row is read.
    for (int64_t at = walk->join.Seek(1); at != kNoKey; at = walk->join.Seek(at + 1)) {
      if (keys.size() == (walk->exact() ? most : most_rows)) {
        ended = false;
        break;
      }
      keys.push_back(at);
    }
    if (Status s = walk->join.status(); !s.ok()) return s.error();
    if (!ended) {
      if (walk->exact()) return false;
      continue;
    }
    for (const int64_t key : keys) {
      Statement row = RowOf(key);
      if (row.Step() && Fits(row, walk->left)) {
        if (places.size() == most) return false;
        Result<Place> place = PlaceOf(key, row);
        if (!place.ok()) return place.error();
        places.push_back(std::move(*place));
      }
      if (Status s = row.status(); !s.ok()) return s.error();
    }
    return true;
  }
  return false;
}

// ---- many matches

bool SearchRun::Present(int64_t key) const {
  return key < static_cast<int64_t>(present_.size()) && present_[static_cast<size_t>(key)];
}

Status SearchRun::MarkPresent(const SortColumn& column) {
  for (const bool texts : {true, false}) {
    Statement rows = db_.Query(texts ? "SELECT resource FROM search_text WHERE scope = ?1"
                                     : "SELECT resource FROM search_range WHERE scope = ?1",
                               texts ? column.texts : column.ranges);
    while (rows.Step()) {
      const auto key = static_cast<size_t>(rows.Int(0));
      if (key >= present_.size()) present_.resize(std::max(key + 1, 2 * present_.size()));
      present_[key] = true;
    }
    if (Status s = rows.status(); !s.ok()) return s;
  }
  return {};
}

Result<bool> SearchRun::AddPlace(int64_t key, size_t level, const SortValue& value,
                                 const std::vector<const ConditionClause*>& left,
                                 std::vector<Place>& places) {
  if (++rows_read_ > limits_.sort_walk_rows) return false;
  Statement row = RowOf(key);
  const bool fits = row.Step() && Fits(row, left);
  if (Status s = row.status(); !s.ok()) return s.error();
  if (!fits) return true;
  Result<Place> place = PlaceOf(key, row);
  if (!place.ok()) return place.error();
  for (size_t i = 0; i < level; ++i) {
    if (place->values[i]) return true;
  }
  // An entry of the index may be another than the one that gives the resource its place.
  if (level < columns_.size() && place->values[level] != value) return true;
  if (!cursor_ || Before(*cursor_, *place)) places.push_back(std::move(*place));
  return true;
}

Result<bool> SearchRun::WalkColumn(size_t level, std::vector<Place>& places) {
  if (columns_[level].kind == SortColumn::Kind::kResource) return false;
  const bool last_column = level + 1 == columns_.size();
  // The cursor is in this column when it is the first that it has.
  SortValue start;
  if (cursor_) start = cursor_->values[level];
  for (size_t i = 0; cursor_ && i < level; ++i) {
    if (cursor_->values[i]) start.reset();
  }
  SortSource source(*this, columns_[level], start);
  std::string value;
  int64_t key = 0;
  bool more = source.Next(&value, &key);
  while (more) {
    const std::string same = value;
    std::vector<int64_t> keys;
    do {
      if (!Present(key)) keys.push_back(key);
      if (keys.size() > limits_.sorted) return false;
      more = source.Next(&value, &key);
    } while (more && value == same);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const size_t group = places.size();
    const bool at_cursor = last_column && start && same == *start;
    for (const int64_t one : keys) {
      if (at_cursor && one <= cursor_->key) continue;
      Result<bool> added = AddPlace(one, level, same, every_clause_, places);
      if (!added.ok() || !*added) return added;
      if (last_column && places.size() > query_.count) return true;
    }
    std::sort(places.begin() + static_cast<ptrdiff_t>(group), places.end(),
              [this](const Place& a, const Place& b) { return Before(a, b); });
    if (places.size() > query_.count) return true;
  }
  if (Status s = source.status(); !s.ok()) return s.error();
  return true;
}

Result<bool> SearchRun::WalkMissing(std::vector<Place>& places) {
  Result<Walk> walk = Open(Effort::kFirst);
  if (!walk.ok()) return walk.error();
  int64_t at = 1;
  if (cursor_ && std::none_of(cursor_->values.begin(), cursor_->values.end(),
                              [](const SortValue& value) { return value.has_value(); })) {
    at = cursor_->key + 1;
  }
  for (at = walk->join.Seek(at); at != kNoKey; at = walk->join.Seek(at + 1)) {
    if (Present(at)) continue;
    Result<bool> added = AddPlace(at, columns_.size(), {}, walk->left, places);
    if (!added.ok() || !*added) return added;
    if (places.size() > query_.count) return true;
  }
  if (Status s = walk->join.status(); !s.ok()) return s.error();
  return true;
}

Result<bool> SearchRun::WalkInOrder(std::vector<Place>& places) {
  places.clear();
  size_t first = 0;  // the first column that the cursor has
  while (cursor_ && first < columns_.size() && !cursor_->values[first]) ++first;
  for (size_t level = 0; level < columns_.size(); ++level) {
    if (level >= first) {
      Result<bool> walked = WalkColumn(level, places);
      if (!walked.ok() || !*walked || places.size() > query_.count) return walked;
    }
    const SortColumn::Kind kind = columns_[level].kind;
    if (kind == SortColumn::Kind::kResource) return false;  // who lacks it is not known
    if (kind != SortColumn::Kind::kEntries) return true;    // nobody does
    if (Status s = MarkPresent(columns_[level]); !s.ok()) return s.error();
  }
  return WalkMissing(places);
}

// ---- the page

Result<SearchPage> SearchRun::PageOf(std::vector<Place> places) {
  if (cursor_) {
    std::erase_if(places, [this](const Place& place) { return !Before(*cursor_, place); });
  }
  std::sort(places.begin(), places.end(),
            [this](const Place& a, const Place& b) { return Before(a, b); });
  SearchPage page;
  if (places.size() > query_.count) {
    places.resize(query_.count);
    page.next = CursorOf(places.back());
  }
  for (const Place& place : places) {
    Statement row = RowOf(place.key);
    if (!row.Step()) {
      if (Status s = row.status(); !s.ok()) return s.error();
      continue;
    }
    Result<ResourceVersion> match =
        session_.ToVersion(row, 1, query_.programme, query_.type, StoredId::ToText(row, 0));
    if (!match.ok()) return match.error();
    page.matches.push_back(std::move(*match));
  }
  return page;
}

Result<SearchPage> SearchRun::SortedPage() {
  std::vector<Place> places;
  const bool opens = std::any_of(columns_.begin(), columns_.end(), [](const SortColumn& column) {
    return column.kind == SortColumn::Kind::kResource;
  });
  const size_t most = opens ? std::min(limits_.sorted, limits_.sorted_by_resource) : limits_.sorted;
  Result<bool> done =
      CollectPlaces(std::min(limits_.sorted_at_once, most), limits_.sort_walk_rows, places);
  if (done.ok() && !*done) done = WalkInOrder(places);
  if (done.ok() && !*done) done = CollectPlaces(most, limits_.rows, places);
  if (!done.ok()) return done.error();
  if (!*done) {
    return Fail(ErrorCode::kTooCostly,
                "too many resources would have to be read to sort the matches: narrow the search, "
                "or leave out the sort",
                "_sort");
  }
  return PageOf(std::move(places));
}

}  // namespace gateway::store
