// What is to leave: outreach, its attempts, other outgoing events.
#include <set>
#include <string>
#include <utility>

#include "gateway/store/session.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

#define OUTREACH_COLUMNS                                                              \
  "pk, programme, request_id, patient_id, person, channel, contact_patient, contact," \
  " message_class, state, due_at, attempts, decision_id, client"
#define ATTEMPT_COLUMNS                                                           \
  "pk, outreach, id, decision_id, vendor, channel, message_class, person, state," \
  " started_at, settled_at, provider_id, detail, programme, subject, kind, communication"

// The partial indexes name the state by its number.
static_assert(static_cast<int>(OutreachState::kQueued) == 0);
static_assert(static_cast<int>(AttemptState::kSending) == 0);
static_assert(static_cast<int>(AttemptState::kAccepted) == 1);
static_assert(static_cast<int>(AttemptState::kUnknown) == 4);

std::string ContactPlace(std::string_view programme, std::string_view request_id) {
  return Join({"contact", programme, request_id});
}

std::string PatientName(const std::string& patient_id) {
  return patient_id.empty() ? std::string() : "Patient/" + patient_id;
}

Attempt ToAttempt(const Statement& row) {
  Attempt attempt;
  attempt.key = row.Int(0);
  attempt.outreach = row.Int(1);
  attempt.id = row.Text(2);
  attempt.decision_id = row.Text(3);
  attempt.vendor = row.Text(4);
  attempt.channel = row.Text(5);
  attempt.message_class = row.Text(6);
  attempt.person = row.Int(7);
  attempt.state = static_cast<AttemptState>(row.Int(8));
  attempt.started_at = FromMs(row.Int(9));
  attempt.settled_at = FromMs(row.Int(10));
  attempt.provider_id = row.Text(11);
  attempt.detail = row.Text(12);
  attempt.programme = row.Text(13);
  attempt.subject = row.Text(14);
  attempt.kind = row.Text(15);
  attempt.communication = row.Text(16);
  return attempt;
}

Result<std::vector<Attempt>> AllAttempts(Statement rows) {
  std::vector<Attempt> attempts;
  while (rows.Step()) attempts.push_back(ToAttempt(rows));
  if (Status s = rows.status(); !s.ok()) return s.error();
  return attempts;
}

}  // namespace

// ---- outreach

Result<Outreach> Session::ToOutreach(const Statement& row) {
  Outreach outreach;
  outreach.key = row.Int(0);
  outreach.programme = row.Text(1);
  outreach.request_id = row.Text(2);
  outreach.patient_id = row.Text(3);
  outreach.person = row.Int(4);
  outreach.channel = row.Text(5);
  outreach.message_class = row.Text(8);
  outreach.state = static_cast<OutreachState>(row.Int(9));
  outreach.due_at = FromMs(row.Int(10));
  outreach.attempts = static_cast<int>(row.Int(11));
  outreach.decision_id = row.Text(12);
  outreach.client = row.Text(13);
  if (row.IsNull(7)) return outreach;
  Result<std::optional<std::string>> contact =
      OpenOf(row.Int(6), ContactPlace(outreach.programme, outreach.request_id), row.Text(7));
  if (!contact.ok()) return contact.error();
  if (contact->has_value()) outreach.contact = std::move(**contact);
  return outreach;
}

