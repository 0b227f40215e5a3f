#include "gateway/store/writer.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <utility>

namespace gateway::store {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Status;

namespace {

// A work seldom fails after it has written. Where one did, the next are expected to.
constexpr int kCarefulGroups = 100;

auto Now() { return std::chrono::steady_clock::now(); }

}  // namespace

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

void Writer::Submit(std::string_view client, Work work, Done done) {
  fhir::Error refusal;
  {
    std::unique_lock lock(mutex_);
    if (!closing_ && queue_.size() < options_.queue_works) {
      queue_.Push(client, {std::move(work), std::move(done), {}});
      lock.unlock();
      wake_.notify_one();
      return;
    }
    refusal = closing_
                  ? Fail(ErrorCode::kUnavailable, "the store is shutting down")
                  : Fail(ErrorCode::kThrottled, "too many writes are waiting; send it again later");
  }
  done(std::move(refusal));
}

bool Writer::WaitForWork() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return closing_ || queue_.ready(); });
  return queue_.ready();
}

void Writer::Loop() {
  std::vector<Item> group;
  while (WaitForWork()) {
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
  Status status = session_->BeginGroup();
  StopIfFatal();
  if (!status.ok()) {
    session_->AbandonGroup();
    const std::lock_guard lock(mutex_);
    while (queue_.ready() && group.size() < options_.group_works) {
      FairQueue<Item>::Taken next = queue_.Take();
      queue_.Done(next.lane, {});
      group.push_back(std::move(next.item));
      group.back().answer = status;
    }
    return End::kKept;
  }
  End end = RunWaiting(group);
  if (end == End::kMixed) {
    careful_groups_ = kCarefulGroups;
    end = RunAgain(group);
  }
  return end == End::kLost ? end : Commit(&status);
}

Writer::End Writer::RunAgain(std::vector<Item>& group) {
  session_->AbandonGroup();
  const bool begun = session_->BeginGroup().ok();
  StopIfFatal();
  End end = begun ? End::kKept : End::kLost;
  for (size_t i = 0; i < group.size() && end == End::kKept; ++i) {
    end = RunOne(group[i], Session::Undo::kAlone);
  }
  if (!begun) session_->AbandonGroup();
  return end;
}

Writer::End Writer::RunWaiting(std::vector<Item>& group) {
  const auto started = Now();
  auto begun = started;
  const auto undo = careful_groups_ > 0 ? Session::Undo::kAlone : Session::Undo::kWithGroup;
  careful_groups_ = std::max(careful_groups_ - 1, 0);
  std::unique_lock lock(mutex_);
  while (HasRoom(group, begun - started)) {
    FairQueue<Item>::Taken next = queue_.Take();
    lock.unlock();
    group.push_back(std::move(next.item));
    const End end = RunOne(group.back(), undo);
    const auto ended = Now();
    lock.lock();
    queue_.Done(next.lane, ended - begun);
    begun = ended;
    if (end != End::kKept) return end;
  }
  return End::kKept;
}

// REQUIRES: mutex_ held. A long work does not join others: they would wait for its end.
bool Writer::HasRoom(const std::vector<Item>& group, FairQueue<Item>::Time spent) const {
  if (!queue_.ready()) return false;
  if (group.empty()) return true;
  return group.size() < options_.group_works && spent + queue_.expected() < options_.group_time;
}

void Writer::RunAlone(Item& item) {
  item.answer = session_->BeginGroup();
  StopIfFatal();
  if (!item.answer.ok()) {
    session_->AbandonGroup();
    return;
  }
  if (RunOne(item, Session::Undo::kAlone) == End::kLost) return;  // the answer says why
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

Writer::End Writer::RunOne(Item& item, Session::Undo undo) {
  item.answer = session_->BeginWork(clock_.Now(), undo);
  const bool begun = item.answer.ok();
  if (begun) item.answer = Call(item);
  StopIfFatal();
  // A work that passes over a failed write is not half kept.
  const Status storage = session_->StorageStatus();
  if (!storage.ok()) item.answer = storage;
  bool kept = begun && session_->GroupStands();
  if (kept && !item.answer.ok() && !session_->CanUndoWork()) return End::kMixed;
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
