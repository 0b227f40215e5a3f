// Versions of resources and their index rows.
#include <algorithm>
#include <cstring>

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

std::string PackTerms(const std::vector<int64_t>& terms) {
  std::string packed(terms.size() * sizeof(int64_t), '\0');
  if (!terms.empty()) std::memcpy(packed.data(), terms.data(), packed.size());
  return packed;
}

std::vector<int64_t> UnpackTerms(std::string_view packed) {
  std::vector<int64_t> terms(packed.size() / sizeof(int64_t));
  if (!terms.empty()) std::memcpy(terms.data(), packed.data(), terms.size() * sizeof(int64_t));
  return terms;
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

Result<std::vector<ResourceVersion>> Session::History(std::string_view programme,
                                                      std::string_view type, std::string_view id,
                                                      size_t count, int64_t before) {
  std::vector<ResourceVersion> versions;
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
    return versions;
  }
  if (count > 0 && (before == 0 || present.Int(1) < before)) {
    Result<ResourceVersion> newest = ToVersion(present, 1, programme, type, id);
    if (!newest.ok()) return newest.error();
    versions.push_back(std::move(*newest));
  }
  Statement past = db_->Query(
      "SELECT version, updated, method, patient, body FROM resource_history"
      " WHERE resource = ?1 AND version < ?2 ORDER BY version DESC",
      present.Int(0), before == 0 ? INT64_MAX : before);
  while (versions.size() < count && past.Step()) {
    Result<ResourceVersion> version = ToVersion(past, 0, programme, type, id);
    if (!version.ok()) return version.error();
    versions.push_back(std::move(*version));
  }
  if (Status s = past.status(); !s.ok()) return s.error();
  return versions;
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

// "every resource of the type" is a term too: it walks them in insertion order, deleted ones left
// out.
std::vector<int64_t> Session::TermsOf(const ResourceWrite& write) {
  std::vector<int64_t> terms;
  if (write.method == WriteMethod::kDelete) return terms;
  terms.reserve(write.index.size() + 1);
  terms.push_back(hash_.Of64({"type", write.programme, write.type}));
  for (const fhir::IndexEntry& value : write.index) {
    terms.push_back(hash_.Of64({"term", write.programme, write.type, value.parameter, value.key}));
  }
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

Status Session::AddTerm(int64_t term, int64_t resource) {
  return db_->Run("INSERT INTO search_index (term, resource) VALUES (?1, ?2)", term, resource);
}

Status Session::RemoveTerm(int64_t term, int64_t resource) {
  return db_->Run("DELETE FROM search_index WHERE term = ?1 AND resource = ?2", term, resource);
}

Status Session::Insert(const ResourceWrite& write, int64_t programme, int64_t type) {
  Result<Sealed> body = Sealed{};
  if (write.method != WriteMethod::kDelete) body = SealBody(write);
  if (!body.ok()) return body.error();
  const std::vector<int64_t> terms = TermsOf(write);
  {
    Statement row = db_->Query(
        "INSERT INTO resource (programme, type, id, version, updated, method, patient, terms, body)"
        " VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (programme, type, id) DO NOTHING",
        programme, type, Null{}, ToMs(write.last_updated), static_cast<int>(write.method),
        body->patient, Blob{PackTerms(terms)}, Blob{body->bytes});
    StoredId(write.id).BindTo(row, 3);
    if (write.method == WriteMethod::kDelete) row.Bind(8, Null{});
    row.Step();
    if (Status s = row.status(); !s.ok()) return s;
  }
  if (db_->Changes() == 0) return Conflict();
  const int64_t key = db_->LastInsertKey();
  for (const int64_t term : terms) {
    if (Status s = AddTerm(term, key); !s.ok()) return s;
  }
  return {};
}

Status Session::Replace(const ResourceWrite& write, int64_t programme, int64_t type) {
  int64_t key = 0;
  std::vector<int64_t> old_terms;
  {
    Statement present = db_->Query(
        "SELECT pk, version, terms FROM resource"
        " WHERE programme = ?1 AND type = ?2 AND id = ?3",
        programme, type);
    StoredId(write.id).BindTo(present, 3);
    const bool found = present.Step();
    if (Status s = present.status(); !s.ok()) return s;
    if (!found || present.Int(1) != write.version - 1) return Conflict();
    key = present.Int(0);
    old_terms = UnpackTerms(present.Text(2));
  }
  Status kept = db_->Run(
      "INSERT INTO resource_history (resource, version, updated, method, patient, body)"
      " SELECT pk, version, updated, method, patient, body FROM resource WHERE pk = ?1",
      key);
  if (!kept.ok()) return kept;

  Result<Sealed> body = Sealed{};
  if (write.method != WriteMethod::kDelete) body = SealBody(write);
  if (!body.ok()) return body.error();
  const std::vector<int64_t> terms = TermsOf(write);
  {
    Statement row = db_->Query(
        "UPDATE resource SET version = ?2, updated = ?3, method = ?4, patient = ?5, terms = ?6,"
        " body = ?7 WHERE pk = ?1",
        key, write.version, ToMs(write.last_updated), static_cast<int>(write.method), body->patient,
        Blob{PackTerms(terms)}, Blob{body->bytes});
    if (write.method == WriteMethod::kDelete) row.Bind(7, Null{});
    row.Step();
    if (Status s = row.status(); !s.ok()) return s;
  }
  // Most values stay from one version to the next, and a row that stays costs nothing.
  std::vector<int64_t> gone;
  std::set_difference(old_terms.begin(), old_terms.end(), terms.begin(), terms.end(),
                      std::back_inserter(gone));
  for (const int64_t term : gone) {
    if (Status s = RemoveTerm(term, key); !s.ok()) return s;
  }
  std::vector<int64_t> added;
  std::set_difference(terms.begin(), terms.end(), old_terms.begin(), old_terms.end(),
                      std::back_inserter(added));
  for (const int64_t term : added) {
    if (Status s = AddTerm(term, key); !s.ok()) return s;
  }
  return {};
}

}  // namespace gateway::store
