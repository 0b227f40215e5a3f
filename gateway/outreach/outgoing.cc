#include "gateway/outreach/outgoing.h"

#include <utility>

#include "fhir/json/json.h"
#include "gateway/clock.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;

Value Text(std::string_view text) { return Value::String(std::string(text)); }

fhir::Status Queue(store::Transaction& tx, const consent::Programme& programme, Value event,
                   const std::string& subject) {
  store::Outgoing row;
  row.programme = programme.id;
  row.kind = "webhook";
  row.target = programme.hub_webhook;
  row.subject = subject;
  row.id = NewId(tx.Now());
  row.due_at = tx.Now();
  event.Set("id", Text(row.id));
  event.Set("at", Text(fhir::FormatInstant(tx.Now())));
  row.payload = fhir::json::Write(event);
  auto added = tx.AddOutgoing(row);
  if (!added.ok()) return std::move(added).error();
  return {};
}

// What of the resource may leave is decided when it does.
fhir::Status QueueResource(store::Transaction& tx, const std::string& programme,
                           std::string_view kind, const std::string& target,
                           const std::string& reference) {
  store::Outgoing row;
  row.programme = programme;
  row.kind = kind;
  row.target = target;
  row.subject = reference;
  row.id = NewId(tx.Now());
  row.due_at = tx.Now();
  auto added = tx.AddOutgoing(row);
  if (!added.ok()) return std::move(added).error();
  return {};
}

Value StatusEvent(const store::Outreach& row, const std::string& communication) {
  Value event = Value::Object();
  event.Set("event", Text("outreach.status"));
  event.Set("programme", Text(row.programme));
  event.Set("request", Text("CommunicationRequest/" + row.request_id));
  event.Set("state", Text(store::Code(row.state)));
  event.Set("class", Text(row.message_class));
  event.Set("channel", Text(row.channel));
  event.Set("decision", Text(row.decision_id));
  if (!communication.empty()) event.Set("communication", Text(communication));
  return event;
}

}  // namespace

fhir::Status PutTask(store::Transaction& tx, const consent::Programme& programme,
                     fhir::Resource task) {
  auto written =
      PutResource(tx, {programme.id, "psgateway", ""}, std::move(task), PutMode::kCreate);
  if (!written.ok()) return std::move(written).error();
  return QueueTask(tx, programme, written->resource.Relative());
}

fhir::Status QueueTask(store::Transaction& tx, const consent::Programme& programme,
                       const std::string& task) {
  if (programme.nurse_queue.empty()) return {};
  return QueueResource(tx, programme.id, "nurse-task", programme.nurse_queue, task);
}

fhir::Status QueueWebhook(store::Transaction& tx, const consent::Programme& programme,
                          const store::Outreach& row, const consent::Decision& decision,
                          const std::string& communication) {
  if (programme.hub_webhook.empty()) return {};
  Value event = StatusEvent(row, communication);
  event.Set("outcome", Text(consent::Code(decision.outcome)));
  Value rules = Value::Array();
  for (const consent::Reason& reason : decision.reasons) rules.Add(Text(reason.rule));
  event.Set("rules", std::move(rules));
  return Queue(tx, programme, std::move(event), "CommunicationRequest/" + row.request_id);
}

fhir::Status QueueWebhook(store::Transaction& tx, const consent::Programme& programme,
                          const store::Outreach& row, const std::string& communication) {
  if (programme.hub_webhook.empty()) return {};
  return Queue(tx, programme, StatusEvent(row, communication),
               "CommunicationRequest/" + row.request_id);
}

fhir::Status QueueWriteBack(store::Transaction& tx, const consent::Programme& programme,
                            const std::string& communication) {
  if (programme.write_back.empty() || communication.empty()) return {};
  return QueueResource(tx, programme.id, "write-back", programme.write_back, communication);
}

}  // namespace gateway::outreach
