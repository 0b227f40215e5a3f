#include "consent/hard_stops.h"

#include <algorithm>

namespace consent {
namespace {

void CheckRequest(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const RequestFacts& request = context.request;
  if (request.status == "revoked" || request.status == "completed" ||
      request.status == "entered-in-error" || request.status == "draft" || request.do_not_perform) {
    findings.Deny("D.1");
  } else if (request.status != "active" && request.status != "on-hold") {
    findings.Doubt("D.1", c);
  }
  if (request.unreadable_time) findings.Doubt("D.1", c);
  if (request.not_after && context.now >= *request.not_after) findings.Deny("D.1");
  if (request.unusable) findings.Doubt("G5", c);
}

// G6: without the stores nobody knows what the patient wants; only a safety notice that two persons
// approved may still go (B1-20).
void CheckDependencies(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (context.unavailable.empty()) return;
  if (c != MessageClass::kSafety) return findings.Doubt("G6", c);
  const auto& modules = context.content.modules;
  const bool approved_twice =
      std::all_of(modules.begin(), modules.end(), [&](const ModuleFacts& m) {
        return m.approvers >= context.policy->content.safety_approvers;
      });
  if (approved_twice) {
    findings.Permit("G6");
  } else {
    findings.Review("G6");
  }
}

}  // namespace

bool HardStop(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const PatientFacts& patient = context.patient;
  if (!context.request.found) {
    // Nothing to send is a defect of the caller; it must never read as a permit.
    findings.Deny("G6");
    return true;
  }
  CheckRequest(context, c, findings);
  CheckDependencies(context, c, findings);
  if (!patient.found || context.unreadable) findings.Doubt("G6", c);
  if (patient.unresolved || context.health.of_another) findings.Doubt("G2", c);
  if (patient.unusable) findings.Doubt("G5", c);
  if (patient.legal_hold) findings.Doubt("G7", c);
  switch (patient.deceased) {
    case Deceased::kNo:
      break;
    case Deceased::kYes:
      findings.Deny("G1");
      break;
    case Deceased::kConflict:
    case Deceased::kUnreadable:
      findings.Review("G1");
      break;
  }
  return findings.strongest() == Outcome::kDeny;
}

}  // namespace consent
