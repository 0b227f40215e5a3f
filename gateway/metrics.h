// Counters of the process in the Prometheus text format. Labels are codes, never ids.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace gateway {

// Any thread.
class Metrics {
 public:
  // `series`: name with its labels, `psgateway_decisions_total{outcome="DENY",stage="send"}`.
  void Count(std::string_view series, uint64_t by = 1);
  void Set(std::string_view series, double value);
  std::string Text() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, double, std::less<>> series_;
};

}  // namespace gateway
