// History: the present versions and the past ones of each type are two index walks, newest first;
// the page is the head of all of them merged.
#include <algorithm>
#include <charconv>
#include <limits>
#include <tuple>
#include <utility>

#include "gateway/store/search_limits.h"
#include "gateway/store/session.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();

// Where a version stands in a history; the greater comes first.
struct Place {
  int64_t updated = kLast;
  int64_t resource = kLast;
  int64_t version = kLast;
  friend auto operator<=>(const Place&, const Place&) = default;
};

std::string CursorOf(const Place& place) {
  return std::to_string(place.updated) + "." + std::to_string(place.resource) + "." +
         std::to_string(place.version);
}

std::optional<Place> ParseCursor(std::string_view text) {
  Place place;
  for (int64_t* part : {&place.updated, &place.resource, &place.version}) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const bool last = part == &place.version;
    if (last != text.empty() || (!last && text.front() != '.')) return std::nullopt;
    if (!last) text.remove_prefix(1);
  }
  return place;
}

}  // namespace

class HistoryRun {
 public:
  HistoryRun(Session& session, const HistoryQuery& query)
      : session_(session), db_(session.connection()), query_(query) {}

  Result<HistoryPage> Run();

 private:
  struct Found {
    Place place;
    int64_t past = 0;  // its row of resource_history; 0: the present version
  };

  Status FindOfResource();
  Status FindOfTypes();
  Status FindOfType(int64_t type);
  Status Take(Statement rows);
  Result<ResourceVersion> Load(const Found& found);
  Result<std::string> TypeName(int64_t number);

  Session& session_;
  Connection& db_;
  const HistoryQuery& query_;
  Place after_;
  int64_t programme_ = 0;
  int64_t from_ = kFirst;  // updated at or after
  int64_t last_ = kLast;   // updated at or before
  // Replaced after this, or written since: it may stand for less than a millisecond.
  int64_t until_after_ = kFirst;
  std::vector<Found> found_;
};

// updated, resource, version, row of resource_history
Status HistoryRun::Take(Statement rows) {
  while (rows.Step()) {
    const Found found{{rows.Int(0), rows.Int(1), rows.Int(2)}, rows.Int(3)};
    found_.push_back(found);
  }
  return rows.status();
}

// By version, whatever the clock said.
Status HistoryRun::FindOfResource() {
  const Result<int64_t> type = session_.NumberOf(query_.type);
  if (!type.ok()) return type.error();
  int64_t key = 0;
  {
    Statement present = db_.Query(
        "SELECT updated, pk, version FROM resource"
        " WHERE programme = ?1 AND type = ?2 AND id = ?3",
        programme_, *type);
    StoredId(query_.id).BindTo(present, 3);
    if (!present.Step()) return present.status();
    key = present.Int(1);
    const Place place{present.Int(0), key, present.Int(2)};
    const bool wanted =
        place.version < after_.version && place.updated >= from_ && place.updated <= last_;
    if (wanted) found_.push_back({place, 0});
  }
  return Take(db_.Query(
      "SELECT updated, resource, version, pk FROM resource_history"
      " WHERE resource = ?1 AND version < ?2 AND updated >= ?3 AND updated <= ?4"
      " AND (until > ?5 OR updated >= ?5)"
      " ORDER BY version DESC LIMIT ?6",
      key, after_.version, from_, last_, until_after_, static_cast<int64_t>(query_.count + 1)));
}

Status HistoryRun::FindOfType(int64_t type) {
  const auto most = static_cast<int64_t>(query_.count + 1);
  const int64_t last = std::min(last_, after_.updated);
  const bool within = after_.updated <= last_;  // else the cursor's own instant is not asked for
  const int64_t resource = within ? after_.resource : kLast;
  Status present =
      Take(db_.Query("SELECT updated, pk, version, 0 FROM resource"
                     " WHERE programme = ?1 AND type = ?2 AND updated >= ?3 AND updated <= ?4"
                     " AND (updated < ?4 OR pk < ?5 OR (pk = ?5 AND version < ?6))"
                     " ORDER BY updated DESC, pk DESC LIMIT ?7",
                     programme_, type, from_, last, resource, after_.version, most));
  if (!present.ok()) return present;
  return Take(
      db_.Query("SELECT updated, resource, version, pk FROM resource_history"
                " WHERE programme = ?1 AND type = ?2 AND updated >= ?3 AND updated <= ?4"
                " AND (updated < ?4 OR resource < ?5 OR (resource = ?5 AND version < ?6))"
                " AND (until > ?7 OR updated >= ?7)"
                " ORDER BY updated DESC, resource DESC, version DESC LIMIT ?8",
                programme_, type, from_, last, resource, after_.version, until_after_, most));
}

