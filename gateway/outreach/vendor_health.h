// Which vendors are down, so that not every message finds it out for itself: after some failures
// in a row one message at a time tries, the others wait. Kept in memory: a start begins afresh.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "fhir/date_time.h"
#include "gateway/metrics.h"
#include "gateway/outreach/settle.h"

namespace gateway::outreach {

// Any thread.
class VendorHealth {
 public:
  // `probe`: how long the one that tries may take. Nobody waits for a vendor that has been down
  // for longer than `patience`: then each message meets its own end.
  VendorHealth(Metrics& metrics, std::chrono::milliseconds probe, std::chrono::hours patience)
      : metrics_(metrics), probe_(probe), patience_(patience) {}

  // `now`, or the later instant to wait for. An answer of `now` is this caller's turn to try.
  fhir::Instant NextTry(const std::string& vendor, fhir::Instant now);
  void Note(const std::string& vendor, const Ending& ending, fhir::Instant now);

 private:
  struct State {
    int failures = 0;
    fhir::Instant since{};  // the first of them
    fhir::Instant until{};
  };
  Metrics& metrics_;
  const std::chrono::milliseconds probe_;
  const std::chrono::hours patience_;
  std::mutex mutex_;
  std::map<std::string, State> vendors_;
};

}  // namespace gateway::outreach
