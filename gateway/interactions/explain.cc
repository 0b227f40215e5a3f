// GET CommunicationRequest/[id]/$explain: the whole why of one request, from the decision records.
#include "gateway/interactions/decision_parameters.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::json::Value;

Value DecisionPart(const store::DecisionRow& row) {
  std::vector<Value> parts = {
      ParameterPart("decisionId", row.id), ParameterPart("stage", row.stage, "valueCode"),
      ParameterPart("decidedAt", fhir::FormatInstant(row.decided_at), "valueInstant")};
  auto record = fhir::json::Parse(row.record);
  if (!record.ok()) return ParameterGroup("decision", std::move(parts));
  if (!(*record)["channel"].text().empty()) {
    parts.push_back(ParameterPart("channel", (*record)["channel"].text(), "valueCode"));
  }
  for (Value& part : DecisionParameters((*record)["decision"])) parts.push_back(std::move(part));
  parts.push_back(ParameterPart("request", (*record)["request"].text()));
  parts.push_back(ParameterPart("contextHash", (*record)["contextHash"].text()));
  parts.push_back(ParameterPart("ledgerLeaf", std::to_string(row.leaf)));
  return ParameterGroup("decision", std::move(parts));
}

Value DeliveryPart(const store::Attempt& attempt) {
  std::vector<Value> parts = {
      ParameterPart("state", std::string(store::Code(attempt.state)), "valueCode"),
      ParameterPart("vendor", attempt.vendor),
      ParameterPart("channel", attempt.channel, "valueCode"),
      ParameterPart("decisionId", attempt.decision_id),
      ParameterPart("idempotencyKey", attempt.id),
      ParameterPart("startedAt", fhir::FormatInstant(attempt.started_at), "valueInstant")};
  if (!attempt.provider_id.empty())
    parts.push_back(ParameterPart("provider-id", attempt.provider_id));
  if (!attempt.detail.empty()) parts.push_back(ParameterPart("detail", attempt.detail));
  return ParameterGroup("delivery", std::move(parts));
}

}  // namespace

Answer Explain(Call& call) {
  Value parameters = Value::Object();
  parameters.Set("resourceType", Value::String("Parameters"));
  Value list = Value::Array();
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto request = LoadResource(reader, call.caller.programme, "CommunicationRequest", call.id);
    if (!request.ok()) return std::move(request).error();
    list.Add(ParameterPart("status", (*request)["status"].text(), "valueCode"));
    auto decisions = reader.DecisionsOf(call.caller.programme, call.id);
    if (!decisions.ok()) return std::move(decisions).error();
    for (const store::DecisionRow& row : *decisions) list.Add(DecisionPart(row));
    auto rows = reader.OutreachOfRequest(call.caller.programme, call.id);
    if (!rows.ok()) return std::move(rows).error();
    for (const store::Outreach& row : *rows) {
      list.Add(ParameterGroup(
          "outreach", {ParameterPart("state", std::string(store::Code(row.state)), "valueCode"),
                       ParameterPart("channel", row.channel, "valueCode"),
                       ParameterPart("dueAt", fhir::FormatInstant(row.due_at), "valueInstant")}));
      auto attempts = reader.AttemptsOf(row.key);
      if (!attempts.ok()) return std::move(attempts).error();
      for (const store::Attempt& attempt : *attempts) list.Add(DeliveryPart(attempt));
    }
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  parameters.Set("parameter", std::move(list));
  return JsonResponse(200, parameters);
}

}  // namespace gateway::interactions
