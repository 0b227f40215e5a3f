#include "gateway/outreach/approvals.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "consent/context.h"
#include "consent/decide.h"
#include "consent/override.h"
#include "consent/rules.h"
#include "fhir/json/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/statement.h"
#include "gateway/outreach/documents.h"
#include "gateway/people.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr char kKind[] = "approval";
constexpr std::chrono::days kLongest{7};

Value Text(std::string_view text) { return Value::String(std::string(text)); }

std::string NameOf(const std::string& programme, const std::string& request_id) {
  return programme + "/" + request_id;
}

fhir::Result<Value> Statements(store::Reader& reader, const std::string& name) {
  auto body = reader.Document(kKind, name);
  if (!body.ok()) return std::move(body).error();
  if (!body->has_value()) return Value::Array();
  return fhir::json::Parse(**body);
}

fhir::Status CheckRoles(const Person& person, const Value& rules) {
  if (rules.size() == 0) return Fail(ErrorCode::kForbidden, "names no rule", "statement.rules");
  for (const Value& id : rules.items()) {
    const consent::Rule* rule = consent::FindRule(id.text());
    if (rule == nullptr) {
      return Fail(ErrorCode::kForbidden, "names a rule that does not exist", "statement.rules");
    }
    if (!person.Has(rule->queue)) {
      return Fail(ErrorCode::kForbidden,
                  "the rule " + id.text() + " is for the role " + std::string(rule->queue) +
                      ", which this person does not have",
                  "statement.rules");
    }
  }
  return {};
}

fhir::Status CompleteTasks(store::Transaction& tx, const std::string& programme,
                           const std::string& focus) {
  store::SearchQuery query;
  query.programme = programme;
  query.type = "Task";
  query.all_of.push_back(store::AnyTerm("focus", {focus}));
  query.count = 50;
  auto page = tx.Search(query);
  if (!page.ok()) return std::move(page).error();
  for (const store::ResourceVersion& match : page->matches) {
    auto task = fhir::Resource::Parse(match.bytes);
    if (!task.ok()) continue;
    if (!IsOpenTask(*task) || TaskCode(*task) != "review-outreach") continue;
    auto done = SetTaskStatus(tx, programme, std::move(*task), "completed", "");
    if (!done.ok()) return done;
  }
  return {};
}

}  // namespace

Value StatementFor(const Verdict& verdict) {
  const consent::EvaluationContext context = consent::Interpret(verdict.gathered.given);
  Value statement = Value::Object();
  statement.Set("purpose", Text(auth::kApproveReview));
  statement.Set("programme", Text(verdict.gathered.given.programme.id));
  statement.Set("request", Text(verdict.gathered.request.Relative()));
  Value rules = Value::Array();
  if (verdict.decision.outcome == consent::Outcome::kReview) {
    for (const consent::Reason& reason : verdict.decision.reasons) {
      if (reason.effect == consent::Outcome::kReview) rules.Add(Text(reason.rule));
    }
  }
  statement.Set("rules", std::move(rules));
  statement.Set("textHash", Text(consent::TextHash(context.request.text)));
  if (!context.content.modules.empty()) {
    statement.Set("module", Text(context.content.modules.front().reference));
  }
  return statement;
}

