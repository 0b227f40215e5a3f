#include "gateway/store/records.h"

#include <utility>

namespace gateway::store {

fhir::Clause AnyTerm(std::string parameter, std::vector<std::string> keys) {
  fhir::Clause clause;
  for (std::string& key : keys) {
    fhir::Criterion criterion;
    criterion.parameter = parameter;
    criterion.key = std::move(key);
    clause.any_of.push_back(std::move(criterion));
  }
  return clause;
}

std::string_view Code(OutreachState state) {
  switch (state) {
    case OutreachState::kQueued:
      return "queued";
    case OutreachState::kSending:
      return "sending";
    case OutreachState::kSent:
      return "sent";
    case OutreachState::kFailed:
      return "failed";
    case OutreachState::kUnknown:
      return "unknown";
    case OutreachState::kHeld:
      return "held";
    case OutreachState::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string_view Code(AttemptState state) {
  switch (state) {
    case AttemptState::kSending:
      return "sending";
    case AttemptState::kAccepted:
      return "accepted";
    case AttemptState::kRefused:
      return "refused";
    case AttemptState::kNotSent:
      return "not-sent";
    case AttemptState::kUnknown:
      return "unknown";
    case AttemptState::kAborted:
      return "aborted";
  }
  return "unknown";
}

}  // namespace gateway::store
