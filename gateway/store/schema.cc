#include "gateway/store/schema.h"

#include <algorithm>
#include <span>
#include <string>

namespace gateway::store {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

// Keys are integers in insertion order. Instants are milliseconds since 1970. A term is a keyed
// hash of programme, type, parameter and value, a scope of the first three (and of what qualifies a
// range); `entries` of a resource is what the index holds for it. An id that is a UUID is stored as
// its 16 bytes. `patient` is the number of the key in patients.db, 0 for the tenant's own. A
// version that is history was the present one from `updated` to `until`.
constexpr const char* kData1 = R"sql(
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  frontier BLOB NOT NULL,
  now INTEGER NOT NULL,
  shreds INTEGER NOT NULL);
INSERT INTO head VALUES (1, zeroblob(8), 0, 0);

CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE resource (
  pk INTEGER PRIMARY KEY,
  programme INTEGER NOT NULL,
  type INTEGER NOT NULL,
  id NOT NULL,
  version INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  method INTEGER NOT NULL,
  patient INTEGER NOT NULL,
  entries BLOB,
  body BLOB);
CREATE UNIQUE INDEX resource_id ON resource (programme, type, id);
CREATE INDEX resource_updated ON resource (programme, type, updated);
CREATE INDEX resource_patient ON resource (patient) WHERE patient <> 0;
CREATE TABLE resource_history (
  pk INTEGER PRIMARY KEY,
  programme INTEGER NOT NULL,
  type INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  version INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  until INTEGER NOT NULL,
  method INTEGER NOT NULL,
  patient INTEGER NOT NULL,
  body BLOB);
CREATE UNIQUE INDEX resource_history_version ON resource_history (resource, version);
CREATE INDEX resource_history_updated
  ON resource_history (programme, type, updated, resource, version);
CREATE TABLE search_index (
  term INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  PRIMARY KEY (term, resource)) WITHOUT ROWID;
CREATE TABLE search_text (
  scope INTEGER NOT NULL,
  text BLOB NOT NULL,
  resource INTEGER NOT NULL,
  PRIMARY KEY (scope, text, resource)) WITHOUT ROWID;
CREATE TABLE search_range (
  scope INTEGER NOT NULL,
  low BLOB NOT NULL,
  high BLOB NOT NULL,
  resource INTEGER NOT NULL,
  PRIMARY KEY (scope, low, high, resource)) WITHOUT ROWID;
CREATE INDEX search_range_high ON search_range (scope, high);

CREATE TABLE document (
  pk INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE UNIQUE INDEX document_version ON document (kind, name, version);

CREATE TABLE key_of_patient (
  programme INTEGER NOT NULL,
  patient NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (programme, patient)) WITHOUT ROWID;

CREATE TABLE person (
  pk INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0);
CREATE TABLE person_identifier (
  hash BLOB PRIMARY KEY,
  person INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE person_patient (
  programme TEXT NOT NULL,
  patient TEXT NOT NULL,
  person INTEGER NOT NULL,
  PRIMARY KEY (programme, patient)) WITHOUT ROWID;
CREATE INDEX person_patient_person ON person_patient (person);

CREATE TABLE opt_out (
  pk INTEGER PRIMARY KEY,
  person INTEGER NOT NULL,
  contact BLOB,
  channel TEXT NOT NULL,
  message_class TEXT NOT NULL,
  seller TEXT NOT NULL,
  source TEXT NOT NULL,
  received_at INTEGER NOT NULL);
CREATE INDEX opt_out_person ON opt_out (person);
CREATE INDEX opt_out_contact ON opt_out (contact) WHERE contact IS NOT NULL;

CREATE TABLE epoch (
  kind INTEGER NOT NULL,
  value BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  PRIMARY KEY (kind, value)) WITHOUT ROWID;

CREATE TABLE outreach (
  pk INTEGER PRIMARY KEY,
  programme TEXT NOT NULL,
  request_id TEXT NOT NULL,
  patient_id TEXT NOT NULL,
  person INTEGER NOT NULL,
  channel TEXT NOT NULL,
  contact_hash BLOB,
  contact_patient INTEGER NOT NULL,
  contact BLOB,
  message_class TEXT NOT NULL,
  state INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  decision_id TEXT NOT NULL,
  client TEXT NOT NULL);
CREATE INDEX outreach_request ON outreach (programme, request_id);
CREATE INDEX outreach_due ON outreach (due_at) WHERE state = 0;
CREATE INDEX outreach_queued_person ON outreach (person) WHERE state = 0;
CREATE INDEX outreach_queued_contact ON outreach (contact_hash) WHERE state = 0;

CREATE TABLE attempt (
  pk INTEGER PRIMARY KEY,
  outreach INTEGER NOT NULL,
  id TEXT NOT NULL,
  decision_id TEXT NOT NULL,
  vendor TEXT NOT NULL,
  channel TEXT NOT NULL,
  message_class TEXT NOT NULL,
  person INTEGER NOT NULL,
  state INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  provider_id TEXT,
  detail TEXT NOT NULL);
CREATE INDEX attempt_outreach ON attempt (outreach);
CREATE INDEX attempt_sending ON attempt (state) WHERE state = 0;
CREATE INDEX attempt_provider ON attempt (vendor, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX attempt_person ON attempt (person, started_at);

CREATE TABLE outgoing (
  pk INTEGER PRIMARY KEY,
  programme TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  id TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL);
CREATE INDEX outgoing_due ON outgoing (due_at);

CREATE TABLE decision (
  leaf INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  programme TEXT NOT NULL,
  request_id TEXT NOT NULL,
  patient_id TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  stage TEXT NOT NULL,
  context_patient INTEGER NOT NULL,
  context BLOB);
CREATE INDEX decision_request ON decision (programme, request_id);

CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  leaf BLOB NOT NULL);
)sql";

// What leaves in the order of its line (records.h, Outgoing).
constexpr const char* kDataLines = R"sql(
ALTER TABLE outgoing ADD COLUMN line TEXT NOT NULL DEFAULT '';
CREATE INDEX outgoing_line ON outgoing (line) WHERE line <> '';
)sql";

