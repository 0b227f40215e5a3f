#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {
namespace {

Instant At(int64_t ms) { return Instant(std::chrono::milliseconds(ms)); }

DecisionRow DecisionAt(int64_t ms) {
  DecisionRow row;
  row.id = "d" + std::to_string(ms);
  row.programme = "alpha";
  row.request_id = "cr1";
  row.patient_id = "p1";
  row.decided_at = At(ms);
  row.outcome = "PERMIT";
  row.stage = "send";
  row.record = R"({"id":")" + row.id + "\"}";
  row.context = "context of " + row.id;
  return row;
}

}  // namespace

TEST_P(StoreContract, AnEmptyLedgerHasTheRootOfTheEmptyTree) { EXPECT_EQ(CheckLedger(store()), 0); }

TEST_P(StoreContract, DecisionsAndAuditRowsAreLeavesInOrder) {
  Commit([](Transaction& t) {
    for (int i = 0; i < 5; ++i) {
      Ok(t.AddDecision(DecisionAt(i)));
      Ok(t.AppendAudit(AuditOf("Patient/p" + std::to_string(i))));
    }
    EXPECT_EQ(Get(t.Ledger()).size, 10);
  });
  EXPECT_EQ(CheckLedger(store()), 10);
  Look([](Reader& r) {
    const auto decisions = Get(r.DecisionsOf("alpha", "cr1"));
    ASSERT_EQ(decisions.size(), 5u);
    EXPECT_EQ(decisions[3].id, "d3");
    EXPECT_EQ(decisions[3].record, R"({"id":"d3"})");
    EXPECT_EQ(decisions[3].context, "context of d3");
    EXPECT_EQ(decisions[3].leaf, 6);
    EXPECT_EQ(decisions[3].outcome, "PERMIT");
    EXPECT_EQ(decisions[3].stage, "send");
    EXPECT_EQ(decisions[3].patient_id, "p1");
    EXPECT_TRUE(Get(r.DecisionsOf("beta", "cr1")).empty());

    const auto some = Get(r.Decisions(At(1), At(4), -1, 2));
    ASSERT_EQ(some.size(), 2u);
    EXPECT_EQ(some[0].id, "d1");
    const auto rest = Get(r.Decisions(At(1), At(4), some[1].leaf, 10));
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].id, "d3");
    EXPECT_EQ(Get(r.Decisions(At(0), At(4), -1, 10)).size(), 4u);

    const auto audit = Get(r.Audit(-1, 3));
    ASSERT_EQ(audit.size(), 3u);
    EXPECT_EQ(audit[0].subject, "Patient/p0");
    EXPECT_EQ(audit[0].action, "create");
    EXPECT_EQ(audit[0].client, "hub");
    EXPECT_EQ(audit[0].at, At(1'800'000'000'000));
    const auto later = Get(r.Audit(audit[2].place, 10));
    ASSERT_EQ(later.size(), 2u);
    EXPECT_EQ(later[1].subject, "Patient/p4");
    EXPECT_EQ(Get(r.Leaves(8, 5)).size(), 2u);
  });
}

TEST_P(StoreContract, ADecisionWithoutContextHasNone) {
  Commit([](Transaction& t) {
    DecisionRow row = DecisionAt(1);
    row.context.reset();
    Ok(t.AddDecision(row));
  });
  Look([](Reader& r) { EXPECT_FALSE(Get(r.DecisionsOf("alpha", "cr1"))[0].context.has_value()); });
}

TEST_P(StoreContract, AFailedWorkTakesItsLeavesAlong) {
  Commit([](Transaction& t) { Ok(t.AppendAudit(AuditOf("Patient/1"))); });
  const fhir::Status failed = store().Update([](Transaction& t) -> fhir::Status {
    Ok(t.AppendAudit(AuditOf("Patient/2")));
    Ok(t.AppendAudit(AuditOf("Patient/3")));
    return fhir::Fail(fhir::ErrorCode::kInvalid, "no");
  });
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(CheckLedger(store()), 1);
  Commit([](Transaction& t) { Ok(t.AppendAudit(AuditOf("Patient/4"))); });
  EXPECT_EQ(CheckLedger(store()), 2);
  Reopen();
  EXPECT_EQ(CheckLedger(store()), 2);
  Commit([](Transaction& t) { Ok(t.AppendAudit(AuditOf("Patient/5"))); });
  EXPECT_EQ(CheckLedger(store()), 3);
}

TEST_P(StoreContract, TheAccessJournalKeepsItsOwnRows) {
  std::atomic<int> done{0};
  for (int i = 0; i < 100; ++i) {
    AuditRow row = AuditOf("Patient/p" + std::to_string(i));
    row.action = "read";
    store().Journal(row, [&](fhir::Status s) {
      EXPECT_TRUE(s.ok());
      ++done;
    });
  }
  Reopen();  // closing writes what is queued
  EXPECT_EQ(done, 100);
  const auto rows = Get(store().ReadJournal(-1, 99));
  ASSERT_EQ(rows.size(), 99u);
  EXPECT_EQ(rows[0].subject, "Patient/p0");
  EXPECT_EQ(rows[1].subject, "Patient/p1");
  const auto last = Get(store().ReadJournal(rows[98].place, 99));
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].subject, "Patient/p99");
  EXPECT_EQ(rows[0].action, "read");
  EXPECT_EQ(CheckLedger(store()), 0);
}

}  // namespace gateway::store