fhir::Status KeepApproval(store::Transaction& tx, const std::string& programme,
                          const std::string& request_id, std::string_view statement) {
  auto declared = ReadDeclared(tx, statement, auth::kApproveReview, tx.Now());
  if (!declared.ok()) return std::move(declared).error();
  const Value& payload = declared->payload;
  if (payload["programme"].text() != programme ||
      payload["request"].text() != "CommunicationRequest/" + request_id) {
    return Fail(ErrorCode::kForbidden, "was signed for another request", "statement");
  }
  if (auto roles = CheckRoles(declared->person, payload["rules"]); !roles.ok()) return roles;
  if (*auth::NumericDate(payload["exp"]) > tx.Now() + kLongest) {
    return Fail(ErrorCode::kForbidden, "ends later than in seven days", "statement.exp");
  }
  const std::string name = NameOf(programme, request_id);
  auto statements = Statements(tx, name);
  if (!statements.ok()) return std::move(statements).error();
  for (const Value& earlier : statements->items()) {
    if (earlier["statement"].text() == statement) return {};  // sent again: it has its effect
  }
  Value kept = Value::Object();
  kept.Set("statement", Text(statement));
  kept.Set("approvedAt", Text(fhir::FormatInstant(tx.Now())));
  statements->Add(std::move(kept));
  if (auto s = tx.PutDocument(kKind, name, fhir::json::Write(*statements)); !s.ok()) return s;
  store::AuditRow row;
  row.at = tx.Now();
  row.action = "approve-review";
  row.client = "user:" + declared->person.name;
  row.programme = programme;
  row.subject = "CommunicationRequest/" + request_id;
  row.outcome = "0";
  for (const Value& rule : payload["rules"].items()) {
    if (!row.detail.empty()) row.detail += ' ';
    row.detail += rule.text();
  }
  return tx.AppendAudit(row);
}

fhir::Result<std::vector<consent::Override>> OverridesOf(store::Reader& reader,
                                                         const std::string& programme,
                                                         const std::string& request_id,
                                                         fhir::Instant now) {
  std::vector<consent::Override> overrides;
  auto statements = Statements(reader, NameOf(programme, request_id));
  if (!statements.ok()) return std::move(statements).error();
  for (const Value& kept : statements->items()) {
    auto declared = ReadDeclared(reader, kept["statement"].text(), auth::kApproveReview, now);
    if (!declared.ok()) {
      if (declared.error().code != ErrorCode::kForbidden) return std::move(declared).error();
      continue;  // over, or the person may sign no longer
    }
    const Value& payload = declared->payload;
    auto approved_at = fhir::ParseInstant(kept["approvedAt"].text());
    if (!approved_at.ok()) return std::move(approved_at).error();
    // Two people who approve the same thing make one override of two.
    for (const Value& rule : payload["rules"].items()) {
      consent::Override override;
      override.request = payload["request"].text();
      override.rules = {rule.text()};
      override.approved_by = {declared->person.name};
      override.approved_at = *approved_at;
      override.expires = *auth::NumericDate(payload["exp"]);
      override.text_hash = payload["textHash"].text();
      override.module = payload["module"].text();
      const auto same =
          std::find_if(overrides.begin(), overrides.end(), [&](const consent::Override& other) {
            return other.rules == override.rules && other.text_hash == override.text_hash &&
                   other.module == override.module;
          });
      if (same == overrides.end()) {
        overrides.push_back(std::move(override));
        continue;
      }
      same->approved_by.push_back(declared->person.name);
      same->approved_at = std::max(same->approved_at, override.approved_at);
      same->expires = std::min(same->expires, override.expires);
    }
  }
  return overrides;
}

fhir::Result<consent::Decision> DecideHeldAgain(store::Transaction& tx, const Workshop& workshop,
                                                const std::string& tenant,
                                                const std::string& programme,
                                                const fhir::Resource& request) {
  auto verdict = Prepare(tx, workshop, programme, request, WhenToSend(request, tx.Now()));
  if (!verdict.ok()) return std::move(verdict).error();
  const consent::Decision decision = verdict->decision;
  if (decision.outcome == consent::Outcome::kReview) return decision;
  auto rows = tx.OutreachOfRequest(programme, request.id());
  if (!rows.ok()) return std::move(rows).error();
  for (const store::Outreach& row : *rows) {
    if (row.state != store::OutreachState::kHeld) continue;
    auto applied = Apply(tx, workshop, tenant, *verdict, Stage::kIntake, row);
    if (!applied.ok()) return std::move(applied).error();
    if (auto s = CompleteTasks(tx, programme, request.Relative()); !s.ok()) return s.error();
    break;
  }
  return decision;
}

}  // namespace gateway::outreach
