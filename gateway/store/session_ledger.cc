// Decisions, audit rows and the ledger they are leaves of. A leaf is the ciphertext: the tree can
// be checked by somebody who may not read it.
#include <charconv>
#include <utility>

#include "fhir/json/json.h"
#include "gateway/store/session.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;
using fhir::json::Value;

namespace {

constexpr int kDecisionLeaf = 1;
constexpr int kAuditLeaf = 2;

std::string LeafPlace(int64_t seq, int kind) {
  return Join({"leaf", std::to_string(seq), std::to_string(kind)});
}

std::string ContextPlace(std::string_view decision_id) { return Join({"decision", decision_id}); }

std::string ToJson(const AuditRow& row) {
  Value json;
  json.Set("action", Value::String(row.action));
  json.Set("at", Value::Int(ToMs(row.at)));
  json.Set("client", Value::String(row.client));
  json.Set("detail", Value::String(row.detail));
  json.Set("outcome", Value::String(row.outcome));
  json.Set("programme", Value::String(row.programme));
  json.Set("request_id", Value::String(row.request_id));
  json.Set("subject", Value::String(row.subject));
  return fhir::json::Canonical(json);
}

Result<AuditRow> FromJson(const std::string& text) {
  const Result<Value> json = fhir::json::Parse(text);
  if (!json.ok()) return json.error();
  AuditRow row;
  int64_t at = 0;
  const std::string& at_text = (*json)["at"].text();
  std::from_chars(at_text.data(), at_text.data() + at_text.size(), at);
  row.at = FromMs(at);
  row.action = (*json)["action"].text();
  row.client = (*json)["client"].text();
  row.detail = (*json)["detail"].text();
  row.outcome = (*json)["outcome"].text();
  row.programme = (*json)["programme"].text();
  row.request_id = (*json)["request_id"].text();
  row.subject = (*json)["subject"].text();
  return row;
}

}  // namespace

Result<int64_t> Session::AppendLeaf(int kind, std::string_view text) {
  const int64_t seq = head_.frontier.size();
  const std::string leaf = sealer_.Seal(keys_.ledger, LeafPlace(seq, kind), text);
  Status added =
      db_->Run("INSERT INTO ledger (seq, kind, leaf) VALUES (?1, ?2, ?3)", seq, kind, Blob{leaf});
  if (!added.ok()) return added.error();
  head_.frontier.Append(ledger::LeafHash(leaf));
  return seq;
}

Result<std::string> Session::OpenLeaf(int64_t seq, int kind, std::string_view sealed) {
  std::optional<std::string> text = sealer_.Open(keys_.ledger, LeafPlace(seq, kind), sealed);
  if (!text.has_value()) {
    return Fail(ErrorCode::kInternal,
                "leaf " + std::to_string(seq) + " of the ledger is not the one stored there");
  }
  return std::move(*text);
}

// ---- writing

Status Session::AddDecision(const DecisionRow& row) {
  const Result<int64_t> leaf = AppendLeaf(kDecisionLeaf, row.record);
  if (!leaf.ok()) return leaf.error();
  Statement insert = db_->Query(
      "INSERT INTO decision (leaf, id, programme, request_id, patient_id, decided_at, outcome,"
      " stage, context_patient, context) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
      *leaf, row.id, row.programme, row.request_id, row.patient_id, ToMs(row.decided_at),
      row.outcome, row.stage, 0, Null{});
  if (row.context.has_value()) {
    const std::string patient = row.patient_id.empty() ? "" : "Patient/" + row.patient_id;
    const Result<Sealed> context =
        SealFor(row.programme, patient, ContextPlace(row.id), *row.context);
    if (!context.ok()) return context.error();
    insert.Bind(9, context->patient);
    insert.Bind(10, Blob{context->bytes});
  }
  insert.Step();
  return insert.status();
}

Status Session::AppendAudit(const AuditRow& row) {
  const Result<int64_t> leaf = AppendLeaf(kAuditLeaf, ToJson(row));
  if (!leaf.ok()) return leaf.error();
  return {};
}

