#include "gateway/store/checkpointer.h"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace gateway::store {
namespace {

// When nothing is written any more a short log makes the next start quick.
constexpr int64_t kIdleLogFrames = (1 << 20) / Connection::kPageBytes;
constexpr std::chrono::seconds kIdle{1};

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection, int64_t log_bytes,
                           std::function<void(const std::string&)> fail_stop)
    : connection_(std::move(connection)),
      long_log_frames_(log_bytes / Connection::kPageBytes),
      fail_stop_(std::move(fail_stop)) {
  thread_ = std::thread([this] { Loop(); });
}

Checkpointer::~Checkpointer() { Stop(); }

void Checkpointer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::Committed(int64_t frames) {
  bool now_long = false;
  {
    const std::lock_guard lock(mutex_);
    frames_ = frames;
    now_long = frames >= long_log_frames_;
  }
  if (now_long) wake_.notify_one();
}

void Checkpointer::Loop() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    const auto changed = [this] { return closing_ || frames_ >= long_log_frames_; };
    // With an empty log there is nothing to come back for.
    if (frames_ < kIdleLogFrames) {
      wake_.wait_for(lock, 5 * kIdle, changed);
    } else {
      wake_.wait_for(lock, kIdle, changed);
    }
    if (closing_) return;
    const bool idle = frames_ == seen_frames_ && frames_ >= kIdleLogFrames;
    seen_frames_ = frames_;
    if (frames_ < long_log_frames_ && !idle) continue;
    frames_ = 0;
    lock.unlock();
    Run();
    lock.lock();
  }
}

void Checkpointer::Run() {
  const fhir::Result<int64_t> left = connection_->Checkpoint();
  if (Connection::Fatal(connection_->failure())) {
    fail_stop_(connection_->FailureStatus().error().message +
               ": stopping, because what it says can no longer be trusted; check the disk");
    std::abort();  // fail_stop must not come back
  }
  connection_->ClearFailure();
  if (left.ok() && finish_) finish_();
}

}  // namespace gateway::store
