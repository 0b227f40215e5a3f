#include "gateway/outreach/documents.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <utility>

#include "fhir/canonicals.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;

Value Text(std::string_view text) { return Value::String(std::string(text)); }

Value Coding(std::string_view system, std::string_view code) {
  Value coding = Value::Object();
  coding.Set("system", Text(system));
  coding.Set("code", Text(code));
  return coding;
}

Value Concept(std::string_view system, std::string_view code) {
  Value codings = Value::Array();
  codings.Add(Coding(system, code));
  Value made = Value::Object();
  made.Set("coding", std::move(codings));
  return made;
}

Value ReferenceTo(std::string_view reference) {
  Value made = Value::Object();
  made.Set("reference", Text(reference));
  return made;
}

Value DecisionExtension(std::string_view decision_id) {
  Value extension = Value::Object();
  extension.Set("url", Text(std::string(fhir::kBase) + "/StructureDefinition/decision-id"));
  extension.Set("valueString", Text(decision_id));
  Value list = Value::Array();
  list.Add(std::move(extension));
  return list;
}

fhir::Resource Made(Value json) {
  // Built from our own shapes: reading it back cannot fail.
  auto resource = fhir::Resource::From(std::move(json));
  return resource.ok() ? std::move(*resource) : fhir::Resource();
}

// How long a human may take, by request-priority.
std::chrono::hours DueIn(std::string_view priority) {
  if (priority == "stat") return std::chrono::hours(1);
  if (priority == "asap") return std::chrono::hours(4);
  if (priority == "urgent") return std::chrono::hours(24);
  return std::chrono::hours(72);
}

}  // namespace

fhir::Resource MakeCommunication(const fhir::Resource& request, const CommunicationFacts& facts,
                                 std::string_view id) {
  Value json = Value::Object();
  json.Set("resourceType", Text("Communication"));
  json.Set("id", Text(id));
  json.Set("extension", DecisionExtension(facts.decision_id));
  if (!facts.provider_id.empty()) {
    Value identifier = Value::Object();
    identifier.Set("system", Text(std::string(fhir::kBase) + "/vendor/" + facts.vendor));
    identifier.Set("value", Text(facts.provider_id));
    json.Set("identifier", Value::Array({std::move(identifier)}));
  }
  json.Set("basedOn", Value::Array({ReferenceTo(request.Relative())}));
  json.Set("status", Text(facts.status));
  if (!facts.reason_code.empty()) {
    json.Set("statusReason", Concept(facts.reason_system, facts.reason_code));
  }
  json.Set("category", Value::Array({Concept(fhir::kClassSystem, facts.message_class)}));
  for (const char* name : {"priority", "subject", "about"}) {
    if (const Value* found = request.json().Find(name)) json.Set(name, *found);
  }
  if (const auto channel = fhir::ChannelFromCode(facts.channel)) {
    json.Set("medium", Value::Array({fhir::MediumOf(*channel)}));
  } else if (const Value* medium = request.json().Find("medium")) {
    json.Set("medium", *medium);
  }
  if (const Value* recipient = request.json().Find("recipient")) json.Set("recipient", *recipient);
  if (facts.sent != fhir::Instant{}) json.Set("sent", Text(fhir::FormatInstant(facts.sent)));
  if (facts.status == "completed") {
    if (const Value* payload = request.json().Find("payload")) json.Set("payload", *payload);
  }
  return Made(std::move(json));
}

