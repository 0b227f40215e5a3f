// No query may walk a whole table: every statement that the verbs have prepared is explained.
#include <sqlite3.h>

#include "gateway/store/patient_keys.h"
#include "gateway/store/schema.h"
#include "gateway/store/session.h"
#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

bool IsQuery(const std::string& sql) {
  for (const char* word : {"SELECT", "UPDATE", "DELETE", "INSERT"}) {
    if (sql.rfind(word, 0) == 0) return true;
  }
  return false;
}

int Explain(Connection& connection, std::vector<std::string>* scans) {
  int explained = 0;
  for (const std::string& sql : connection.PreparedSql()) {
    if (!IsQuery(sql) || sql.find("sqlite_master") != std::string::npos) continue;
    ++explained;
    const std::string explain = "EXPLAIN QUERY PLAN " + sql;
    Statement plan(&connection, explain);
    while (plan.Step()) {
      const std::string line(plan.Text(3));
      const bool scan = line.rfind("SCAN", 0) == 0 && line != "SCAN CONSTANT ROW";
      const bool sort = line.find("TEMP B-TREE") != std::string::npos;
      if (scan || sort) scans->push_back(sql + "\n    " + line);
    }
    Ok(plan.status());
  }
  return explained;
}

// Every verb at least once, with enough rows that each statement is reached.
void UseEveryVerb(Session& s) {
  const std::vector<std::string> contacts = {"+1"};
  for (int version = 1; version <= 3; ++version) {
    Ok(s.Write(PatientWrite("p", version, "x", {{"a", std::to_string(version)}, {"b", "1"}})));
  }
  EXPECT_TRUE(Get(s.Read("alpha", "Patient", "p")).has_value());
  EXPECT_TRUE(Get(s.ReadVersion("alpha", "Patient", "p", 1)).has_value());
  EXPECT_EQ(Get(s.History(PatientHistory("p", 9))).versions.size(), 3u);
  EXPECT_EQ(Get(s.History(PatientHistory("", 9))).versions.size(), 3u);
  SearchQuery query = PatientQuery({{"b", {"1"}}});
  query.all_of.push_back(AnyId({"p"}));
  query.last_updated = {{Instant::min(), Instant::max()}};
  EXPECT_EQ(Get(s.Search(query)).matches.size(), 1u);
  Ok(s.PutDocument("k", "n", "b"));
  EXPECT_TRUE(Get(s.Document("k", "n")).has_value());
  EXPECT_EQ(Get(s.Documents("k")).size(), 1u);
  const int64_t person = Get(s.LinkPerson("alpha", "p", {"i"}));
  EXPECT_EQ(Get(s.PatientsOf(person)).size(), 1u);
  OptOutRow opt_out;
  opt_out.contact = "+1";
  Ok(s.AddOptOut(opt_out));
  EXPECT_EQ(Get(s.OptOuts(person, contacts)).size(), 1u);
  Ok(s.BumpEpoch({}));
  EXPECT_EQ(Get(s.Epoch({})), 1u);
  Outreach outreach;
  outreach.programme = "alpha";
  outreach.request_id = "cr";
  outreach.contact = "+1";
  outreach.key = Get(s.AddOutreach(outreach));
  outreach.contact = "+2";
  Ok(s.UpdateOutreach(outreach));
  EXPECT_TRUE(Get(s.FindOutreach(outreach.key)).has_value());
  EXPECT_EQ(Get(s.OutreachOfRequest("alpha", "cr")).size(), 1u);
  EXPECT_EQ(Get(s.DueOutreach(Instant{}, 9)).size(), 1u);
  EXPECT_EQ(Get(s.QueuedFor(person, contacts)).size(), 0u);
  Attempt attempt;
  attempt.key = Get(s.AddAttempt(attempt));
  attempt.provider_id = "x";
  Ok(s.UpdateAttempt(attempt));
  EXPECT_EQ(Get(s.AttemptsOf(0)).size(), 1u);
  EXPECT_EQ(Get(s.AttemptsSending()).size(), 1u);
  EXPECT_TRUE(Get(s.AttemptByProviderId("", "x")).has_value());
  EXPECT_EQ(Get(s.AttemptsSince(person, Instant{})).size(), 0u);
  Outgoing outgoing;
  outgoing.key = Get(s.AddOutgoing(outgoing));
  Ok(s.UpdateOutgoing(outgoing));
  EXPECT_EQ(Get(s.DueOutgoing(Instant{}, 9)).size(), 1u);
  Ok(s.RemoveOutgoing(outgoing.key));
  DecisionRow decision;
  decision.context = "c";
  Ok(s.AddDecision(decision));
  Ok(s.AppendAudit(AuditOf("x")));
  EXPECT_EQ(Get(s.DecisionsOf("", "")).size(), 1u);
  EXPECT_EQ(Get(s.Decisions(Instant::min(), Instant::max(), -1, 9)).size(), 1u);
  EXPECT_EQ(Get(s.Leaves(0, 9)).size(), 2u);
  EXPECT_EQ(Get(s.Audit(9, 0)).size(), 1u);
}

}  // namespace

TEST(QueryPlanTest, NoStatementScansOrSorts) {
  TempDir dir;
  const std::string key(32, 'k');
  auto keys = Get(PatientKeys::Open(dir.path() + "/patients.db", key, key, key));
  auto connection = Get(Connection::Open({.file = dir.path() + "/data.db", .key = key}));
  Ok(Migrate(*connection, File::kData));
  const SessionKeys session_keys{key, key, key};
  Session session(std::move(connection), *keys, session_keys);
  Ok(session.BeginGroup());
  Ok(session.BeginWork(Instant{}));
  UseEveryVerb(session);
  Ok(session.KeepWork());
  bool uncertain = false;
  Ok(session.CommitGroup(&uncertain));

  std::vector<std::string> scans;
  EXPECT_GT(Explain(session.connection(), &scans), 50);
  EXPECT_GT(Explain(keys->connection(), &scans), 1);
  EXPECT_EQ(testing::PrintToString(scans), testing::PrintToString(std::vector<std::string>()));
}

TEST(QueryPlanTest, ThePlansComeFromSqlcipher) {
  EXPECT_GE(sqlite3_libversion_number(), 3'040'000);
}

}  // namespace gateway::store
