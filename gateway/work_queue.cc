#include "gateway/work_queue.h"

#include <chrono>
#include <utility>

namespace gateway {

WorkQueue::WorkQueue(int threads, size_t capacity, int threads_of_one)
    : capacity_(capacity), queue_(static_cast<size_t>(threads_of_one)) {
  threads_.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkQueue::~WorkQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkQueue::Post(std::string_view client, std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || queue_.size() >= capacity_) return false;
    if (!client.empty() && queue_.size(client) >= capacity_ / 2) return false;
    queue_.Push(client, std::move(work));
  }
  wake_.notify_one();
  return true;
}

void WorkQueue::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return queue_.ready() || (closing_ && queue_.size() == 0); });
    if (!queue_.ready()) return;
    auto next = queue_.Take();
    lock.unlock();
    const auto begun = std::chrono::steady_clock::now();
    next.item();
    next.item = nullptr;
    lock.lock();
    queue_.Done(next.lane, std::chrono::steady_clock::now() - begun);
    if (closing_) wake_.notify_all();  // some wait for the queue to be empty
  }
}

}  // namespace gateway
