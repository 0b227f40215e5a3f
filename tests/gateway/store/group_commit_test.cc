#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {

TEST(GroupCommitTest, WorksThatWaitTogetherAreCommittedTogether) {
  SqlcipherHarness harness;
  std::promise<void> hold;
  std::promise<void> held;
  std::atomic<int> done{0};
  harness.store().UpdateAsync(
      [&](Transaction&) -> fhir::Status {
        held.set_value();
        hold.get_future().wait();
        return {};
      },
      [&](const fhir::Status&) { ++done; });
  held.get_future().wait();
  for (int i = 0; i < 100; ++i) {
    harness.store().UpdateAsync(
        [i](Transaction& t) { return t.Write(PatientWrite("p" + std::to_string(i), 1, "x")); },
        [&](const fhir::Status& s) {
          Ok(s);
          ++done;
        });
  }
  const int64_t before = harness.store().counters().commits;
  hold.set_value();
  Ok(harness.store().Update([](Transaction&) -> fhir::Status { return {}; }));
  EXPECT_EQ(done, 101);
  EXPECT_LE(harness.store().counters().commits - before, 3);
  EXPECT_EQ(harness.store().counters().works, 102);
}

// Works run without savepoints of their own, and one of them has written when it fails.
TEST(GroupCommitTest, AWorkThatFailsAfterItsWritesIsTakenOutOfItsGroup) {
  SqlcipherHarness harness;
  std::promise<void> hold;
  std::promise<void> held;
  std::atomic<bool> first{true};  // the group is run again
  harness.store().UpdateAsync(
      [&](Transaction&) -> fhir::Status {
        if (!first.exchange(false)) return {};
        held.set_value();
        hold.get_future().wait();
        return {};
      },
      [](const fhir::Status& s) { Ok(s); });
  held.get_future().wait();
  std::atomic<int> kept{0};
  std::atomic<int> failed{0};
  for (int i = 0; i < 30; ++i) {
    harness.store().UpdateAsync(
        [i](Transaction& t) -> fhir::Status {
          const std::string id = "p" + std::to_string(i);
          if (auto s = t.Write(PatientWrite(id, 1, "x")); !s.ok()) return s;
          if (auto s = t.AppendAudit(AuditOf("Patient/" + id)); !s.ok()) return s;
          if (i % 3 == 1) return fhir::Fail(fhir::ErrorCode::kInvalid, "it breaks a rule");
          return {};
        },
        [&](const fhir::Status& s) { ++(s.ok() ? kept : failed); });
  }
  const int64_t before = harness.store().counters().commits;
  hold.set_value();
  Ok(harness.store().Update([](Transaction&) -> fhir::Status { return {}; }));
  EXPECT_EQ(kept, 20);
  EXPECT_EQ(failed, 10);
  EXPECT_LT(harness.store().counters().commits - before, 20) << "not one for each";
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(HasPatient(harness.store(), "p" + std::to_string(i), "x"), i % 3 != 1) << i;
  }
  Ok(harness.store().View([](Reader& r) -> fhir::Status {
    EXPECT_EQ(Get(r.Ledger()).size, 20);
    EXPECT_EQ(Get(r.Audit(-1, 100)).size(), 20u);
    return {};
  }));
}

// The order in which the writer runs them: a client's many do not go before another one's few.
TEST(GroupCommitTest, OneClientsWorksDoNotGoBeforeAllOthers) {
  SqlcipherHarness harness;
  std::promise<void> hold;
  std::promise<void> held;
  harness.store().UpdateAsync(
      "huge",
      [&](Transaction&) -> fhir::Status {
        held.set_value();
        hold.get_future().wait();
        return {};
      },
      [](const fhir::Status&) {});
  held.get_future().wait();
  std::vector<std::string> order;  // written by the writer's thread
  const auto submit = [&](const char* client) {
    harness.store().UpdateAsync(
        client,
        [&order, client](Transaction&) -> fhir::Status {
          order.emplace_back(client);
          return {};
        },
        [](const fhir::Status& s) { Ok(s); });
  };
  for (int i = 0; i < 50; ++i) submit("huge");
  submit("small");
  hold.set_value();
  Ok(harness.store().Update("last", [](Transaction&) -> fhir::Status { return {}; }));
  harness.Close();
  ASSERT_EQ(order.size(), 51u);
  EXPECT_EQ(order.front(), "small");
}

