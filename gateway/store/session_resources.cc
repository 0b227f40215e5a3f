// Versions of resources and their index rows.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "gateway/store/session.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

std::string BodyPlace(std::string_view programme, std::string_view type, std::string_view id,
                      int64_t version) {
  return Join({"resource", programme, type, id, std::to_string(version)});
}

fhir::Error Conflict() {
  return Fail(ErrorCode::kConflict, "the resource has changed since it was read");
}

}  // namespace

// The row has version, updated, method, patient, body from `first_column` on.
Result<ResourceVersion> Session::ToVersion(const Statement& row, int first_column,
                                           std::string_view programme, std::string_view type,
                                           std::string_view id) {
  ResourceVersion version;
  version.type = type;
  version.id = id;
  version.version = row.Int(first_column);
  version.last_updated = FromMs(row.Int(first_column + 1));
  version.method = static_cast<WriteMethod>(row.Int(first_column + 2));
  if (row.IsNull(first_column + 4)) return version;
  Result<std::optional<std::string>> body =
      OpenOf(row.Int(first_column + 3), BodyPlace(programme, type, id, version.version),
             row.Text(first_column + 4));
  if (!body.ok()) return body.error();
  version.shredded = !body->has_value();
  if (body->has_value()) version.bytes = std::move(**body);
  return version;
}

Result<std::optional<ResourceVersion>> Session::Read(std::string_view programme,
                                                     std::string_view type, std::string_view id) {
  return ReadVersion(programme, type, id, 0);
}

// Version 0 is the present one.
Result<std::optional<ResourceVersion>> Session::ReadVersion(std::string_view programme,
                                                            std::string_view type,
                                                            std::string_view id, int64_t version) {
  const Result<int64_t> programme_number = NumberOf(programme);
  if (!programme_number.ok()) return programme_number.error();
  const Result<int64_t> type_number = NumberOf(type);
  if (!type_number.ok()) return type_number.error();
  Statement present = db_->Query(
      "SELECT pk, version, updated, method, patient, body FROM resource"
      " WHERE programme = ?1 AND type = ?2 AND id = ?3",
      *programme_number, *type_number);
  StoredId(id).BindTo(present, 3);
  if (!present.Step()) {
    if (Status s = present.status(); !s.ok()) return s.error();
    return std::optional<ResourceVersion>();
  }
  const auto answer = [&](const Statement& row,
                          int first_column) -> Result<std::optional<ResourceVersion>> {
    Result<ResourceVersion> found = ToVersion(row, first_column, programme, type, id);
    if (!found.ok()) return found.error();
    return {std::move(*found)};
  };
  if (version == 0 || present.Int(1) == version) return answer(present, 1);
  Statement past = db_->Query(
      "SELECT version, updated, method, patient, body FROM resource_history"
      " WHERE resource = ?1 AND version = ?2",
      present.Int(0), version);
  if (past.Step()) return answer(past, 0);
  if (Status s = past.status(); !s.ok()) return s.error();
  return std::optional<ResourceVersion>();
}

Status Session::Write(const ResourceWrite& write) {
  const Result<int64_t> programme = NumberFor(write.programme);
  if (!programme.ok()) return programme.error();
  const Result<int64_t> type = NumberFor(write.type);
  if (!type.ok()) return type.error();
  if (write.version < 1) return Conflict();
  return write.version == 1 ? Insert(write, *programme, *type) : Replace(write, *programme, *type);
}

Result<Session::Sealed> Session::SealBody(const ResourceWrite& write) {
  return SealFor(write.programme, write.patient,
                 BodyPlace(write.programme, write.type, write.id, write.version), write.bytes);
}

IndexRows Session::IndexRowsOf(const ResourceWrite& write) {
  return IndexRows::Of(write, IndexNames(hash_, write.programme, write.type));
}

namespace {

// One statement for all rows of a kind.
template <class Row, class Bind>
Status RunEach(Connection& db, std::string_view sql, const std::vector<Row>& rows, Bind bind) {
  if (rows.empty()) return {};
  Statement statement(&db, sql);
  for (const Row& row : rows) {
    statement.Rewind();
    bind(statement, row);
    statement.Step();
    if (Status s = statement.status(); !s.ok()) return s;
  }
  return {};
}

template <class Row>
std::vector<Row> Without(const std::vector<Row>& rows, const std::vector<Row>& others) {
  std::vector<Row> rest;
  std::set_difference(rows.begin(), rows.end(), others.begin(), others.end(),
                      std::back_inserter(rest));
  return rest;
}

}  // namespace

Status Session::AddIndexRows(const IndexRows& rows, int64_t resource) {
  Status s = RunEach(*db_, "INSERT INTO search_index (term, resource) VALUES (?1, ?2)", rows.terms,
                     [&](Statement& add, int64_t term) { add.With(term, resource); });
  if (!s.ok()) return s;
  s = RunEach(
      *db_, "INSERT INTO search_text (scope, text, resource) VALUES (?1, ?2, ?3)", rows.texts,
      [&](Statement& add, const TextRow& row) { add.With(row.scope, Blob{row.text}, resource); });
  if (!s.ok()) return s;
  return RunEach(*db_,
                 "INSERT INTO search_range (scope, low, high, resource) VALUES (?1, ?2, ?3, ?4)",
                 rows.ranges, [&](Statement& add, const RangeRow& row) {
                   add.With(row.scope, Blob{row.low}, Blob{row.high}, resource);
                 });
}