fhir::Resource MakeTask(const TaskFacts& facts, std::string_view id, fhir::Instant now) {
  Value json = Value::Object();
  json.Set("resourceType", Text("Task"));
  json.Set("id", Text(id));
  if (!facts.decision_id.empty()) json.Set("extension", DecisionExtension(facts.decision_id));
  json.Set("status", Text("requested"));
  json.Set("intent", Text("order"));
  json.Set("priority", Text(facts.priority));
  json.Set("code", Concept(fhir::kTaskCodeSystem, facts.code));
  if (!facts.focus.empty()) json.Set("focus", ReferenceTo(facts.focus));
  if (!facts.patient.empty()) json.Set("for", ReferenceTo(facts.patient));
  json.Set("authoredOn", Text(fhir::FormatInstant(now)));
  json.Set("lastModified", Text(fhir::FormatInstant(now)));
  Value performer = Value::Object();
  performer.Set("text", Text(facts.queue));
  json.Set("performerType", Value::Array({std::move(performer)}));
  // restriction.period.end is the due date, and only where the focus is a request (R4 Task).
  if (facts.focus.starts_with("CommunicationRequest/")) {
    Value period = Value::Object();
    period.Set("end", Text(fhir::FormatInstant(now + DueIn(facts.priority))));
    Value restriction = Value::Object();
    restriction.Set("period", std::move(period));
    json.Set("restriction", std::move(restriction));
  }
  if (!facts.reasons.empty()) {
    Value inputs = Value::Array();
    for (const std::string& reason : facts.reasons) {
      Value type = Value::Object();
      type.Set("text", Text("reason"));
      Value input = Value::Object();
      input.Set("type", std::move(type));
      input.Set("valueString", Text(reason));
      inputs.Add(std::move(input));
    }
    json.Set("input", std::move(inputs));
  }
  return Made(std::move(json));
}

bool IsOpenTask(const fhir::Resource& task) {
  const std::string& status = task["status"].text();
  return std::find(std::begin(kOpenTask), std::end(kOpenTask), status) != std::end(kOpenTask);
}

std::string TaskCode(const fhir::Resource& task) {
  for (const Value& coding : task["code"]["coding"].items()) {
    if (coding["system"].text() == fhir::kTaskCodeSystem) return coding["code"].text();
  }
  return "";
}

fhir::Status SetTaskStatus(store::Transaction& tx, const std::string& programme,
                           fhir::Resource task, std::string_view status,
                           std::string_view reason_code) {
  Value& json = task.mutable_json();
  json.Set("status", Text(status));
  if (!reason_code.empty()) json.Set("statusReason", Concept(fhir::kReasonSystem, reason_code));
  json.Set("lastModified", Text(fhir::FormatInstant(tx.Now())));
  auto written = PutResource(tx, {programme, "psgateway", ""}, std::move(task), PutMode::kUpdate);
  if (!written.ok()) return std::move(written).error();
  return {};
}

fhir::Status SetRequestStatus(store::Transaction& tx, const std::string& programme,
                              const std::string& request_id, std::string_view status,
                              std::string_view reason_code) {
  auto request = LoadResource(tx, programme, "CommunicationRequest", request_id);
  if (!request.ok()) {
    // Deleted meanwhile: there is nothing left to mark.
    if (request.error().code == fhir::ErrorCode::kGone) return {};
    return std::move(request).error();
  }
  // What its author has ended stays ended, whatever became of the message.
  const std::string& present = (*request)["status"].text();
  if (present == status || present == "revoked" || present == "entered-in-error") return {};
  Value& json = request->mutable_json();
  json.Set("status", Text(status));
  if (reason_code.empty()) {
    json.Remove("statusReason");
  } else {
    json.Set("statusReason", Concept(fhir::kReasonSystem, reason_code));
  }
  auto written =
      PutResource(tx, {programme, "psgateway", ""}, std::move(*request), PutMode::kUpdate);
  if (!written.ok()) return std::move(written).error();
  return {};
}

std::pair<std::string, std::string> NotDoneReason(const consent::Decision& decision) {
  const consent::Reason* reason = decision.deciding();
  const std::string rule = reason == nullptr ? "unknown" : reason->rule;
  static const std::map<std::string, const char*, std::less<>> kObjections = {
      {"B1-15", "patient-objection"}, {"B1-16", "patient-objection"},
      {"B1-17", "patient-objection"}, {"B1-24", "patient-objection"},
      {"B1-25", "patient-objection"}, {"B2-1", "patient-objection"},
      {"B2", "patient-objection"},    {"G3", "patient-objection"},
      {"C5", "patient-objection"},    {"V19", "patient-objection"}};
  if (const auto it = kObjections.find(rule); it != kObjections.end()) {
    return {fhir::kNotDoneReason, it->second};
  }
  return {fhir::kReasonSystem, rule};
}

}  // namespace gateway::outreach
