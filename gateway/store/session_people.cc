// The registry, persons, opt-outs and epochs.
#include <set>
#include <utility>

#include "gateway/store/session.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

#define OPT_OUT_COLUMNS                                                         \
  "pk, person, channel, message_class, seller, source, received_at, programme," \
  " all_programmes, in_reply_to, keeps_informational, contact IS NOT NULL"

OptOutRow ToOptOut(const Statement& row) {
  OptOutRow opt_out;
  opt_out.key = row.Int(0);
  opt_out.person = row.Int(1);
  opt_out.channel = row.Text(2);
  opt_out.message_class = row.Text(3);
  opt_out.seller = row.Text(4);
  opt_out.source = row.Text(5);
  opt_out.received_at = FromMs(row.Int(6));
  opt_out.programme = row.Text(7);
  opt_out.all_programmes = row.Int(8) != 0;
  opt_out.in_reply_to = row.Text(9);
  opt_out.keeps_informational = row.Int(10) != 0;
  opt_out.other_contact = row.Int(11) != 0;
  return opt_out;
}

}  // namespace

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

Result<std::vector<int64_t>> Session::PersonsWith(std::string_view identifier) {
  const std::string hash = hash_.Of128({"identifier", identifier});
  std::vector<int64_t> persons;
  for (const char* table : {"SELECT person FROM person_identifier WHERE hash = ?1",
                            "SELECT person FROM person_shared WHERE hash = ?1"}) {
    Statement rows = db_->Query(table, Blob{hash});
    while (rows.Step()) persons.push_back(rows.Int(0));
    if (Status s = rows.status(); !s.ok()) return s.error();
  }
  return persons;
}

// Among several persons the one known first is taken; that the others are the same human follows
// from the identifiers that their records have (outreach/identity).
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
    if (db_->Changes() > 0) continue;
    Status shared = db_->Run(
        "INSERT INTO person_shared (hash, person) SELECT ?1, ?2 WHERE NOT EXISTS"
        " (SELECT 1 FROM person_identifier WHERE hash = ?1 AND person = ?2) ON CONFLICT DO NOTHING",
        Blob{hash}, person);
    if (!shared.ok()) return shared.error();
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
      OptOutRow row = ToOptOut(rows);
      row.contact = contact;
      if (!contact.empty()) row.other_contact = false;
      found.push_back(std::move(row));
    }
    return rows.status();
  };
  // Contact points first: a row that names both comes back with the contact filled.
  for (const std::string& contact : contacts) {
    if (contact.empty()) continue;
    Status s = take(db_->Query("SELECT " OPT_OUT_COLUMNS " FROM opt_out WHERE contact = ?1",
                               Blob{ContactHash(contact)}),
                    contact);
    if (!s.ok()) return s.error();
  }
  if (person == 0) return found;
  Status s =
      take(db_->Query("SELECT " OPT_OUT_COLUMNS " FROM opt_out WHERE person = ?1", person), {});
  if (!s.ok()) return s.error();
  s = take(db_->Query("SELECT " OPT_OUT_COLUMNS " FROM opt_out WHERE pk IN"
                      " (SELECT opt_out FROM opt_out_also WHERE person = ?1)",
                      person),
           {});
  if (!s.ok()) return s.error();
  return found;
}

Status Session::AddOptOut(const OptOutRow& row) {
  Statement insert = db_->Query(
      "INSERT INTO opt_out (person, contact, channel, message_class, seller, source, received_at,"
      " programme, all_programmes, in_reply_to, keeps_informational)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
      row.person, Null{}, row.channel, row.message_class, row.seller, row.source,
      ToMs(row.received_at), row.programme, row.all_programmes ? 1 : 0, row.in_reply_to,
      row.keeps_informational ? 1 : 0);
  if (!row.contact.empty()) insert.Bind(2, Blob{ContactHash(row.contact)});
  insert.Step();
  if (Status s = insert.status(); !s.ok()) return s;
  const int64_t key = db_->LastInsertKey();
  for (const int64_t person : row.also) {
    Status also = db_->Run(
        "INSERT INTO opt_out_also (person, opt_out) VALUES (?1, ?2) ON CONFLICT DO NOTHING", person,
        key);
    if (!also.ok()) return also;
  }
  return {};
}

Status Session::KeepInformational(int64_t opt_out) {
  Status updated = db_->Run("UPDATE opt_out SET keeps_informational = 1 WHERE pk = ?1", opt_out);
  if (!updated.ok()) return updated;
  if (db_->Changes() == 0) return Fail(ErrorCode::kNotFound, "there is no such opt-out");
  return {};
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
