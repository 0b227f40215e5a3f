#include "gateway/store/writer.h"

#include <cstdlib>
#include <exception>
#include <utility>

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Status;

Writer::Writer(std::unique_ptr<Session> session, WriterOptions options, const Clock& clock)
    : session_(std::move(session)), options_(std::move(options)), clock_(clock) {
  thread_ = std::thread([this] { Loop(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Writer::Submit(Work work, Done done) {
  fhir::Error refusal;
  {
    const std::lock_guard lock(mutex_);
    if (!closing_ && queue_.size() < options_.queue_works) {
      queue_.push_back({std::move(work), std::move(done), {}});
      wake_.notify_one();
      return;
    }
    refusal = closing_
                  ? Fail(ErrorCode::kUnavailable, "the store is shutting down")
                  : Fail(ErrorCode::kThrottled, "too many writes are waiting; send it again later");
  }
  done(std::move(refusal));
}

bool Writer::WaitForWork(std::vector<Item>& group) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
  while (!queue_.empty() && group.size() < options_.group_works) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return !group.empty();
}

// What arrived while the group was running joins it.
bool Writer::TakeMore(std::vector<Item>& group, std::chrono::steady_clock::time_point started) {
  if (std::chrono::steady_clock::now() - started >= options_.group_time) return false;
  const std::lock_guard lock(mutex_);
  const size_t before = group.size();
  while (!queue_.empty() && group.size() < options_.group_works) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group.size() > before;
}

void Writer::Loop() {
  std::vector<Item> group;
  while (WaitForWork(group)) {
    RunGroup(group);
    for (Item& item : group) item.done(std::move(item.answer));
    group.clear();
    if (options_.after_commit) options_.after_commit(session_->connection().log_frames());
    CheckpointIfWanted();
  }
}

void Writer::RunGroup(std::vector<Item>& group) {
  if (RunTogether(group) == End::kLost) {
    // Nothing of it is written. One of the works may be what does not fit: each for itself.
    for (Item& item : group) RunAlone(item);
  }
  for (const Item& item : group) works_ += item.answer.ok() ? 1 : 0;
}

Writer::End Writer::RunTogether(std::vector<Item>& group) {
  const auto started = std::chrono::steady_clock::now();
  Status status = session_->BeginGroup();
  StopIfFatal();
  if (!status.ok()) {
    session_->AbandonGroup();
    for (Item& item : group) item.answer = status;
    return End::kKept;
  }
  size_t next = 0;
  do {
    for (; next < group.size(); ++next) {
      if (RunOne(group[next]) == End::kLost) return End::kLost;
    }
  } while (TakeMore(group, started));
  return Commit(&status);
}

void Writer::RunAlone(Item& item) {
  item.answer = session_->BeginGroup();
  StopIfFatal();
  if (!item.answer.ok()) {
    session_->AbandonGroup();
    return;
  }
  if (RunOne(item) == End::kLost) return;  // the answer says why
  Status committed;
  if (Commit(&committed) == End::kLost) item.answer = committed;
}

Status Writer::Call(Item& item) {
  try {
    return item.work(*session_);
  } catch (const std::exception& e) {
    return Fail(ErrorCode::kInternal, std::string("a write failed unexpectedly: ") + e.what());
  }
}

Writer::End Writer::RunOne(Item& item) {
  item.answer = session_->BeginWork(clock_.Now());
  const bool begun = item.answer.ok();
  if (begun) item.answer = Call(item);
  StopIfFatal();
  // A work that passes over a failed write is not half kept.
  const Status storage = session_->StorageStatus();
  if (!storage.ok()) item.answer = storage;
  bool kept = begun && session_->GroupStands();
  if (kept) kept = (item.answer.ok() ? session_->KeepWork() : session_->UndoWork()).ok();
  StopIfFatal();
  if (kept) return End::kKept;
  session_->AbandonGroup();
  if (item.answer.ok()) {
    item.answer = Fail(ErrorCode::kUnavailable, "the write was rolled back; send it again");
  }
  return End::kLost;
}

Writer::End Writer::Commit(Status* status) {
  bool uncertain = false;
  *status = session_->CommitGroup(&uncertain);
  StopIfFatal();
  if (status->ok()) {
    ++commits_;
    return End::kKept;
  }
  if (uncertain) {
    Stop("whether the last commit is on disk is uncertain (" + status->error().message +
         "): check the disk, then start again; unacknowledged writes may or may not be there");
  }
  session_->AbandonGroup();
  return End::kLost;
}

void Writer::CheckpointIfWanted() {
  if (!checkpoint_wanted_.exchange(false)) return;
  (void)session_->connection().Checkpoint();  // a full disk is told to the next write
  StopIfFatal();
}

void Writer::StopIfFatal() {
  if (const std::string sentence = session_->FatalSentence(); !sentence.empty()) Stop(sentence);
}

void Writer::Stop(const std::string& sentence) {
  options_.fail_stop(sentence);
  std::abort();  // fail_stop must not come back
}

}  // namespace gateway::store
