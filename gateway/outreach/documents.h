// The FHIR resources that outreach itself writes: Communication, Task, and the state of a request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "consent/decision.h"
#include "fhir/channel.h"
#include "fhir/resource.h"
#include "fhir/result.h"
#include "gateway/store/store.h"

namespace gateway::outreach {

struct CommunicationFacts {
  std::string status;         // event-status: "completed", "not-done", "unknown"
  std::string reason_system;  // of statusReason; empty: none
  std::string reason_code;
  std::string channel;  // a channel code; empty: the request's own medium
  std::string vendor;   // with provider_id: Communication.identifier
  std::string provider_id;
  std::string message_class;
  std::string decision_id;
  fhir::Instant sent{};  // zero: not sent
};
fhir::Resource MakeCommunication(const fhir::Resource& request, const CommunicationFacts& facts,
                                 std::string_view id);

struct TaskFacts {
  std::string code;   // kTaskCodeSystem: "review-outreach", "contact-patient", "delivery-unknown",
                      // "reply", "ae-intake"
  std::string queue;  // "nurse", "compliance", "privacy"
  std::string focus;  // "CommunicationRequest/cr1"
  std::string patient;  // "Patient/p1"
  std::string priority = "routine";
  std::vector<std::string> reasons;  // "V5: ..." sentences without values
  std::string decision_id;
};
fhir::Resource MakeTask(const TaskFacts& facts, std::string_view id, fhir::Instant now);

// The states of a Task in which somebody may still act on it.
inline constexpr std::string_view kOpenTask[] = {"draft", "requested", "received",   "accepted",
                                                 "ready", "on-hold",   "in-progress"};
bool IsOpenTask(const fhir::Resource& task);
// The code of kTaskCodeSystem; empty: none of ours.
std::string TaskCode(const fhir::Resource& task);
// The stored Task in a new state; `reason_code` of kReasonSystem may be empty.
fhir::Status SetTaskStatus(store::Transaction& tx, const std::string& programme,
                           fhir::Resource task, std::string_view status,
                           std::string_view reason_code);

// Sets status and statusReason of the stored request, unless it already has that status.
fhir::Status SetRequestStatus(store::Transaction& tx, const std::string& programme,
                              const std::string& request_id, std::string_view status,
                              std::string_view reason_code);

// Communication.statusReason for a refusal: a code of HL7 where one fits, else of ours.
std::pair<std::string, std::string> NotDoneReason(const consent::Decision& decision);

}  // namespace gateway::outreach