// A long work is not put behind others that wait for its end: it has a commit of its own.
TEST(GroupCommitTest, ALongWorkJoinsNoGroup) {
  SqlcipherHarness harness;
  const auto slow = [](Transaction&) -> fhir::Status {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    return {};
  };
  Ok(harness.store().Update("huge", slow));  // now the writer knows this client
  std::promise<void> hold;
  std::promise<void> held;
  harness.store().UpdateAsync(
      "first",
      [&](Transaction&) -> fhir::Status {
        held.set_value();
        hold.get_future().wait();
        return {};
      },
      [](const fhir::Status&) {});
  held.get_future().wait();
  std::atomic<bool> slow_begun{false};
  std::promise<bool> small_was_first;
  harness.store().UpdateAsync(
      "small", [](Transaction&) -> fhir::Status { return {}; },
      [&](const fhir::Status& s) {
        Ok(s);
        small_was_first.set_value(!slow_begun);
      });
  harness.store().UpdateAsync(
      "huge",
      [&](Transaction& t) -> fhir::Status {
        slow_begun = true;
        return slow(t);
      },
      [](const fhir::Status& s) { Ok(s); });
  hold.set_value();
  EXPECT_TRUE(small_was_first.get_future().get());
  harness.Close();
}

TEST(GroupCommitTest, AFullQueueThrottlesAndACloseAnswersEverybody) {
  TempDir dir;
  ManualClock clock;
  SqlcipherOptions options;
  options.dir = dir.path();
  options.queue_works = 4;
  auto store = Get(OpenSqlcipherStore(options, RingIn(dir.path()), clock));
  std::promise<void> hold;
  std::promise<void> held;
  std::atomic<int> written{0};
  std::atomic<int> throttled{0};
  store->UpdateAsync(
      [&](Transaction&) -> fhir::Status {
        held.set_value();
        hold.get_future().wait();
        return {};
      },
      [](const fhir::Status&) {});
  held.get_future().wait();
  for (int i = 0; i < 10; ++i) {
    store->UpdateAsync(
        [i](Transaction& t) { return t.Write(PatientWrite("p" + std::to_string(i), 1, "x")); },
        [&](const fhir::Status& s) {
          if (s.ok()) {
            ++written;
          } else {
            EXPECT_EQ(s.error().code, fhir::ErrorCode::kThrottled);
            ++throttled;
          }
        });
  }
  hold.set_value();
  store.reset();
  EXPECT_EQ(written, 4);
  EXPECT_EQ(throttled, 6);
}

// A refusal is answered in the caller's thread, where it may submit again.
TEST(GroupCommitTest, ARefusedWorkMaySubmitAgain) {
  TempDir dir;
  ManualClock clock;
  SqlcipherOptions options;
  options.dir = dir.path();
  options.queue_works = 0;
  auto store = Get(OpenSqlcipherStore(options, RingIn(dir.path()), clock));
  int refused = 0;
  const auto work = [](Transaction&) -> fhir::Status { return {}; };
  store->UpdateAsync(work, [&](const fhir::Status& first) {
    refused += first.ok() ? 0 : 1;
    store->UpdateAsync(work, [&](const fhir::Status& second) { refused += second.ok() ? 0 : 1; });
  });
  EXPECT_EQ(refused, 2);
}

TEST(ViewTest, WhatTakesTooLongFailsAndTheNextViewIsWhole) {
  TempDir dir;
  ManualClock clock;
  SqlcipherOptions options;
  options.dir = dir.path();
  options.readers = 1;
  options.view_ms = 50;
  auto store = Get(OpenSqlcipherStore(options, RingIn(dir.path()), clock));
  Ok(CreatePatient(*store, "p1", "one"));
  const fhir::Status slow = store->View([](Reader& r) -> fhir::Status {
    std::this_thread::sleep_for(std::chrono::milliseconds(80));
    const auto found = r.Read("alpha", "Patient", "p1");
    if (!found.ok()) return found.error();
    return {};
  });
  ASSERT_FALSE(slow.ok());
  EXPECT_EQ(slow.error().code, fhir::ErrorCode::kTimeout);
  EXPECT_TRUE(HasPatient(*store, "p1", "one"));
}

// A glance has snapshots of its own.
TEST(ViewTest, AGlanceDoesNotWaitForViews) {
  TempDir dir;
  ManualClock clock;
  SqlcipherOptions options;
  options.dir = dir.path();
  options.readers = 1;
  auto store = Get(OpenSqlcipherStore(options, RingIn(dir.path()), clock));
  Ok(CreatePatient(*store, "p1", "one"));
  bool seen = false;
  Ok(store->View([&](Reader&) -> fhir::Status {
    return store->Glance([&](Reader& r) -> fhir::Status {
      seen = Get(r.Read("alpha", "Patient", "p1")).has_value();
      return {};
    });
  }));
  EXPECT_TRUE(seen);
}

}  // namespace gateway::store
