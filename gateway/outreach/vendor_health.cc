#include "gateway/outreach/vendor_health.h"

#include <algorithm>

namespace gateway::outreach {
namespace {

constexpr int kDownAfter = 3;
constexpr std::chrono::seconds kFirstWait{15};
constexpr std::chrono::seconds kLongestWait{300};

}  // namespace

fhir::Instant VendorHealth::NextTry(const std::string& vendor, fhir::Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = vendors_.find(vendor);
  if (found == vendors_.end() || found->second.failures < kDownAfter) return now;
  State& state = found->second;
  if (now - state.since > patience_) return now;
  // The second: a clock that went back must not make the wait longer.
  if (now < state.until &&
      state.until - now <= std::max<fhir::Instant::duration>(kLongestWait, probe_)) {
    return state.until;
  }
  state.until = now + probe_;
  return now;
}

void VendorHealth::Note(const std::string& vendor, const Ending& ending, fhir::Instant now) {
  if (ending.state == store::AttemptState::kAborted) return;  // the vendor was not asked
  const std::lock_guard lock(mutex_);
  State& state = vendors_[vendor];
  if (ending.state != store::AttemptState::kNotSent) {
    state = State{};
  } else {
    if (state.failures++ == 0) state.since = now;
    if (state.failures >= kDownAfter) {
      const int doublings = std::min(state.failures - kDownAfter, 5);
      state.until =
          now + std::min<std::chrono::seconds>(kFirstWait * (1 << doublings), kLongestWait);
    }
  }
  metrics_.Set("psgateway_vendor_down{vendor=\"" + vendor + "\"}",
               state.failures >= kDownAfter ? 1 : 0);
}

}  // namespace gateway::outreach
