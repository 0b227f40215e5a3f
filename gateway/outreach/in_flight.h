// Which claimed attempts have begun to leave. An opt-out calls AbortAndWait after its commit: what
// has not begun never begins, what has begun is waited for. Keyed by the store's attempt key per
// tenant.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store/records.h"

namespace gateway::outreach {

// Any thread.
class InFlight {
 public:
  using Key = std::pair<std::string, int64_t>;  // tenant, attempt

  // The last gate before an adapter is called. False: aborted, must not be sent.
  bool Begin(const Key& key);
  // After the attempt's end is committed.
  void Settled(const Key& key);
  // (An attempt that settles in the moment before the call leaves its mark behind: one small
  // entry.) Answers whether every attempt was settled or aborted before the deadline.
  bool AbortAndWait(const std::vector<Key>& keys, std::chrono::milliseconds deadline);

 private:
  enum class State { kAborted, kBegun };
  std::mutex mutex_;
  std::condition_variable settled_;
  std::map<Key, State> attempts_;
};

}  // namespace gateway::outreach