// What a STOP answered and how far it reaches; what was sent, of which kind, made from what.
constexpr const char* kDataAnswers = R"sql(
ALTER TABLE opt_out ADD COLUMN programme TEXT NOT NULL DEFAULT '';
ALTER TABLE opt_out ADD COLUMN all_programmes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE opt_out ADD COLUMN in_reply_to TEXT NOT NULL DEFAULT '';
ALTER TABLE opt_out ADD COLUMN keeps_informational INTEGER NOT NULL DEFAULT 0;
CREATE TABLE opt_out_also (
  person INTEGER NOT NULL,
  opt_out INTEGER NOT NULL,
  PRIMARY KEY (person, opt_out)) WITHOUT ROWID;
ALTER TABLE attempt ADD COLUMN programme TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN communication TEXT;
CREATE INDEX attempt_communication ON attempt (programme, communication)
  WHERE communication IS NOT NULL;
)sql";

// An identifier that came to a record of another person than the one who had it first.
constexpr const char* kDataShared = R"sql(
CREATE TABLE person_shared (
  hash BLOB NOT NULL,
  person INTEGER NOT NULL,
  PRIMARY KEY (hash, person)) WITHOUT ROWID;
)sql";

constexpr const char* kJournal1 = R"sql(
CREATE TABLE access (
  pk INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  client TEXT NOT NULL,
  programme TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  request_id TEXT NOT NULL,
  detail TEXT NOT NULL);
)sql";

// AUTOINCREMENT: the number of a destroyed key is never given to another patient.
constexpr const char* kPatients1 = R"sql(
CREATE TABLE patient_key (
  pk INTEGER PRIMARY KEY AUTOINCREMENT,
  wrapped BLOB NOT NULL);
)sql";

constexpr const char* kDataSteps[] = {kData1, kDataLines, kDataAnswers, kDataShared};
constexpr const char* kJournalSteps[] = {kJournal1};
constexpr const char* kPatientsSteps[] = {kPatients1};

std::span<const char* const> StepsOf(File file) {
  switch (file) {
    case File::kData:
      return kDataSteps;
    case File::kJournal:
      return kJournalSteps;
    case File::kPatients:
      return kPatientsSteps;
  }
  return {};
}

Result<size_t> VersionOf(Connection& connection) {
  Statement version = connection.Query("PRAGMA user_version");
  if (!version.Step()) return version.status().error();
  return static_cast<size_t>(version.Int(0));
}

Status RunSteps(Connection& connection, std::span<const char* const> steps) {
  const Result<size_t> version = VersionOf(connection);
  if (!version.ok()) return version.error();
  for (size_t step = *version; step < steps.size(); ++step) {
    if (Status s = connection.Execute(steps[step]); !s.ok()) return s;
  }
  return connection.Execute("PRAGMA user_version = " + std::to_string(steps.size()));
}

}  // namespace

Status Migrate(Connection& connection, File file, size_t most_steps) {
  auto steps = StepsOf(file);
  steps = steps.first(std::min(steps.size(), most_steps));
  const Result<size_t> version = VersionOf(connection);
  if (!version.ok()) return version.error();
  if (*version == steps.size()) return {};
  if (*version > steps.size()) {
    return Fail(ErrorCode::kNotSupported, "the store has schema version " +
                                              std::to_string(*version) + ", this psgateway knows " +
                                              std::to_string(steps.size()) +
                                              ": run the newer psgateway that wrote it");
  }
  if (Status s = connection.Execute("BEGIN IMMEDIATE"); !s.ok()) return s;
  Status done = RunSteps(connection, steps);
  if (done.ok()) done = connection.Execute("COMMIT");
  if (!done.ok() && connection.InTransaction()) (void)connection.Execute("ROLLBACK");
  return done;
}

}  // namespace gateway::store
