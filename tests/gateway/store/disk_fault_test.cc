// A file system that fails at a chosen write or sync. Nothing acknowledged may be lost, nothing
// half written may be seen; what cannot be trusted any more stops the process.
#include <sqlite3.h>
#include <sys/mount.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <mutex>

#include "tests/gateway/store/sqlcipher_harness.h"

namespace gateway::store {
namespace {

using fhir::ErrorCode;

// ---- the file system: the one of SQLite with other writes and syncs

std::atomic<int> g_writes_before_failure{-1};  // -1: never
std::atomic<int> g_syncs_before_failure{-1};
std::atomic<int> g_code{SQLITE_OK};
sqlite3_vfs g_vfs;
sqlite3_vfs* g_base = nullptr;
// SQLite has two tables of methods, with and without locks; their writes and syncs are the same.
struct Methods {
  const sqlite3_io_methods* base = nullptr;
  sqlite3_io_methods faulty;
};
Methods g_methods[2];
std::mutex g_methods_mutex;

bool Fails(std::atomic<int>& before_failure) {
  if (before_failure < 0) return false;
  if (before_failure == 0) return true;  // and from then on
  --before_failure;
  return false;
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  if (Fails(g_writes_before_failure)) return g_code;
  return g_methods[0].base->xWrite(file, bytes, size, at);
}

int Sync(sqlite3_file* file, int flags) {
  if (Fails(g_syncs_before_failure)) return g_code;
  return g_methods[0].base->xSync(file, flags);
}

int Open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = g_base->xOpen(g_base, name, file, flags, out_flags);
  if (code != SQLITE_OK) return code;
  const std::lock_guard lock(g_methods_mutex);
  for (Methods& methods : g_methods) {
    if (methods.base == nullptr) {
      methods.base = file->pMethods;
      methods.faulty = *file->pMethods;
      methods.faulty.xWrite = Write;
      methods.faulty.xSync = Sync;
    }
    if (methods.base != file->pMethods) continue;
    file->pMethods = &methods.faulty;
    break;
  }
  return SQLITE_OK;
}

void InstallFaultyFileSystem() {
  if (g_base != nullptr) return;
  sqlite3_initialize();
  g_base = sqlite3_vfs_find(nullptr);
  g_vfs = *g_base;
  g_vfs.zName = "faulty";
  g_vfs.xOpen = Open;
  sqlite3_vfs_register(&g_vfs, 1);
}

class DiskFaultTest : public testing::Test {
 protected:
  DiskFaultTest() { InstallFaultyFileSystem(); }
  ~DiskFaultTest() override {
    Heal();
    sqlite3_vfs_register(g_base, 1);
    sqlite3_vfs_unregister(&g_vfs);
    g_base = nullptr;
  }
  static void Heal() { g_writes_before_failure = g_syncs_before_failure = -1; }
};
using DiskFaultDeathTest = DiskFaultTest;

// ---- what is written under faults

constexpr int kWorks = 8;

// Answers which of the works were acknowledged; the others must say that the disk is full.
std::vector<bool> WriteGroup(Store& store, const std::string& prefix) {
  std::vector<std::promise<fhir::Status>> answers(kWorks);
  for (int i = 0; i < kWorks; ++i) {
    store.UpdateAsync(
        [&prefix, i](Transaction& t) -> fhir::Status {
          const std::string id = prefix + std::to_string(i);
          // One of them is too large for the page cache's patience, one fails by itself.
          const std::string body(i == 3 ? 60'000 : 500, 'x');
          if (auto s = t.Write(PatientWrite(id, 1, body, {{"a", id}})); !s.ok()) return s;
          if (auto s = t.AppendAudit(AuditOf(id)); !s.ok()) return s;
          if (i == 5) return fhir::Fail(ErrorCode::kInvalid, "no");
          return {};
        },
        [&answers, i](fhir::Status s) { answers[i].set_value(std::move(s)); });
  }
  std::vector<bool> acknowledged;
  for (int i = 0; i < kWorks; ++i) {
    const fhir::Status status = answers[i].get_future().get();
    acknowledged.push_back(status.ok());
    if (status.ok() || i == 5) continue;
    EXPECT_EQ(status.error().code, ErrorCode::kUnavailable) << status.error().message;
    EXPECT_NE(status.error().message.find("disk full"), std::string::npos)
        << status.error().message;
  }
  return acknowledged;
}

void ExpectExactly(Store& store, const std::string& prefix, const std::vector<bool>& written) {
  Ok(store.View([&](Reader& r) -> fhir::Status {
    for (int i = 0; i < kWorks; ++i) {
      const std::string id = prefix + std::to_string(i);
      EXPECT_EQ(Get(r.Read("alpha", "Patient", id)).has_value(), written[i]) << id;
      EXPECT_EQ(Get(r.Search(PatientQuery({{"a", {id}}}))).matches.size(), written[i] ? 1u : 0u);
    }
    return {};
  }));
}

int Count(const std::vector<bool>& flags) {
  return static_cast<int>(std::count(flags.begin(), flags.end(), true));
}

}  // namespace

TEST_F(DiskFaultTest, ADiskThatFillsAtAnyWriteLosesNothingAndTheStoreGoesOn) {
  SqlcipherHarness harness;
  int64_t leaves = 0;
  int refused = 0;
  for (int writes = 0; writes < 60; ++writes) {
    const std::string prefix = "w" + std::to_string(writes) + "-";
    g_code = SQLITE_FULL;
    g_writes_before_failure = writes;
    const std::vector<bool> written = WriteGroup(harness.store(), prefix);
    Heal();
    refused += kWorks - 1 - Count(written);
    ExpectExactly(harness.store(), prefix, written);
    leaves += Count(written);
    EXPECT_EQ(CheckLedger(harness.store()), leaves) << writes;
    // What was refused can be sent again.
    Ok(CreatePatient(harness.store(), prefix + "again", "x"));
    ++leaves;
    if (writes % 20 == 19) harness.Reopen();
  }
  EXPECT_GT(refused, 20);
  EXPECT_EQ(CheckLedger(harness.store()), leaves);
}

TEST_F(DiskFaultTest, AJournalThatCannotBeWrittenSaysSo) {
  SqlcipherHarness harness;
  g_code = SQLITE_FULL;
  g_writes_before_failure = 0;
  std::promise<fhir::Status> answer;
  harness.store().Journal(AuditOf("x"), [&](fhir::Status s) { answer.set_value(std::move(s)); });
  const fhir::Status status = answer.get_future().get();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  Heal();
  std::promise<fhir::Status> second;
  harness.store().Journal(AuditOf("y"), [&](fhir::Status s) { second.set_value(std::move(s)); });
  Ok(second.get_future().get());
  EXPECT_EQ(Get(harness.store().ReadJournal(-1, 9)).size(), 1u);
}

TEST_F(DiskFaultDeathTest, AFailedSyncOrWriteStopsTheProcessWithoutAnAnswer) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto fail_at = [](std::atomic<int>& counter, int code) {
    SqlcipherHarness harness;
    Ok(CreatePatient(harness.store(), "p1", "one"));
    g_code = code;
    counter = 0;
    (void)CreatePatient(harness.store(), "p2", "two");
    std::fputs("an answer left\n", stderr);
    _exit(0);
  };
  EXPECT_EXIT(fail_at(g_syncs_before_failure, SQLITE_IOERR_FSYNC), testing::ExitedWithCode(70),
              "can no longer be trusted");
  EXPECT_EXIT(fail_at(g_writes_before_failure, SQLITE_IOERR_WRITE), testing::ExitedWithCode(70),
              "can no longer be trusted");
}

