#include "gateway/store/journal.h"

#include <cstdlib>
#include <utility>

#include "gateway/store/schema.h"
#include "gateway/store/session.h"

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Result;
using fhir::Status;

namespace {

constexpr size_t kGroupRows = 1024;
constexpr int64_t kLongLogBytes = 16 << 20;

}  // namespace

Result<std::unique_ptr<AccessJournal>> AccessJournal::Open(
    const std::string& file, const std::string& key, size_t queue_rows,
    std::function<void(const std::string&)> fail_stop) {
  std::unique_ptr<AccessJournal> journal(new AccessJournal);
  journal->queue_rows_ = queue_rows;
  journal->fail_stop_ = std::move(fail_stop);
  ConnectionOptions options{.file = file, .key = key, .what = "the access journal"};
  auto writer = Connection::Open(options);
  if (!writer.ok()) return writer.error();
  journal->writer_ = std::move(*writer);
  if (Status s = Migrate(*journal->writer_, File::kJournal); !s.ok()) return s.error();
  options.page_cache_bytes = 64 << 10;
  auto checkpoints = Connection::Open(options);
  if (!checkpoints.ok()) return checkpoints.error();
  journal->checkpointer_ =
      std::make_unique<Checkpointer>(std::move(*checkpoints), kLongLogBytes, journal->fail_stop_);
  journal->checkpointer_->SetFinish([self = journal.get()] { self->checkpoint_wanted_ = true; });
  options.access = Access::kReadOnly;
  auto reader = Connection::Open(options);
  if (!reader.ok()) return reader.error();
  journal->reader_ = std::move(*reader);
  journal->thread_ = std::thread([self = journal.get()] { self->Loop(); });
  return journal;
}

AccessJournal::~AccessJournal() {
  if (checkpointer_) checkpointer_->Stop();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AccessJournal::Add(AuditRow row, Store::Done done) {
  fhir::Error refusal;
  {
    std::unique_lock lock(mutex_);
    if (!closing_ && queue_.size() < queue_rows_) {
      queue_.push_back({std::move(row), std::move(done)});
      lock.unlock();
      wake_.notify_one();
      return;
    }
    refusal = closing_ ? Fail(ErrorCode::kUnavailable, "the store is shutting down")
                       : Fail(ErrorCode::kThrottled,
                              "too many accesses wait to be recorded; send it again later");
  }
  done(std::move(refusal));
}

void AccessJournal::Loop() {
  std::vector<Item> group;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      while (!queue_.empty() && group.size() < kGroupRows) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    if (group.empty()) return;
    const Status written = Write(group);
    for (Item& item : group) item.done(written);
    group.clear();
    checkpointer_->Committed(writer_->log_frames());
    CheckpointIfWanted();
  }
}

Status AccessJournal::Write(const std::vector<Item>& group) {
  writer_->ClearFailure();
  Status status = writer_->Run("BEGIN IMMEDIATE");
  for (size_t i = 0; i < group.size() && status.ok(); ++i) {
    const AuditRow& row = group[i].row;
    status = writer_->Run(
        "INSERT INTO access (at, action, client, programme, subject, outcome, request_id, detail)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        ToMs(row.at), row.action, row.client, row.programme, row.subject, row.outcome,
        row.request_id, row.detail);
  }
  if (status.ok()) status = writer_->Run("COMMIT");
  // Unlike a write of data, an access that is recorded without having been answered does no harm:
  // an uncertain commit is an error to the reader and no more.
  if (!status.ok() && writer_->InTransaction()) (void)writer_->Run("ROLLBACK");
  StopIfFatal();
  return status;
}

void AccessJournal::CheckpointIfWanted() {
  if (!checkpoint_wanted_.exchange(false)) return;
  (void)writer_->Checkpoint();  // a full disk is told to the next access
  StopIfFatal();
}

void AccessJournal::StopIfFatal() {
  if (!Connection::Fatal(writer_->failure())) return;
  fail_stop_(writer_->FailureStatus().error().message +
             ": stopping, because accesses can no longer be recorded; check the disk");
  std::abort();  // fail_stop must not come back
}

Result<std::vector<AuditRow>> AccessJournal::Read(int64_t after, size_t limit) {
  const std::lock_guard lock(reader_mutex_);
  std::vector<AuditRow> found;
  Statement rows = reader_->Query(
      "SELECT at, action, client, programme, subject, outcome, request_id, detail, pk FROM access"
      " WHERE pk > ?1 ORDER BY pk LIMIT ?2",
      after, static_cast<int64_t>(limit));
  while (rows.Step()) {
    AuditRow row;
    row.at = FromMs(rows.Int(0));
    row.action = rows.Text(1);
    row.client = rows.Text(2);
    row.programme = rows.Text(3);
    row.subject = rows.Text(4);
    row.outcome = rows.Text(5);
    row.request_id = rows.Text(6);
    row.detail = rows.Text(7);
    row.place = rows.Int(8);
    found.push_back(std::move(row));
  }
  if (Status s = rows.status(); !s.ok()) return s.error();
  return found;
}

}  // namespace gateway::store
