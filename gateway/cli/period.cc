#include "gateway/cli/period.h"

namespace gateway::cli {

fhir::Result<Period> ReadPeriod(const std::string& from, const std::string& to) {
  Period period;
  auto read = [](const std::string& text, const char* option, fhir::Instant* out) -> fhir::Status {
    if (text.empty()) return {};
    fhir::Result<fhir::DateTime> time = fhir::DateTime::Parse(text);
    if (!time.ok()) {
      return fhir::Fail(fhir::ErrorCode::kInvalid,
                        std::string(option) +
                            " must be a date or an instant: 2026-11-22 or 2026-11-22T10:00:00Z");
    }
    *out = time->Covers().begin;
    return {};
  };
  if (fhir::Status s = read(from, "--from", &period.from); !s.ok()) return s.error();
  if (fhir::Status s = read(to, "--to", &period.to); !s.ok()) return s.error();
  if (period.to < period.from) {
    return fhir::Fail(fhir::ErrorCode::kInvalid, "--to is before --from");
  }
  return period;
}

}  // namespace gateway::cli