Status HistoryRun::FindOfTypes() {
  if (!query_.type.empty()) {
    const Result<int64_t> type = session_.NumberOf(query_.type);
    if (!type.ok()) return type.error();
    return FindOfType(*type);
  }
  for (int64_t type = 0;;) {
    {
      Statement next = db_.Query(
          "SELECT type FROM resource WHERE programme = ?1 AND type > ?2 ORDER BY type LIMIT 1",
          programme_, type);
      if (!next.Step()) return next.status();
      type = next.Int(0);
    }
    if (Status s = FindOfType(type); !s.ok()) return s;
  }
}

Result<std::string> HistoryRun::TypeName(int64_t number) {
  Statement row = db_.Query("SELECT text FROM name WHERE id = ?1", number);
  if (row.Step()) return std::string(row.Text(0));
  if (Status s = row.status(); !s.ok()) return s.error();
  return Fail(ErrorCode::kInternal, "a resource has a type without a name");
}

Result<ResourceVersion> HistoryRun::Load(const Found& found) {
  Statement resource = db_.Query(
      "SELECT id, type, version, updated, method, patient, body FROM resource"
      " WHERE pk = ?1",
      found.place.resource);
  if (!resource.Step()) {
    if (Status s = resource.status(); !s.ok()) return s.error();
    return Fail(ErrorCode::kInternal, "a version has no resource");
  }
  const std::string id = StoredId::ToText(resource, 0);
  std::string type = query_.type;
  if (type.empty()) {
    Result<std::string> name = TypeName(resource.Int(1));
    if (!name.ok()) return name.error();
    type = std::move(*name);
  }
  if (found.past == 0) return session_.ToVersion(resource, 2, query_.programme, type, id);
  Statement past = db_.Query(
      "SELECT version, updated, method, patient, body FROM resource_history WHERE pk = ?1",
      found.past);
  if (past.Step()) return session_.ToVersion(past, 0, query_.programme, type, id);
  if (Status s = past.status(); !s.ok()) return s.error();
  return Fail(ErrorCode::kInternal, "a version has gone from its history");
}

Result<HistoryPage> HistoryRun::Run() {
  HistoryPage page;
  if (!query_.after.empty()) {
    const std::optional<Place> after = ParseCursor(query_.after);
    if (!after) return Fail(ErrorCode::kMalformed, "this is not a page of this history");
    after_ = *after;
  }
  if (query_.since) from_ = ToMs(*query_.since);
  if (query_.at) {
    last_ = ToMs(query_.at->end) - 1;
    until_after_ = ToMs(query_.at->begin);
  }
  const Result<int64_t> programme = session_.NumberOf(query_.programme);
  if (!programme.ok()) return programme.error();
  programme_ = *programme;
  if (query_.count == 0) return page;
  Status found = query_.id.empty() ? FindOfTypes() : FindOfResource();
  if (!found.ok()) return found.error();

  if (query_.id.empty()) {
    std::sort(found_.begin(), found_.end(),
              [](const Found& a, const Found& b) { return a.place > b.place; });
  }
  if (found_.size() > query_.count) {
    found_.resize(query_.count);
    page.next = CursorOf(found_.back().place);
  }
  for (const Found& one : found_) {
    Result<ResourceVersion> version = Load(one);
    if (!version.ok()) return version.error();
    page.versions.push_back(std::move(*version));
  }
  return page;
}

Result<HistoryPage> Session::History(const HistoryQuery& query) {
  const QueryDeadline deadline(*db_, in_group_);
  return deadline.Explain(HistoryRun(*this, query).Run(), "history");
}

}  // namespace gateway::store
