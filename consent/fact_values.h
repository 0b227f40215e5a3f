// What facts are made of: codings, and periods as every place of the patient sees them.
#pragma once

#include <string>

#include "fhir/date_time.h"

namespace consent {

struct Coding {
  std::string system;
  std::string code;
  friend bool operator==(const Coding&, const Coding&) = default;
};

// A period with partial dates, seen from every zone the patient may be in (V17, C.3): `sure` lies
// inside it in all of them, `possible` in at least one. A permit needs the first, a deny the
// second.
struct Validity {
  fhir::Span sure{fhir::Instant::min(), fhir::Instant::max()};
  fhir::Span possible{fhir::Instant::min(), fhir::Instant::max()};
  bool Surely(fhir::Instant t) const { return sure.Contains(t); }
  bool Possibly(fhir::Instant t) const { return possible.Contains(t); }
};

}  // namespace consent
