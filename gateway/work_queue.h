// A few threads for work that may block (a durable commit, a partner's answer), with a bounded fair
// queue.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/fair_queue.h"

namespace gateway {

// Any thread. Destruction runs what is queued, then joins.
class WorkQueue {
 public:
  // No client has more than `threads_of_one` of the threads at a time.
  WorkQueue(int threads, size_t capacity, int threads_of_one);
  WorkQueue(int threads, size_t capacity) : WorkQueue(threads, capacity, threads) {}
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // False when the queue is full, or half full of this client's work, or closing; the work is then
  // not taken.
  bool Post(std::string_view client, std::function<void()> work);
  // Work of no client.
  bool Post(std::function<void()> work) { return Post({}, std::move(work)); }

 private:
  void Run();

  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable wake_;
  FairQueue<std::function<void()>> queue_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gateway