// ---- reading

#define DECISION_COLUMNS                                                                     \
  "d.leaf, d.id, d.programme, d.request_id, d.patient_id, d.decided_at, d.outcome, d.stage," \
  " d.context_patient, d.context, l.leaf FROM decision AS d JOIN ledger AS l ON l.seq = d.leaf"

Result<DecisionRow> Session::ToDecision(const Statement& row) {
  DecisionRow decision;
  decision.leaf = row.Int(0);
  decision.id = row.Text(1);
  decision.programme = row.Text(2);
  decision.request_id = row.Text(3);
  decision.patient_id = row.Text(4);
  decision.decided_at = FromMs(row.Int(5));
  decision.outcome = row.Text(6);
  decision.stage = row.Text(7);
  Result<std::string> record = OpenLeaf(decision.leaf, kDecisionLeaf, row.Text(10));
  if (!record.ok()) return record.error();
  decision.record = std::move(*record);
  if (row.IsNull(9)) return decision;
  Result<std::optional<std::string>> context =
      OpenOf(row.Int(8), ContextPlace(decision.id), row.Text(9));
  if (!context.ok()) return context.error();
  decision.context = std::move(*context);
  return decision;
}

Result<std::vector<DecisionRow>> Session::DecisionsOf(std::string_view programme,
                                                      std::string_view request_id) {
  std::vector<DecisionRow> decisions;
  Statement rows = db_->Query("SELECT " DECISION_COLUMNS
                              " WHERE d.programme = ?1 AND d.request_id = ?2 ORDER BY d.leaf",
                              programme, request_id);
  while (rows.Step()) {
    Result<DecisionRow> decision = ToDecision(rows);
    if (!decision.ok()) return decision.error();
    decisions.push_back(std::move(*decision));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return decisions;
}

Result<std::vector<DecisionRow>> Session::Decisions(Instant from, Instant to, int64_t after,
                                                    size_t limit) {
  std::vector<DecisionRow> decisions;
  Statement rows = db_->Query("SELECT " DECISION_COLUMNS
                              " WHERE d.leaf > ?1 AND d.decided_at >= ?2 AND d.decided_at < ?3"
                              " ORDER BY d.leaf LIMIT ?4",
                              after, ToMs(from), ToMs(to), static_cast<int64_t>(limit));
  while (rows.Step()) {
    Result<DecisionRow> decision = ToDecision(rows);
    if (!decision.ok()) return decision.error();
    decisions.push_back(std::move(*decision));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return decisions;
}

Result<LedgerState> Session::Ledger() {
  const ledger::Frontier& frontier = in_group_ ? head_.frontier : committed_.frontier;
  return LedgerState{frontier.size(), frontier.Root()};
}

Result<std::vector<std::string>> Session::Leaves(int64_t from, size_t count) {
  std::vector<std::string> leaves;
  Statement rows = db_->Query("SELECT leaf FROM ledger WHERE seq >= ?1 ORDER BY seq LIMIT ?2", from,
                              static_cast<int64_t>(count));
  while (rows.Step()) leaves.emplace_back(rows.Text(0));
  if (Status s = rows.status(); !s.ok()) return s.error();
  return leaves;
}

Result<std::vector<AuditRow>> Session::Audit(int64_t after, size_t limit) {
  std::vector<AuditRow> audit;
  Statement rows =
      db_->Query("SELECT seq, leaf FROM ledger WHERE seq > ?1 AND kind = ?2 ORDER BY seq LIMIT ?3",
                 after, kAuditLeaf, static_cast<int64_t>(limit));
  while (rows.Step()) {
    const Result<std::string> text = OpenLeaf(rows.Int(0), kAuditLeaf, rows.Text(1));
    if (!text.ok()) return text.error();
    Result<AuditRow> row = FromJson(*text);
    if (!row.ok()) return row.error();
    row->place = rows.Int(0);
    audit.push_back(std::move(*row));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return audit;
}

}  // namespace gateway::store
