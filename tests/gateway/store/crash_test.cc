// What was acknowledged is there after kill -9, and the ledger fits.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

constexpr int kKills = 12;
constexpr int kThreads = 4;

// Writes patients until killed; tells each acknowledged one through the pipe.
[[noreturn]] void WriteUntilKilled(const std::string& dir, int round, int pipe) {
  ManualClock clock;
  auto store = Get(OpenIn(dir, clock));
  std::vector<std::thread> threads;
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&, n] {
      for (int32_t i = n; true; i += kThreads) {
        const std::string id = std::to_string(round) + "-" + std::to_string(i);
        if (!CreatePatient(*store, id, "body of " + id).ok()) _exit(1);
        if (write(pipe, &i, sizeof i) != sizeof i) _exit(1);
      }
    });
  }
  threads[0].join();
  _exit(1);
}

}  // namespace

TEST(CrashTest, AcknowledgedWritesSurviveKill9) {
  TempDir dir;
  (void)RingIn(dir.path());
  ManualClock clock;
  std::set<std::string> acknowledged;
  for (int round = 0; round < kKills; ++round) {
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(fds[0]);
      WriteUntilKilled(dir.path(), round, fds[1]);
    }
    close(fds[1]);
    int32_t number = 0;
    for (int told = 0; told < 10 + 17 * round; ++told) {
      ASSERT_EQ(read(fds[0], &number, sizeof number), static_cast<ssize_t>(sizeof number));
      acknowledged.insert(std::to_string(round) + "-" + std::to_string(number));
    }
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    // What it told between our last read and its end was acknowledged too.
    while (read(fds[0], &number, sizeof number) == sizeof number) {
      acknowledged.insert(std::to_string(round) + "-" + std::to_string(number));
    }
    close(fds[0]);

    auto store = Get(OpenIn(dir.path(), clock));
    int64_t stored = 0;
    Ok(store->View([&](Reader& r) -> fhir::Status {
      for (const std::string& id : acknowledged) {
        const auto found = Get(r.Read("alpha", "Patient", id));
        EXPECT_TRUE(found.has_value() && found->bytes == "body of " + id) << id;
      }
      SearchQuery query = PatientQuery();
      query.count = 0;
      query.with_total = true;
      stored = Get(r.Search(query)).total;
      return {};
    }));
    EXPECT_GE(stored, static_cast<int64_t>(acknowledged.size()));
    EXPECT_EQ(CheckLedger(*store), stored);  // a leaf each, none more
  }
}

TEST(CrashTest, TwoProcessesKeepOneLedger) {
  TempDir dir;
  (void)RingIn(dir.path());
  ManualClock clock;
  constexpr int kWrites = 60;
  int to_child[2];
  int to_parent[2];
  ASSERT_EQ(pipe(to_child), 0);
  ASSERT_EQ(pipe(to_parent), 0);
  const auto write_in_turn = [&](const std::string& who, int in, int out) {
    auto store = Get(OpenIn(dir.path(), clock));
    char turn = 't';
    for (int i = 0; i < kWrites; ++i) {
      if (read(in, &turn, 1) != 1) return false;
      // Both write under one new programme and for one patient now and then.
      const std::string id = who + std::to_string(i);
      if (!CreatePatient(*store, id, "x").ok()) return false;
      const fhir::Status shared = store->Update([&](Transaction& t) -> fhir::Status {
        ResourceWrite consent = PatientWrite(id, 1, "consent");
        consent.type = "Consent" + std::to_string(i / 4);
        consent.patient = "Patient/shared" + std::to_string(i / 2);
        return t.Write(consent);
      });
      if (!shared.ok() || write(out, &turn, 1) != 1) return false;
    }
    return true;
  };
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that fails must not leave it waiting
    _exit(write_in_turn("b", to_child[0], to_parent[1]) ? 0 : 1);
  }
  ASSERT_EQ(write(to_parent[1], "t", 1), 1);
  EXPECT_TRUE(write_in_turn("a", to_parent[0], to_child[1]));
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  auto store = Get(OpenIn(dir.path(), clock));
  EXPECT_EQ(CheckLedger(*store), 2 * kWrites);
  Ok(store->View([&](Reader& r) -> fhir::Status {
    for (int i = 0; i < kWrites; ++i) {
      for (const char* who : {"a", "b"}) {
        const std::string id = who + std::to_string(i);
        EXPECT_EQ(Get(r.Read("alpha", "Patient", id))->bytes, "x");
        EXPECT_EQ(Get(r.Read("alpha", "Consent" + std::to_string(i / 4), id))->bytes, "consent");
      }
    }
    return {};
  }));
  for (const int fd : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) close(fd);
}

TEST(CrashTest, AKeyDestroyedByAnotherProcessIsGoneHereToo) {
  SqlcipherHarness harness;
  Ok(CreatePatient(harness.store(), "p1", "one"));
  EXPECT_TRUE(HasPatient(harness.store(), "p1", "one"));
  // A second store on the same files stands for the other process.
  auto other = Get(OpenIn(harness.dir(), harness.clock()));
  Ok(other->Shred("alpha", "p1"));
  Ok(harness.store().View([](Reader& r) -> fhir::Status {
    EXPECT_TRUE(Get(r.Read("alpha", "Patient", "p1"))->shredded);
    return {};
  }));
}

}  // namespace gateway::store
