// The registry, persons, opt-outs and epochs.
#include <set>
#include <utility>

#include "gateway/store/session.h"

namespace gateway::store {

using fhir::Result;
using fhir::Status;

// ---- registry documents

Result<std::optional<std::string>> Session::Document(std::string_view kind, std::string_view name) {
  Statement row = db_->Query(
      "SELECT body FROM document WHERE kind = ?1 AND name = ?2 ORDER BY version DESC LIMIT 1", kind,
      name);
  if (row.Step()) return {std::string(row.Text(0))};
  if (Status s = row.status(); !s.ok()) return s.error();
  return std::optional<std::string>();
}

Result<std::vector<std::pair<std::string, std::string>>> Session::Documents(std::string_view kind) {
  std::vector<std::pair<std::string, std::string>> documents;
  Statement rows = db_->Query(
      "SELECT name, body FROM document AS newest WHERE kind = ?1 AND version ="
      " (SELECT max(version) FROM document WHERE kind = ?1 AND name = newest.name) ORDER BY name",
      kind);
  while (rows.Step()) documents.emplace_back(rows.Text(0), rows.Text(1));
  if (Status s = rows.status(); !s.ok()) return s.error();
  return documents;
}

Status Session::PutDocument(std::string_view kind, std::string_view name, std::string_view body) {
  return db_->Run(
      "INSERT INTO document (kind, name, version, at, body) VALUES (?1, ?2, 1 + coalesce("
      "(SELECT max(version) FROM document WHERE kind = ?1 AND name = ?2), 0), ?3, ?4)",
      kind, name, ToMs(now_), Blob{body});
}

// ---- persons

Result<int64_t> Session::PersonOf(std::string_view programme, std::string_view patient_id) {
  Statement row =
      db_->Query("SELECT person FROM person_patient WHERE programme = ?1 AND patient = ?2",
                 programme, patient_id);
  if (row.Step()) return row.Int(0);
  if (Status s = row.status(); !s.ok()) return s.error();
  return 0;
}

Result<std::vector<std::pair<std::string, std::string>>> Session::PatientsOf(int64_t person) {
  std::vector<std::pair<std::string, std::string>> patients;
  Statement rows =
      db_->Query("SELECT programme, patient FROM person_patient WHERE person = ?1", person);
  while (rows.Step()) patients.emplace_back(rows.Text(0), rows.Text(1));
  if (Status s = rows.status(); !s.ok()) return s.error();
  return patients;
}

// Among several persons the one known first is taken; joining the others is a merge, decided
// elsewhere.
Result<int64_t> Session::LinkPerson(std::string_view programme, std::string_view patient_id,
                                    const std::vector<std::string>& identifiers) {
  std::vector<std::string> hashes;
  for (const std::string& identifier : identifiers) {
    hashes.push_back(hash_.Of128({"identifier", identifier}));
  }
  Result<int64_t> linked = PersonOf(programme, patient_id);
  if (!linked.ok()) return linked;
  int64_t person = *linked;
  for (size_t i = 0; *linked == 0 && i < hashes.size(); ++i) {
    Statement row =
        db_->Query("SELECT person FROM person_identifier WHERE hash = ?1", Blob{hashes[i]});
    if (row.Step() && (person == 0 || row.Int(0) < person)) person = row.Int(0);
    if (Status s = row.status(); !s.ok()) return s.error();
  }
  if (person == 0) {
    Status added = db_->Run("INSERT INTO person (at) VALUES (?1)", ToMs(now_));
    if (!added.ok()) return added.error();
    person = db_->LastInsertKey();
  }
  for (const std::string& hash : hashes) {
    Status owned = db_->Run(
        "INSERT INTO person_identifier (hash, person) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        Blob{hash}, person);
    if (!owned.ok()) return owned.error();
  }
  if (*linked != 0) return person;
  Status link =
      db_->Run("INSERT INTO person_patient (programme, patient, person) VALUES (?1, ?2, ?3)",
               programme, patient_id, person);
  if (!link.ok()) return link.error();
  return person;
}

// ---- opt-outs

std::string Session::ContactHash(std::string_view contact) {
  return hash_.Of128({"contact", contact});
}

Result<std::vector<OptOutRow>> Session::OptOuts(int64_t person,
                                                const std::vector<std::string>& contacts) {
  std::vector<OptOutRow> found;
  std::set<int64_t> seen;
  const auto take = [&](Statement rows, const std::string& contact) -> Status {
    while (rows.Step()) {
      if (!seen.insert(rows.Int(0)).second) continue;
      OptOutRow row;
      row.key = rows.Int(0);
      row.person = rows.Int(1);
      row.contact = contact;
      row.channel = rows.Text(2);
      row.message_class = rows.Text(3);
      row.seller = rows.Text(4);
      row.source = rows.Text(5);
      row.received_at = FromMs(rows.Int(6));
      found.push_back(std::move(row));
    }
    return rows.status();
  };
  // Contact points first: a row that names both comes back with the contact filled.
  for (const std::string& contact : contacts) {
    if (contact.empty()) continue;
    Status s = take(db_->Query("SELECT pk, person, channel, message_class, seller, source,"
                               " received_at FROM opt_out WHERE contact = ?1",
                               Blob{ContactHash(contact)}),
                    contact);
    if (!s.ok()) return s.error();
  }
  if (person != 0) {
    Status s = take(db_->Query("SELECT pk, person, channel, message_class, seller, source,"
                               " received_at FROM opt_out WHERE person = ?1",
                               person),
                    {});
    if (!s.ok()) return s.error();
  }
  return found;
}

Status Session::AddOptOut(const OptOutRow& row) {
  Statement insert = db_->Query(
      "INSERT INTO opt_out (person, contact, channel, message_class, seller, source, received_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      row.person, Null{}, row.channel, row.message_class, row.seller, row.source,
      ToMs(row.received_at));
  if (!row.contact.empty()) insert.Bind(2, Blob{ContactHash(row.contact)});
  insert.Step();
  return insert.status();
}

// ---- epochs

// A person's stands in the person's row: most writes bump it, and the row is at hand.
Result<uint64_t> Session::Epoch(const EpochKey& key) {
  Statement row =
      key.kind == EpochKey::Kind::kPerson
          ? db_->Query("SELECT epoch FROM person WHERE pk = CAST(?1 AS INTEGER)", key.value)
          : db_->Query("SELECT epoch FROM epoch WHERE kind = ?1 AND value = ?2",
                       static_cast<int>(key.kind), Blob{hash_.Of128({"epoch", key.value})});
  if (row.Step()) return static_cast<uint64_t>(row.Int(0));
  if (Status s = row.status(); !s.ok()) return s.error();
  return uint64_t{0};
}

Status Session::BumpEpoch(const EpochKey& key) {
  if (key.kind == EpochKey::Kind::kPerson) {
    return db_->Run("UPDATE person SET epoch = epoch + 1 WHERE pk = CAST(?1 AS INTEGER)",
                    key.value);
  }
  return db_->Run(
      "INSERT INTO epoch (kind, value, epoch) VALUES (?1, ?2, 1)"
      " ON CONFLICT (kind, value) DO UPDATE SET epoch = epoch + 1",
      static_cast<int>(key.kind), Blob{hash_.Of128({"epoch", key.value})});
}

}  // namespace gateway::store
