#include <future>
#include <stdexcept>
#include <thread>

#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {

using fhir::ErrorCode;

TEST_P(StoreContract, AcknowledgedWritesSurviveReopening) {
  Commit([](Transaction& t) { Ok(t.Write(PatientWrite("p1", 1, "one"))); });
  Reopen();
  Look([](Reader& r) { EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, "one"); });
}

TEST_P(StoreContract, AWorkSeesItsOwnWritesAndAnErrorUndoesThemAll) {
  const fhir::Status status = store().Update([](Transaction& t) -> fhir::Status {
    ResourceWrite write = PatientWrite("p1", 1, "one", {{"identifier", "s|1"}});
    write.programme = "unheard of";
    Ok(t.Write(write));
    EXPECT_EQ(Get(t.Read("unheard of", "Patient", "p1"))->bytes, "one");
    SearchQuery query = PatientQuery({{"identifier", {"s|1"}}});
    query.programme = "unheard of";
    EXPECT_EQ(Get(t.Search(query)).matches.size(), 1u);
    Ok(t.PutDocument("programme", "alpha", "1"));
    return fhir::Fail(ErrorCode::kInvalid, "it breaks a rule");
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(status.error().message, "it breaks a rule");
  Look([](Reader& r) {
    EXPECT_FALSE(Get(r.Read("unheard of", "Patient", "p1")).has_value());
    EXPECT_FALSE(Get(r.Document("programme", "alpha")).has_value());
  });
  // What the failed work had put into caches is gone with it.
  Commit([](Transaction& t) {
    ResourceWrite write = PatientWrite("p1", 1, "again");
    write.programme = "another";
    Ok(t.Write(write));
    write.programme = "unheard of";
    Ok(t.Write(write));
  });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.Read("unheard of", "Patient", "p1"))->bytes, "again");
    EXPECT_EQ(Get(r.Read("another", "Patient", "p1"))->bytes, "again");
  });
}

TEST_P(StoreContract, AnExceptionIsAnErrorAndUndoesTheWork) {
  const fhir::Status status = store().Update([](Transaction& t) -> fhir::Status {
    Ok(t.Write(PatientWrite("p1", 1, "one")));
    throw std::runtime_error("surprise");
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInternal);
  const fhir::Status look =
      store().View([](Reader&) -> fhir::Status { throw std::runtime_error("surprise"); });
  ASSERT_FALSE(look.ok());
  EXPECT_EQ(look.error().code, ErrorCode::kInternal);
  Look([](Reader& r) { EXPECT_FALSE(Get(r.Read("alpha", "Patient", "p1")).has_value()); });
}

TEST_P(StoreContract, AFailingWorkOfAGroupFailsAlone) {
  std::vector<std::promise<fhir::Status>> answers(20);
  for (int i = 0; i < 20; ++i) {
    store().UpdateAsync(
        [i](Transaction& t) -> fhir::Status {
          Ok(t.Write(PatientWrite("p" + std::to_string(i), 1, "x")));
          Ok(t.AppendAudit(AuditOf("Patient/p" + std::to_string(i))));
          if (i % 3 == 0) return fhir::Fail(ErrorCode::kInvalid, "no");
          return {};
        },
        [&, i](fhir::Status s) { answers[i].set_value(std::move(s)); });
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(answers[i].get_future().get().ok(), i % 3 != 0) << i;
  Look([](Reader& r) {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(Get(r.Read("alpha", "Patient", "p" + std::to_string(i))).has_value(), i % 3 != 0);
    }
  });
  EXPECT_EQ(CheckLedger(store()), 13);
}

TEST_P(StoreContract, ManyThreadsWriteSerially) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  Commit([](Transaction& t) { Ok(t.Write(PatientWrite("counter", 1, "1"))); });
  std::vector<std::thread> threads;
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([this] {
      for (int i = 0; i < kEach; ++i) {
        Ok(store().Update([](Transaction& t) -> fhir::Status {
          const auto present = Get(t.Read("alpha", "Patient", "counter"));
          const std::string next = std::to_string(std::stoi(present->bytes) + 1);
          return t.Write(PatientWrite("counter", present->version + 1, next));
        }));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.Read("alpha", "Patient", "counter"))->bytes,
              std::to_string(1 + kThreads * kEach));
  });
}

TEST_P(StoreContract, AViewIsAStableSnapshot) {
  Commit([](Transaction& t) { Ok(t.Write(PatientWrite("p1", 1, "one"))); });
  Look([this](Reader& r) {
    EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, "one");
    Commit([](Transaction& t) {
      Ok(t.Write(PatientWrite("p1", 2, "two")));
      Ok(t.Write(PatientWrite("p2", 1, "new")));
    });
    EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, "one");
    EXPECT_FALSE(Get(r.Read("alpha", "Patient", "p2")).has_value());
  });
  Look([](Reader& r) { EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, "two"); });
}

TEST_P(StoreContract, TimeNeverGoesBackBeforeACommit) {
  Instant first{};
  Instant second{};
  Commit([&](Transaction& t) {
    first = t.Now();
    EXPECT_EQ(first, clock().Now());
  });
  clock().Advance(-60'000);
  Commit([&](Transaction& t) { second = t.Now(); });
  EXPECT_GE(second, first);
  Reopen();
  Commit([&](Transaction& t) { EXPECT_GE(t.Now(), first); });
  clock().Advance(120'000);
  Commit([&](Transaction& t) { EXPECT_EQ(t.Now(), clock().Now()); });
}

TEST_P(StoreContract, ADoneMaySubmitAgain) {
  std::promise<fhir::Status> answer;
  store().UpdateAsync([](Transaction& t) { return t.Write(PatientWrite("p1", 1, "one")); },
                      [&](fhir::Status first) {
                        Ok(first);
                        store().UpdateAsync(
                            [](Transaction& t) { return t.Write(PatientWrite("p1", 2, "two")); },
                            [&](fhir::Status second) { answer.set_value(std::move(second)); });
                      });
  Ok(answer.get_future().get());
}

}  // namespace gateway::store
