#include "gateway/outreach/settle.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "fhir/canonicals.h"
#include "gateway/clock.h"
#include "gateway/outreach/documents.h"
#include "gateway/outreach/outgoing.h"
#include "gateway/tenants.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using store::AttemptState;
using store::OutreachState;

// Of one whose answer was lost, under the same key.
constexpr int kMostRepeats = 8;

// 2 s, 4 s, 8 s, ... at most an hour.
std::chrono::milliseconds Backoff(int attempts) {
  const int doublings = std::clamp(attempts, 1, 12);
  return std::min<std::chrono::milliseconds>(std::chrono::seconds(1LL << doublings),
                                             std::chrono::hours(1));
}

// Whether somebody may still wait for it: each try is decided on again, and refused once its time
// is over.
bool InTime(const std::vector<store::Attempt>& attempts, fhir::Instant now, int hours) {
  fhir::Instant first = now;
  for (const store::Attempt& attempt : attempts) first = std::min(first, attempt.started_at);
  return now - first < std::chrono::hours(hours);
}

// Empty where the request was deleted meanwhile: what became of it is in the attempt.
fhir::Result<std::string> WriteCommunication(store::Transaction& tx, const store::Outreach& row,
                                             const store::Attempt& attempt,
                                             const CommunicationFacts& partial) {
  auto request = LoadResource(tx, row.programme, "CommunicationRequest", row.request_id);
  if (!request.ok() && request.error().code == fhir::ErrorCode::kGone) return std::string();
  if (!request.ok()) return std::move(request).error();
  CommunicationFacts facts = partial;
  facts.channel = row.channel;
  facts.vendor = attempt.vendor;
  facts.provider_id = attempt.provider_id;
  facts.message_class = row.message_class;
  facts.decision_id = attempt.decision_id;
  auto written =
      PutResource(tx, {row.programme, "psgateway", ""},
                  MakeCommunication(*request, facts, attempt.communication), PutMode::kCreate);
  if (!written.ok()) return std::move(written).error();
  return written->resource.Relative();
}

fhir::Status Audit(store::Transaction& tx, const store::Outreach& row,
                   const store::Attempt& attempt) {
  store::AuditRow audit;
  audit.at = tx.Now();
  audit.action = "send";
  audit.client = "psgateway";
  audit.programme = row.programme;
  audit.subject = "CommunicationRequest/" + row.request_id;
  audit.outcome = attempt.state == AttemptState::kAccepted ? "0" : "8";
  audit.detail = attempt.id + " " + attempt.vendor;
  return tx.AppendAudit(audit);
}

fhir::Status AskPerson(store::Transaction& tx, const consent::Programme& programme,
                       const store::Outreach& row, std::string_view code, std::string sentence) {
  TaskFacts facts;
  facts.code = std::string(code);
  facts.queue = "nurse";
  facts.focus = "CommunicationRequest/" + row.request_id;
  if (!row.patient_id.empty()) facts.patient = "Patient/" + row.patient_id;
  facts.reasons = {std::move(sentence)};
  facts.decision_id = row.decision_id;
  return PutTask(tx, programme, MakeTask(facts, NewId(tx.Now()), tx.Now()));
}

}  // namespace

Ending EndingOf(const adapters::Delivery& answer) {
  if (answer.ok()) return {AttemptState::kAccepted, answer->provider_id, answer->detail, false};
  switch (answer.error().code) {
    case fhir::ErrorCode::kUnavailable:
    case fhir::ErrorCode::kThrottled:
      return {AttemptState::kNotSent, "", answer.error().message, true, answer.retry_after};
    case fhir::ErrorCode::kInvalid:
    case fhir::ErrorCode::kForbidden:
      return {AttemptState::kRefused, "", answer.error().message, false};
    default:
      return {AttemptState::kUnknown, "", answer.error().message, false};
  }
}

fhir::Status Settle(store::Transaction& tx, const Workshop& workshop, const store::Attempt& given,
                    const Ending& ending) {
  auto attempts = tx.AttemptsOf(given.outreach);
  if (!attempts.ok()) return std::move(attempts).error();
  const auto present = std::find_if(attempts->begin(), attempts->end(),
                                    [&](const store::Attempt& a) { return a.key == given.key; });
  if (present == attempts->end() || present->state != AttemptState::kSending) return {};
  store::Attempt attempt = *present;
  attempt.state = ending.state;
  attempt.settled_at = tx.Now();
  attempt.provider_id = ending.provider_id;
  attempt.detail = ending.detail;
  auto found = tx.FindOutreach(attempt.outreach);
  if (!found.ok()) return std::move(found).error();
  if (!found->has_value()) return tx.UpdateAttempt(attempt);
  store::Outreach row = **found;
  auto programme = LoadProgramme(tx, row.programme);
  if (!programme.ok()) return std::move(programme).error();

  const adapters::Adapter* adapter = workshop.adapters.Find(attempt.vendor);
  const bool deduplicates = adapter != nullptr && adapter->capabilities().honours_idempotency_key;
  const bool aborted = ending.state == AttemptState::kAborted;
  const bool again =
      aborted ||
      (ending.may_retry && InTime(*attempts, tx.Now(), workshop.config.send_retry_hours)) ||
      (ending.state == AttemptState::kUnknown && deduplicates && row.attempts < kMostRepeats);
  if (!again) attempt.communication = NewId(tx.Now());
  if (auto s = tx.UpdateAttempt(attempt); !s.ok()) return s;
  if (auto s = Audit(tx, row, attempt); !s.ok()) return s;

  const auto end = [&](OutreachState state, std::string_view request_status,
                       const CommunicationFacts& facts) -> fhir::Status {
    row.state = state;
    auto communication = WriteCommunication(tx, row, attempt, facts);
    if (!communication.ok()) return std::move(communication).error();
    if (auto s = SetRequestStatus(tx, row.programme, row.request_id, request_status, ""); !s.ok()) {
      return s;
    }
    if (auto s = tx.UpdateOutreach(row); !s.ok()) return s;
    // What became of it is not yet known where it is `unknown`: a person finds out first.
    if (facts.status != "unknown" && !communication->empty()) {
      if (auto s = QueueWriteBack(tx, *programme, *communication); !s.ok()) return s;
    }
    return QueueWebhook(tx, *programme, row, *communication);
  };

  if (again) {
    // It goes back to the queue and is decided again from scratch when it is due.
    row.state = OutreachState::kQueued;
    row.due_at = tx.Now();
    if (!aborted) {
      row.due_at += std::max<std::chrono::milliseconds>(Backoff(row.attempts), ending.retry_after);
    }
    if (aborted) --row.attempts;  // it was no try
    return tx.UpdateOutreach(row);
  }
  CommunicationFacts facts;
  switch (ending.state) {
    case AttemptState::kAccepted:
      facts.status = "completed";
      facts.sent = attempt.started_at;
      return end(OutreachState::kSent, "completed", facts);
    case AttemptState::kUnknown:
      facts.status = "unknown";
      if (auto s = end(OutreachState::kUnknown, "on-hold", facts); !s.ok()) return s;
      return AskPerson(tx, *programme, row, "delivery-unknown",
                       "the provider's answer was lost: find out whether the message arrived");
    default:
      facts.status = "not-done";
      facts.reason_system = fhir::kNotDoneReason;
      facts.reason_code = "system-error";
      if (auto s = end(OutreachState::kFailed, "on-hold", facts); !s.ok()) return s;
      return AskPerson(tx, *programme, row, "delivery-failed",
                       "the message could not be delivered: reach the patient another way");
  }
}

}  // namespace gateway::outreach
