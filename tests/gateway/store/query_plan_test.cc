// No query may walk a whole table: every statement that the verbs have prepared is explained.
#include <sqlite3.h>

#include "gateway/store/patient_keys.h"
#include "gateway/store/schema.h"
#include "gateway/store/search_run.h"
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

fhir::Criterion OfN(fhir::Criterion::Test test, std::string key) {
  fhir::Criterion criterion;
  criterion.test = test;
  criterion.parameter = "n";
  criterion.key = std::move(key);
  return criterion;
}

// Two resources with a text and a range of "n", one without.
void WriteSorted(Session& s) {
  for (const char* id : {"s1", "s2", "s3"}) {
    ResourceWrite write = PatientWrite(id, 1, "x", {{"c", "1"}});
    write.type = "Basic";
    write.patient = "Patient/s";
    if (id != std::string("s3")) {
      write.index.push_back({fhir::IndexEntry::Kind::kText, "n", "x", "", ""});
      write.index.push_back({fhir::IndexEntry::Kind::kRange, "n", "", "1", "2"});
    }
    Ok(s.Write(write));
  }
}

// Every kind of criterion, from both ends of a range, counted.
void UseEveryCriterion(Session& s) {
  using Kind = fhir::Criterion::Test;
  fhir::Criterion low = OfN(Kind::kRange, "");
  low.low_from = "1";
  fhir::Criterion high = OfN(Kind::kRange, "");
  high.high_above = "1";
  for (const fhir::Criterion& one :
       {OfN(Kind::kPrefix, "x"), OfN(Kind::kContains, "x"), low, high}) {
    SearchQuery query = PatientQuery();
    query.type = "Basic";
    query.all_of = {{{one}, false}, AnyTerm("c", {"1", "2"})};
    query.with_total = true;
    const SearchPage page = Get(s.Search(query));
    EXPECT_EQ(page.matches.size(), 2u);
    EXPECT_EQ(page.total, 2);
  }
  SearchQuery all = PatientQuery();
  all.type = "Basic";
  all.with_total = true;
  EXPECT_EQ(Get(s.Search(all)).total, 3);
}

// Along the index of each sort key, from its first row and from a cursor.
void UseEverySort(Session& s) {
  SearchLimits limits;
  limits.sorted_at_once = 0;
  for (const char* parameter : {"n", "_lastUpdated", "_id"}) {
    for (const bool descending : {false, true}) {
      SearchQuery query = PatientQuery();
      query.type = "Basic";
      query.sort = {{parameter, descending}};
      query.count = 1;
      size_t seen = 0;
      do {
        const SearchPage page = Get(SearchRun(s, query, limits).Run());
        seen += page.matches.size();
        query.after = page.next;
      } while (!query.after.empty());
      EXPECT_EQ(seen, 3u);
    }
  }
  SearchQuery opened = PatientQuery();
  opened.type = "Basic";
  opened.sort = {{"c", false, fhir::SortKey::From::kResource}, {"n", false}};
  opened.sort_value = [](const ResourceVersion& match, const fhir::SortKey&) {
    return std::optional(match.id);
  };
  EXPECT_EQ(Get(SearchRun(s, opened, limits).Run()).matches.size(), 3u);
  // A cursor among the ranges, too.
  for (const bool descending : {false, true}) {
    SearchQuery query = PatientQuery();
    query.type = "Basic";
    query.sort = {{"n", descending}};
    query.after = descending ? "7478.1" : "7531.1";
    Get(SearchRun(s, query, limits).Run());
  }
}

