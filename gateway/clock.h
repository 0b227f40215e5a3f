// The one source of time, randomness and ids. Read at the edge and in the dispatcher, nowhere else:
// everything below takes them as arguments, so that a run can be replayed.
#pragma once

#include <string>

#include "fhir/date_time.h"

namespace gateway {

// Implementations must be safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual fhir::Instant Now() const = 0;
};

class SystemClock : public Clock {
 public:
  fhir::Instant Now() const override;
};

// `size` bytes from the operating system's generator. Ends the process when there are none.
std::string RandomBytes(size_t size);

// RFC 9562 UUIDv7 in lower case: ordered by time, so that inserts go to the end of an index.
std::string NewId(fhir::Instant now);

}  // namespace gateway