Result<std::vector<Outreach>> Session::AllOutreach(Statement rows) {
  std::vector<Outreach> all;
  while (rows.Step()) {
    Result<Outreach> outreach = ToOutreach(rows);
    if (!outreach.ok()) return outreach.error();
    all.push_back(std::move(*outreach));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return all;
}

Result<std::optional<Outreach>> Session::FindOutreach(int64_t key) {
  Result<std::vector<Outreach>> found =
      AllOutreach(db_->Query("SELECT " OUTREACH_COLUMNS " FROM outreach WHERE pk = ?1", key));
  if (!found.ok()) return found.error();
  if (found->empty()) return std::optional<Outreach>();
  return {std::move(found->front())};
}

Result<std::vector<Outreach>> Session::OutreachOfRequest(std::string_view programme,
                                                         std::string_view request_id) {
  return AllOutreach(db_->Query("SELECT " OUTREACH_COLUMNS
                                " FROM outreach WHERE programme = ?1 AND request_id = ?2",
                                programme, request_id));
}

Result<std::vector<Outreach>> Session::DueOutreach(Instant now, size_t limit) {
  return AllOutreach(db_->Query("SELECT " OUTREACH_COLUMNS
                                " FROM outreach WHERE state = 0 AND due_at <= ?1"
                                " ORDER BY due_at LIMIT ?2",
                                ToMs(now), static_cast<int64_t>(limit)));
}

Result<std::vector<Outreach>> Session::QueuedFor(int64_t person,
                                                 const std::vector<std::string>& contacts) {
  std::vector<Outreach> queued;
  std::set<int64_t> seen;
  const auto take = [&](Result<std::vector<Outreach>> rows) -> Status {
    if (!rows.ok()) return rows.error();
    for (Outreach& row : *rows) {
      if (seen.insert(row.key).second) queued.push_back(std::move(row));
    }
    return {};
  };
  if (person != 0) {
    Status s = take(AllOutreach(db_->Query(
        "SELECT " OUTREACH_COLUMNS " FROM outreach WHERE state = 0 AND person = ?1", person)));
    if (!s.ok()) return s.error();
  }
  for (const std::string& contact : contacts) {
    if (contact.empty()) continue;
    Status s = take(AllOutreach(db_->Query("SELECT " OUTREACH_COLUMNS
                                           " FROM outreach WHERE state = 0 AND contact_hash = ?1",
                                           Blob{ContactHash(contact)})));
    if (!s.ok()) return s.error();
  }
  return queued;
}

Result<int64_t> Session::AddOutreach(const Outreach& row) {
  Statement insert = db_->Query(
      "INSERT INTO outreach (programme, request_id, patient_id, person, channel, contact_hash,"
      " contact_patient, contact, message_class, state, due_at, attempts, decision_id, client)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
      row.programme, row.request_id, row.patient_id, row.person, row.channel, Null{}, 0, Null{},
      row.message_class, static_cast<int>(row.state), ToMs(row.due_at), row.attempts,
      row.decision_id, row.client);
  if (!row.contact.empty()) {
    const Result<Sealed> sealed = SealFor(row.programme, PatientName(row.patient_id),
                                          ContactPlace(row.programme, row.request_id), row.contact);
    if (!sealed.ok()) return sealed.error();
    insert.Bind(6, Blob{ContactHash(row.contact)});
    insert.Bind(7, sealed->patient);
    insert.Bind(8, Blob{sealed->bytes});
  }
  insert.Step();
  if (Status s = insert.status(); !s.ok()) return s.error();
  return db_->LastInsertKey();
}

// The contact is sealed again only where it is another one.
Status Session::UpdateOutreach(const Outreach& row) {
  std::string hash;
  std::string programme;
  std::string request_id;
  std::string patient_id;
  {
    Statement present = db_->Query(
        "SELECT programme, request_id, patient_id, contact_hash FROM outreach WHERE pk = ?1",
        row.key);
    const bool found = present.Step();
    if (Status s = present.status(); !s.ok()) return s;
    if (!found) return Fail(ErrorCode::kNotFound, "there is no such outreach");
    programme = present.Text(0);
    request_id = present.Text(1);
    patient_id = present.Text(2);
    hash = present.Text(3);
  }
  Status updated = db_->Run(
      "UPDATE outreach SET person = ?2, channel = ?3, message_class = ?4, state = ?5, due_at = ?6,"
      " attempts = ?7, decision_id = ?8, client = ?9 WHERE pk = ?1",
      row.key, row.person, row.channel, row.message_class, static_cast<int>(row.state),
      ToMs(row.due_at), row.attempts, row.decision_id, row.client);
  if (!updated.ok() || row.contact.empty() || ContactHash(row.contact) == hash) return updated;
  const Result<Sealed> sealed =
      SealFor(programme, PatientName(patient_id), ContactPlace(programme, request_id), row.contact);
  if (!sealed.ok()) return sealed.error();
  return db_->Run(
      "UPDATE outreach SET contact_hash = ?2, contact_patient = ?3, contact = ?4 WHERE pk = ?1",
      row.key, Blob{ContactHash(row.contact)}, sealed->patient, Blob{sealed->bytes});
}

// ---- attempts

Result<std::vector<Attempt>> Session::AttemptsOf(int64_t outreach) {
  return AllAttempts(
      db_->Query("SELECT " ATTEMPT_COLUMNS " FROM attempt WHERE outreach = ?1", outreach));
}

Result<std::vector<Attempt>> Session::AttemptsSending() {
  return AllAttempts(db_->Query("SELECT " ATTEMPT_COLUMNS " FROM attempt WHERE state = 0"));
}

Result<std::optional<Attempt>> Session::FindAttempt(int64_t key) {
  Result<std::vector<Attempt>> found =
      AllAttempts(db_->Query("SELECT " ATTEMPT_COLUMNS " FROM attempt WHERE pk = ?1", key));
  if (!found.ok()) return found.error();
  if (found->empty()) return std::optional<Attempt>();
  return {std::move(found->front())};
}

Result<std::optional<Attempt>> Session::AttemptByProviderId(std::string_view vendor,
                                                            std::string_view provider_id) {
  if (provider_id.empty()) return std::optional<Attempt>();
  Result<std::vector<Attempt>> found = AllAttempts(
      db_->Query("SELECT " ATTEMPT_COLUMNS
                 " FROM attempt WHERE vendor = ?1 AND provider_id = ?2 ORDER BY pk DESC LIMIT 1",
                 vendor, provider_id));
  if (!found.ok()) return found.error();
  if (found->empty()) return std::optional<Attempt>();
  return {std::move(found->front())};
}

Result<std::optional<Attempt>> Session::AttemptOfCommunication(std::string_view programme,
                                                               std::string_view communication_id) {
  Result<std::vector<Attempt>> found = AllAttempts(db_->Query(
      "SELECT " ATTEMPT_COLUMNS " FROM attempt WHERE programme = ?1 AND communication = ?2 LIMIT 1",
      programme, communication_id));
  if (!found.ok()) return found.error();
  if (found->empty()) return std::optional<Attempt>();
  return {std::move(found->front())};
}

Result<std::vector<Attempt>> Session::AttemptsSince(int64_t person, Instant since) {
  if (person == 0) return std::vector<Attempt>();
  return AllAttempts(db_->Query("SELECT " ATTEMPT_COLUMNS
                                " FROM attempt WHERE person = ?1 AND started_at >= ?2"
                                " AND +state IN (0, 1, 4) ORDER BY started_at",
                                person, ToMs(since)));
}

Result<int64_t> Session::AddAttempt(const Attempt& row) {
  Statement insert = db_->Query(
      "INSERT INTO attempt (outreach, id, decision_id, vendor, channel, message_class, person,"
      " state, started_at, settled_at, provider_id, detail, programme, subject, kind,"
      " communication)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
      row.outreach, row.id, row.decision_id, row.vendor, row.channel, row.message_class, row.person,
      static_cast<int>(row.state), ToMs(row.started_at), ToMs(row.settled_at), row.provider_id,
      row.detail, row.programme, row.subject, row.kind, row.communication);
  if (row.provider_id.empty()) insert.Bind(11, Null{});
  if (row.communication.empty()) insert.Bind(16, Null{});
  insert.Step();
  if (Status s = insert.status(); !s.ok()) return s.error();
  return db_->LastInsertKey();
}

Status Session::UpdateAttempt(const Attempt& row) {
  Statement update = db_->Query(
      "UPDATE attempt SET decision_id = ?2, vendor = ?3, channel = ?4, message_class = ?5,"
      " person = ?6, state = ?7, started_at = ?8, settled_at = ?9, provider_id = ?10, detail = ?11,"
      " programme = ?12, subject = ?13, kind = ?14, communication = ?15 WHERE pk = ?1",
      row.key, row.decision_id, row.vendor, row.channel, row.message_class, row.person,
      static_cast<int>(row.state), ToMs(row.started_at), ToMs(row.settled_at), row.provider_id,
      row.detail, row.programme, row.subject, row.kind, row.communication);
  if (row.provider_id.empty()) update.Bind(10, Null{});
  if (row.communication.empty()) update.Bind(15, Null{});
  update.Step();
  if (Status s = update.status(); !s.ok()) return s;
  if (db_->Changes() == 0) return Fail(ErrorCode::kNotFound, "there is no such attempt");
  return {};
}

// ---- outgoing

Result<std::vector<Outgoing>> Session::DueOutgoing(Instant now, size_t limit) {
  std::vector<Outgoing> due;
  Statement rows = db_->Query(
      "SELECT pk, programme, kind, target, subject, payload, id, due_at, attempts, line FROM "
      "outgoing"
      " WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
      ToMs(now), static_cast<int64_t>(limit));
  while (rows.Step()) {
    Outgoing row;
    row.key = rows.Int(0);
    row.programme = rows.Text(1);
    row.kind = rows.Text(2);
    row.target = rows.Text(3);
    row.subject = rows.Text(4);
    row.payload = rows.Text(5);
    row.id = rows.Text(6);
    row.due_at = FromMs(rows.Int(7));
    row.attempts = static_cast<int>(rows.Int(8));
    row.line = rows.Text(9);
    due.push_back(std::move(row));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return due;
}

Result<int64_t> Session::AddOutgoing(const Outgoing& row) {
  // Who is not the first of its line waits, however long, until RemoveOutgoing says that it is.
  Status added = db_->Run(
      "INSERT INTO outgoing (programme, kind, target, subject, payload, id, due_at, attempts, line)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
      " CASE WHEN ?9 <> '' AND EXISTS (SELECT 1 FROM outgoing WHERE line = ?9 AND line <> '')"
      " THEN 9223372036854775807 ELSE ?7 END, ?8, ?9)",
      row.programme, row.kind, row.target, row.subject, row.payload, row.id, ToMs(row.due_at),
      row.attempts, row.line);
  if (!added.ok()) return added.error();
  return db_->LastInsertKey();
}

Status Session::UpdateOutgoing(const Outgoing& row) {
  Status updated = db_->Run("UPDATE outgoing SET due_at = ?2, attempts = ?3 WHERE pk = ?1", row.key,
                            ToMs(row.due_at), row.attempts);
  if (!updated.ok()) return updated;
  if (db_->Changes() == 0) return Fail(ErrorCode::kNotFound, "there is no such outgoing event");
  return {};
}

Status Session::RemoveOutgoing(int64_t key) {
  Statement row = db_->Query("DELETE FROM outgoing WHERE pk = ?1 RETURNING line", key);
  const std::string line = row.Step() ? std::string(row.Text(0)) : std::string();
  while (row.Step()) {
  }
  if (Status s = row.status(); !s.ok()) return s;
  if (line.empty()) return {};
  return db_->Run(
      "UPDATE outgoing SET due_at = ?2 WHERE pk ="
      " (SELECT min(pk) FROM outgoing WHERE line = ?1 AND line <> '')",
      line, ToMs(now_));
}

Status Session::RemoveOutgoingLine(std::string_view line) {
  return db_->Run("DELETE FROM outgoing WHERE line = ?1 AND line <> ''", line);
}

}  // namespace gateway::store
