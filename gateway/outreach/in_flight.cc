#include "gateway/outreach/in_flight.h"

#include <algorithm>

namespace gateway::outreach {

bool InFlight::Begin(const Key& key) {
  const std::lock_guard lock(mutex_);
  return attempts_.emplace(key, State::kBegun).second;
}

void InFlight::Settled(const Key& key) {
  {
    const std::lock_guard lock(mutex_);
    attempts_.erase(key);
  }
  settled_.notify_all();
}

bool InFlight::AbortAndWait(const std::vector<Key>& keys, std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  std::vector<Key> begun;
  for (const Key& key : keys) {
    const auto [it, fresh] = attempts_.emplace(key, State::kAborted);
    if (!fresh && it->second == State::kBegun) begun.push_back(key);
  }
  const auto still_out = [&](const Key& key) {
    const auto it = attempts_.find(key);
    return it != attempts_.end() && it->second == State::kBegun;
  };
  return settled_.wait_for(lock, deadline,
                           [&] { return std::none_of(begun.begin(), begun.end(), still_out); });
}

}  // namespace gateway::outreach