// A real full disk, where the system lets us make one.
TEST(DiskFullTest, ASmallFileSystemFillsUpAndIsUsableAgain) {
  TempDir mount_point;
  if (mount("none", mount_point.path().c_str(), "tmpfs", 0, "size=6m") != 0) {
    GTEST_SKIP() << "mounting a small tmpfs needs root";
  }
  {
    ManualClock clock;
    const std::string dir = mount_point.path() + "/store";
    std::filesystem::create_directory(dir);
    auto store = Get(OpenIn(dir, clock));
    const std::string ballast = mount_point.path() + "/ballast";
    std::ofstream(ballast) << std::string(1 << 20, 'x');
    const std::string body(20'000, 'x');
    std::vector<std::string> written;
    fhir::Status status;
    for (int i = 0; i < 2'000 && status.ok(); ++i) {
      const std::string id = "p" + std::to_string(i);
      status = CreatePatient(*store, id, body);
      if (status.ok()) written.push_back(id);
    }
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::kUnavailable) << status.error().message;
    EXPECT_NE(status.error().message.find("disk full"), std::string::npos);
    for (const std::string& id : written) EXPECT_TRUE(HasPatient(*store, id, body)) << id;
    std::filesystem::remove(ballast);
    Ok(CreatePatient(*store, "after", body));
    EXPECT_EQ(CheckLedger(*store), static_cast<int64_t>(written.size()) + 1);
    store.reset();
    store = Get(OpenIn(dir, clock));
    EXPECT_TRUE(HasPatient(*store, "after", body));
    EXPECT_EQ(CheckLedger(*store), static_cast<int64_t>(written.size()) + 1);
  }
  umount(mount_point.path().c_str());
}

}  // namespace gateway::store
