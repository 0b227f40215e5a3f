// Sessions for views, each on a read-only connection. Private to this folder.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/store/session.h"

namespace gateway::store {

// Any thread. Take waits until one is free: a view inside a view can wait for ever.
class ReaderPool {
 public:
  void Add(std::unique_ptr<Session> session) { free_.push_back(std::move(session)); }

  std::unique_ptr<Session> Take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !free_.empty(); });
    std::unique_ptr<Session> session = std::move(free_.back());
    free_.pop_back();
    return session;
  }

  void GiveBack(std::unique_ptr<Session> session) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(session));
    }
    wake_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::unique_ptr<Session>> free_;
};

}  // namespace gateway::store