void UseEveryHistory(Session& s) {
  for (const char* type : {"Patient", "Basic", ""}) {
    HistoryQuery query = PatientHistory("", 2);
    query.type = type;
    query.since = Instant{};
    query.at = fhir::Span{Instant{}, Instant::max()};
    size_t seen = 0;
    do {
      const HistoryPage page = Get(s.History(query));
      seen += page.versions.size();
      query.after = page.next;
    } while (!query.after.empty());
    EXPECT_EQ(seen, type[0] == '\0' ? 6u : 3u);
  }
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
  WriteSorted(s);
  UseEveryCriterion(s);
  UseEverySort(s);
  UseEveryHistory(s);
  SearchQuery query = PatientQuery({{"b", {"1"}}});
  query.all_of.push_back(AnyId({"p"}));
  query.last_updated = {{Instant::min(), Instant::max()}};
  EXPECT_EQ(Get(s.Search(query)).matches.size(), 1u);
  Ok(s.PutDocument("k", "n", "b"));
  EXPECT_TRUE(Get(s.Document("k", "n")).has_value());
  EXPECT_EQ(Get(s.Documents("k")).size(), 1u);
  const int64_t person = Get(s.LinkPerson("alpha", "p", {"i"}));
  EXPECT_EQ(Get(s.PatientsOf(person)).size(), 1u);
  EXPECT_EQ(Get(s.PersonsWith("i")).size(), 1u);
  OptOutRow opt_out;
  opt_out.contact = "+1";
  opt_out.also = {person};
  Ok(s.AddOptOut(opt_out));
  const auto opt_outs = Get(s.OptOuts(person, contacts));
  ASSERT_EQ(opt_outs.size(), 1u);
  Ok(s.KeepInformational(opt_outs[0].key));
  for (const EpochKey& key :
       {EpochKey{EpochKey::Kind::kPerson, "1"}, EpochKey{EpochKey::Kind::kProgramme, "alpha"}}) {
    Ok(s.BumpEpoch(key));
    EXPECT_EQ(Get(s.Epoch(key)), 1u);
  }
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
  EXPECT_FALSE(Get(s.AttemptOfCommunication("alpha", "c")).has_value());
  EXPECT_EQ(Get(s.AttemptsSince(person, Instant{})).size(), 0u);
  Outgoing outgoing;
  outgoing.key = Get(s.AddOutgoing(outgoing));
  Ok(s.UpdateOutgoing(outgoing));
  EXPECT_EQ(Get(s.DueOutgoing(Instant{}, 9)).size(), 1u);
  Ok(s.RemoveOutgoing(outgoing.key));
  outgoing.line = "l";
  outgoing.key = Get(s.AddOutgoing(outgoing));
  Ok(s.RemoveOutgoing(outgoing.key));
  Ok(s.RemoveOutgoingLine("l"));
  DecisionRow decision;
  decision.context = "c";
  Ok(s.AddDecision(decision));
  Ok(s.AppendAudit(AuditOf("x")));
  EXPECT_EQ(Get(s.DecisionsOf("", "")).size(), 1u);
  EXPECT_EQ(Get(s.Decisions(Instant::min(), Instant::max(), -1, 9)).size(), 1u);
  EXPECT_EQ(Get(s.Leaves(0, 9)).size(), 2u);
  EXPECT_EQ(Get(s.Audit(-1, 9)).size(), 1u);
  EXPECT_EQ(Get(s.OfPatient("alpha", "s", 9, "")).matches.size(), 3u);
  const int64_t last = Get(s.LastResource());
  EXPECT_EQ(Get(s.Reindex(last - 1, 9,
                          [](const ResourceVersion&) { return std::vector<fhir::IndexEntry>(); })),
            last);
  EXPECT_FALSE(Get(s.Erase("alpha", "s")));
  EXPECT_TRUE(Get(s.Erase("alpha", "s")));
}

// How many statements have these words: that the verbs above reached each of them.
size_t StatementsWith(Connection& connection, std::string_view part) {
  size_t found = 0;
  for (const std::string& sql : connection.PreparedSql()) {
    if (IsQuery(sql) && sql.find(part) != std::string::npos) ++found;
  }
  return found;
}

}  // namespace

TEST(QueryPlanTest, NoStatementScansOrSorts) {
  TempDir dir;
  const std::string key(32, 'k');
  auto keys = Get(PatientKeys::Open(dir.path() + "/patients.db", key, key));
  auto connection = Get(Connection::Open({.file = dir.path() + "/data.db", .key = key}));
  Ok(Migrate(*connection, File::kData));
  const SessionKeys session_keys{key, key, key, nullptr};
  Session session(std::move(connection), *keys, session_keys);
  Ok(session.BeginGroup());
  Ok(session.BeginWork(Instant{}));
  UseEveryVerb(session);
  Ok(session.KeepWork());
  bool uncertain = false;
  Ok(session.CommitGroup(&uncertain));

  // Each form of them has been used.
  const std::pair<const char*, size_t> over[] = {
      {"FROM search_index", 3}, {"FROM search_text", 5}, {"FROM search_range", 7},
      {"updated DESC", 3},      {"ORDER BY id", 4},      {"ORDER BY version DESC", 1}};
  for (const auto& [part, statements] : over) {
    EXPECT_GE(StatementsWith(session.connection(), part), statements) << part;
  }
  std::vector<std::string> scans;
  EXPECT_GT(Explain(session.connection(), &scans), 50);
  EXPECT_GT(Explain(keys->connection(), &scans), 1);
  EXPECT_EQ(testing::PrintToString(scans), testing::PrintToString(std::vector<std::string>()));
}

TEST(QueryPlanTest, ThePlansComeFromSqlcipher) {
  EXPECT_GE(sqlite3_libversion_number(), 3'040'000);
}

}  // namespace gateway::store