Status Session::RemoveIndexRows(const IndexRows& rows, int64_t resource) {
  Status s = RunEach(*db_, "DELETE FROM search_index WHERE term = ?1 AND resource = ?2", rows.terms,
                     [&](Statement& remove, int64_t term) { remove.With(term, resource); });
  if (!s.ok()) return s;
  s = RunEach(*db_, "DELETE FROM search_text WHERE scope = ?1 AND text = ?2 AND resource = ?3",
              rows.texts, [&](Statement& remove, const TextRow& row) {
                remove.With(row.scope, Blob{row.text}, resource);
              });
  if (!s.ok()) return s;
  return RunEach(
      *db_,
      "DELETE FROM search_range WHERE scope = ?1 AND low = ?2 AND high = ?3 AND resource = ?4",
      rows.ranges, [&](Statement& remove, const RangeRow& row) {
        remove.With(row.scope, Blob{row.low}, Blob{row.high}, resource);
      });
}

Status Session::Insert(const ResourceWrite& write, int64_t programme, int64_t type) {
  Result<Sealed> body = Sealed{};
  if (write.method != WriteMethod::kDelete) body = SealBody(write);
  if (!body.ok()) return body.error();
  const IndexRows rows = IndexRowsOf(write);
  {
    Statement row = db_->Query(
        "INSERT INTO resource (programme, type, id, version, updated, method, patient, entries,"
        " body) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT (programme, type, id) DO NOTHING",
        programme, type, Null{}, ToMs(write.last_updated), static_cast<int>(write.method),
        body->patient, Blob{rows.Pack()}, Blob{body->bytes});
    StoredId(write.id).BindTo(row, 3);
    if (write.method == WriteMethod::kDelete) row.Bind(8, Null{});
    row.Step();
    if (Status s = row.status(); !s.ok()) return s;
  }
  if (db_->Changes() == 0) return Conflict();
  return AddIndexRows(rows, db_->LastInsertKey());
}

Status Session::Replace(const ResourceWrite& write, int64_t programme, int64_t type) {
  int64_t key = 0;
  std::string packed;
  {
    Statement present = db_->Query(
        "SELECT pk, version, entries FROM resource"
        " WHERE programme = ?1 AND type = ?2 AND id = ?3",
        programme, type);
    StoredId(write.id).BindTo(present, 3);
    const bool found = present.Step();
    if (Status s = present.status(); !s.ok()) return s;
    if (!found || present.Int(1) != write.version - 1) return Conflict();
    key = present.Int(0);
    packed = present.Text(2);
  }
  Status kept = db_->Run(
      "INSERT INTO resource_history"
      " (programme, type, resource, version, updated, until, method, patient, body)"
      " SELECT programme, type, pk, version, updated, ?2, method, patient, body"
      " FROM resource WHERE pk = ?1",
      key, ToMs(write.last_updated));
  if (!kept.ok()) return kept;

  Result<Sealed> body = Sealed{};
  if (write.method != WriteMethod::kDelete) body = SealBody(write);
  if (!body.ok()) return body.error();
  const IndexRows rows = IndexRowsOf(write);
  {
    Statement row = db_->Query(
        "UPDATE resource SET version = ?2, updated = ?3, method = ?4, patient = ?5, entries = ?6,"
        " body = ?7 WHERE pk = ?1",
        key, write.version, ToMs(write.last_updated), static_cast<int>(write.method), body->patient,
        Blob{rows.Pack()}, Blob{body->bytes});
    if (write.method == WriteMethod::kDelete) row.Bind(7, Null{});
    row.Step();
    if (Status s = row.status(); !s.ok()) return s;
  }
  return ChangeIndexRows(packed, rows, key);
}

// Most values stay from one version to the next, and a row that stays costs nothing.
Status Session::ChangeIndexRows(const std::string& packed, const IndexRows& rows,
                                int64_t resource) {
  const IndexRows old = IndexRows::Unpack(packed);
  const IndexRows gone{Without(old.terms, rows.terms), Without(old.texts, rows.texts),
                       Without(old.ranges, rows.ranges)};
  if (Status s = RemoveIndexRows(gone, resource); !s.ok()) return s;
  const IndexRows added{Without(rows.terms, old.terms), Without(rows.texts, old.texts),
                        Without(rows.ranges, old.ranges)};
  return AddIndexRows(added, resource);
}

Result<int64_t> Session::LastResource() {
  Statement row = db_->Query("SELECT coalesce(max(pk), 0) FROM resource");
  if (row.Step()) return row.Int(0);
  if (Status s = row.status(); !s.ok()) return s.error();
  return 0;
}

