// A queue with a lane for each client: next is the lane that has had the least of the time which
// the queue shares out, so a client with much to do waits for its own work, not the others for it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace gateway {

// One thread at a time: the owner's mutex guards it. Empty lanes that owe nothing are forgotten.
template <class Item>
class FairQueue {
 public:
  using Time = std::chrono::steady_clock::duration;

  struct Taken {
    std::string lane;
    Item item;
  };

  // A lane never holds more than `most_held` items that were taken and are not done.
  explicit FairQueue(size_t most_held = SIZE_MAX) : most_held_(most_held) {}

  size_t size() const { return size_; }
  size_t size(std::string_view lane) const {
    const auto found = lanes_.find(lane);
    return found == lanes_.end() ? 0 : found->second.items.size();
  }

  void Push(std::string_view name, Item item) {
    auto found = lanes_.find(name);
    if (found == lanes_.end()) found = lanes_.emplace(std::string(name), Lane{}).first;
    Lane& lane = found->second;
    // Who comes back has no claim on the time in which it asked for nothing.
    if (lane.items.empty()) lane.used = std::max(lane.used, floor_);
    lane.items.push_back(std::move(item));
    ++size_;
  }

  // Whether there is something to take.
  bool ready() const { return Next() != lanes_.end(); }

  // How long the next one will take, judged by the last of its lane. REQUIRES: ready().
  Time expected() const { return Next()->second.last; }

  // REQUIRES: ready().
  Taken Take() {
    Forget();
    const auto next = lanes_.find(Next()->first);
    Lane& lane = next->second;
    floor_ = std::max(floor_, lane.used);
    Taken taken{next->first, std::move(lane.items.front())};
    lane.items.pop_front();
    ++lane.held;
    --size_;
    return taken;
  }

  // What was taken from the lane took so long.
  void Done(std::string_view name, Time took) {
    Lane& lane = lanes_.find(name)->second;
    lane.used += took;
    lane.last = took;
    --lane.held;
  }

 private:
  struct Lane {
    std::deque<Item> items;
    Time used{};
    Time last{};
    size_t held = 0;
  };
  using Lanes = std::map<std::string, Lane, std::less<>>;

  typename Lanes::const_iterator Next() const {
    auto next = lanes_.end();
    for (auto at = lanes_.begin(); at != lanes_.end(); ++at) {
      const Lane& lane = at->second;
      if (lane.items.empty() || lane.held >= most_held_) continue;
      if (next == lanes_.end() || lane.used < next->second.used) next = at;
    }
    return next;
  }

  void Forget() {
    std::erase_if(lanes_, [this](const auto& entry) {
      const Lane& lane = entry.second;
      return lane.items.empty() && lane.held == 0 && lane.used <= floor_;
    });
  }

  const size_t most_held_;
  Lanes lanes_;
  Time floor_{};  // what the lane had had that was taken from last
  size_t size_ = 0;
};

}  // namespace gateway
