#include "gateway/store/sqlcipher_store.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "gateway/store/checkpointer.h"
#include "gateway/store/journal.h"
#include "gateway/store/patient_keys.h"
#include "gateway/store/reader_pool.h"
#include "gateway/store/schema.h"
#include "gateway/store/session.h"
#include "gateway/store/writer.h"

namespace gateway::store {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

// A late checkpoint writes a page once that many commits have changed.
constexpr int64_t kLongLogBytes = 32 << 20;

void StopProcess(const std::string& sentence) {
  std::fprintf(stderr, "psgateway: %s\n", sentence.c_str());
  _exit(70);  // EX_SOFTWARE; destructors would write to the file that is in doubt
}

class SqlcipherStore final : public Store {
 public:
  // The two know each other: the checkpointer stops asking before the writer goes.
  ~SqlcipherStore() override {
    if (checkpointer_) checkpointer_->Stop();
  }
  Status Open(const SqlcipherOptions& options, const KeyRing& keys, const Clock& clock);

  const fhir::IndexPlan& Plan() const override { return session_keys_.Plan(); }
  Status Update(std::string_view client, Work work) override;
  void UpdateAsync(std::string_view client, Work work, Done done) override;
  Status View(const Look& look) override { return LookFrom(readers_, look); }
  Status Glance(const Look& look) override { return LookFrom(glances_, look); }
  void Journal(AuditRow row, Done done) override { journal_->Add(std::move(row), std::move(done)); }
  Result<std::vector<AuditRow>> ReadJournal(int64_t after, size_t limit) override {
    return journal_->Read(after, limit);
  }
  Status Shred(std::string_view programme, std::string_view patient_id) override;

  Counters counters() const override { return {writer_->works(), writer_->commits()}; }

 private:
  Status SubmitAndWait(std::string_view client, Writer::Work work);

  Status LookFrom(ReaderPool& pool, const Look& look);

  std::function<void(const std::string&)> fail_stop_;
  std::chrono::milliseconds view_time_{};
  SessionKeys session_keys_;
  // Closed from the last to the first.
  std::unique_ptr<PatientKeys> patient_keys_;
  std::unique_ptr<AccessJournal> journal_;
  ReaderPool readers_;
  ReaderPool glances_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<Writer> writer_;
};

Status SqlcipherStore::Open(const SqlcipherOptions& options, const KeyRing& keys,
                            const Clock& clock) {
  fail_stop_ = options.fail_stop ? options.fail_stop : StopProcess;
  view_time_ = std::chrono::milliseconds(options.view_ms);
  session_keys_.index = keys.Derive("index");
  session_keys_.ledger = keys.Derive("ledger");
  session_keys_.tenant_seal = keys.Derive("tenant-seal");
  session_keys_.plan = options.plan;
  session_keys_.clock = &clock;

  auto patient_keys = PatientKeys::Open(
      options.dir + "/patients.db", keys.Derive("patient-key-file"), keys.Derive("patient-keys"));
  if (!patient_keys.ok()) return patient_keys.error();
  patient_keys_ = std::move(*patient_keys);

  auto journal = AccessJournal::Open(options.dir + "/journal.db", keys.Derive("journal"),
                                     4 * options.queue_works, fail_stop_);
  if (!journal.ok()) return journal.error();
  journal_ = std::move(*journal);

  ConnectionOptions data{.file = options.dir + "/data.db",
                         .key = keys.Derive("store"),
                         .page_cache_bytes = options.page_cache_bytes,
                         .what = "the store"};
  auto writer = Connection::Open(data);
  if (!writer.ok()) return writer.error();
  if (Status s = Migrate(**writer, File::kData); !s.ok()) return s;

  data.page_cache_bytes = 64 << 10;
  auto checkpoints = Connection::Open(data);
  if (!checkpoints.ok()) return checkpoints.error();
  checkpointer_ =
      std::make_unique<Checkpointer>(std::move(*checkpoints), kLongLogBytes, fail_stop_);

  data.access = Access::kReadOnly;
  const int readers = std::max(1, options.readers);
  for (int i = 0; i < readers + std::max(1, options.glances); ++i) {
    data.page_cache_bytes = options.page_cache_bytes / (i < readers ? 8 : 2);
    auto reader = Connection::Open(data);
    if (!reader.ok()) return reader.error();
    (i < readers ? readers_ : glances_)
        .Add(std::make_unique<Session>(std::move(*reader), *patient_keys_, session_keys_));
  }

  WriterOptions writing;
  writing.group_works = options.group_works;
  writing.group_time = std::chrono::milliseconds(options.group_ms);
  writing.queue_works = options.queue_works;
  writing.fail_stop = fail_stop_;
  writing.after_commit = [this](int64_t frames) { checkpointer_->Committed(frames); };
  writer_ = std::make_unique<Writer>(
      std::make_unique<Session>(std::move(*writer), *patient_keys_, session_keys_),
      std::move(writing), clock);
  checkpointer_->SetFinish([this] { writer_->RequestCheckpoint(); });
  return {};
}

Status SqlcipherStore::SubmitAndWait(std::string_view client, Writer::Work work) {
  struct Answer {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Status> status;
  };
  // Shared: who waits may be gone before the writer is done with waking it.
  const auto answer = std::make_shared<Answer>();
  writer_->Submit(client, std::move(work), [answer](Status status) {
    {
      const std::lock_guard lock(answer->mutex);
      answer->status = std::move(status);
    }
    answer->wake.notify_one();
  });
  std::unique_lock lock(answer->mutex);
  answer->wake.wait(lock, [&] { return answer->status.has_value(); });
  return std::move(*answer->status);
}

Status SqlcipherStore::Update(std::string_view client, Work work) {
  return SubmitAndWait(client, [&work](Session& session) { return work(session); });
}

void SqlcipherStore::UpdateAsync(std::string_view client, Work work, Done done) {
  writer_->Submit(
      client, [work = std::move(work)](Session& session) { return work(session); },
      std::move(done));
}

Status SqlcipherStore::Shred(std::string_view programme, std::string_view patient_id) {
  for (;;) {
    bool gone = false;
    Status step = SubmitAndWait({}, [&](Session& session) -> Status {
      Result<bool> erased = session.Erase(programme, patient_id);
      if (!erased.ok()) return erased.error();
      gone = *erased;
      return {};
    });
    if (!step.ok() || gone) return step;
  }
}

Status SqlcipherStore::LookFrom(ReaderPool& pool, const Look& look) {
  std::unique_ptr<Session> session = pool.Take();
  session->connection().ClearFailure();
  Status status = session->BeginView(std::chrono::steady_clock::now() + view_time_);
  if (status.ok()) {
    try {
      status = look(*session);
    } catch (const std::exception& e) {
      status = Fail(ErrorCode::kInternal, std::string("a read failed unexpectedly: ") + e.what());
    }
  }
  session->EndView();
  if (Connection::Fatal(session->connection().failure())) {
    fail_stop_(session->connection().FailureStatus().error().message +
               ": stopping, because what it says can no longer be trusted; check the disk");
    std::abort();  // fail_stop must not come back
  }
  pool.GiveBack(std::move(session));
  return status;
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqlcipherStore(const SqlcipherOptions& options,
                                                  const KeyRing& keys, const Clock& clock) {
  auto store = std::make_unique<SqlcipherStore>();
  if (Status s = store->Open(options, keys, clock); !s.ok()) return s.error();
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace gateway::store