Result<int64_t> Session::Reindex(int64_t after, size_t count, const EntriesOf& entries) {
  struct Row {
    int64_t key = 0;
    std::string programme;
    std::string packed;
    ResourceVersion version;
  };
  std::vector<Row> rows;
  int64_t last = 0;
  {
    Statement next = db_->Query(
        "SELECT pk, owner.text, kind.text, resource.id, entries, version, updated, method, patient,"
        " body FROM resource CROSS JOIN name AS owner ON owner.id = resource.programme"
        " CROSS JOIN name AS kind ON kind.id = resource.type"
        " WHERE pk > ?1 ORDER BY pk LIMIT ?2",
        after, static_cast<int64_t>(count));
    while (next.Step()) {
      last = next.Int(0);
      Row row{last, std::string(next.Text(1)), std::string(next.Text(4)), {}};
      auto version = ToVersion(next, 5, row.programme, next.Text(2), StoredId::ToText(next, 3));
      if (!version.ok()) return version.error();
      row.version = std::move(*version);
      rows.push_back(std::move(row));
    }
    if (Status s = next.status(); !s.ok()) return s.error();
  }
  for (const Row& row : rows) {
    // What was erased keeps the hashes it is found by, and has nothing to make others of.
    if (row.version.deleted() || row.version.shredded) continue;
    ResourceWrite write;
    write.programme = row.programme;
    write.type = row.version.type;
    write.method = row.version.method;
    write.index = entries(row.version);
    const IndexRows fresh = IndexRowsOf(write);
    if (Status s = ChangeIndexRows(row.packed, fresh, row.key); !s.ok()) return s.error();
    Status kept =
        db_->Run("UPDATE resource SET entries = ?2 WHERE pk = ?1", row.key, Blob{fresh.Pack()});
    if (!kept.ok()) return kept.error();
  }
  return last;
}

namespace {

// While it lives, pages that become free are overwritten too.
class SecureDelete {
 public:
  explicit SecureDelete(Connection& db)
      : db_(db), status_(db.Execute("PRAGMA secure_delete = ON")) {}
  ~SecureDelete() { (void)db_.Execute("PRAGMA secure_delete = FAST"); }
  SecureDelete(const SecureDelete&) = delete;
  SecureDelete& operator=(const SecureDelete&) = delete;
  const Status& status() const { return status_; }

 private:
  Connection& db_;
  const Status status_;
};

}  // namespace

// Texts and ranges stand in clear in the index, so they go with the key. Terms are keyed hashes.
Result<bool> Session::ForgetIndexOf(int64_t patient) {
  std::vector<int64_t> keys;
  {
    Statement rows =
        db_->Query("SELECT pk FROM resource WHERE patient = ?1 AND patient <> 0", patient);
    while (rows.Step()) keys.push_back(rows.Int(0));
    if (Status s = rows.status(); !s.ok()) return s.error();
  }
  bool forgot = false;
  const SecureDelete overwriting(*db_);
  if (!overwriting.status().ok()) return overwriting.status().error();
  for (const int64_t key : keys) {
    std::string packed;
    {
      Statement row = db_->Query("SELECT entries FROM resource WHERE pk = ?1", key);
      if (row.Step()) packed = row.Text(0);
      if (Status s = row.status(); !s.ok()) return s.error();
    }
    IndexRows left = IndexRows::Unpack(packed);
    const IndexRows gone{{}, std::move(left.texts), std::move(left.ranges)};
    if (gone.texts.empty() && gone.ranges.empty()) continue;
    if (Status s = RemoveIndexRows(gone, key); !s.ok()) return s.error();
    left.texts.clear();
    left.ranges.clear();
    Status kept =
        db_->Run("UPDATE resource SET entries = ?2 WHERE pk = ?1", key, Blob{left.Pack()});
    if (!kept.ok()) return kept.error();
    forgot = true;
  }
  return forgot;
}

Result<SearchPage> Session::OfPatient(std::string_view programme, std::string_view patient_id,
                                      size_t count, std::string_view after) {
  SearchPage page;
  const Result<int64_t> key = KeyNumberOf(programme, patient_id);
  if (!key.ok()) return key.error();
  if (*key == 0) return page;
  int64_t last = 0;
  const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), last);
  if (!after.empty() && (error != std::errc() || end != after.data() + after.size())) {
    return Fail(ErrorCode::kMalformed, "this is no place in the pages of a patient");
  }
  Statement rows = db_->Query(
      "SELECT pk, name.text, resource.id, version, updated, method, patient, body FROM resource"
      " CROSS JOIN name ON name.id = resource.type"
      " WHERE patient = ?1 AND patient <> 0 AND pk > ?2 AND method <> ?3 ORDER BY pk LIMIT ?4",
      *key, last, static_cast<int>(WriteMethod::kDelete), static_cast<int64_t>(count + 1));
  while (rows.Step()) {
    if (page.matches.size() == count) {
      page.next = std::to_string(last);
      break;
    }
    last = rows.Int(0);
    Result<ResourceVersion> version =
        ToVersion(rows, 3, programme, rows.Text(1), StoredId::ToText(rows, 2));
    if (!version.ok()) return version.error();
    page.matches.push_back(std::move(*version));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return page;
}

}  // namespace gateway::store
