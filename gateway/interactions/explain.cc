// GET CommunicationRequest/[id]/$explain: the whole why of one request, from the decision records.
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::json::Value;

Value Part(std::string_view name, const std::string& value, std::string_view type = "valueString") {
  Value part = Value::Object();
  part.Set("name", Value::String(std::string(name)));
  part.Set(type, Value::String(value));
  return part;
}

Value Group(std::string_view name, std::vector<Value> parts) {
  Value group = Value::Object();
  group.Set("name", Value::String(std::string(name)));
  group.Set("part", Value::Array(std::move(parts)));
  return group;
}

Value DecisionPart(const store::DecisionRow& row) {
  std::vector<Value> parts = {
      Part("decisionId", row.id), Part("stage", row.stage, "valueCode"),
      Part("decidedAt", fhir::FormatInstant(row.decided_at), "valueInstant")};
  auto record = fhir::json::Parse(row.record);
  if (!record.ok()) return Group("decision", std::move(parts));
  const Value& decision = (*record)["decision"];
  parts.push_back(Part("outcome", decision["outcome"].text(), "valueCode"));
  parts.push_back(Part("class", decision["class"].text(), "valueCode"));
  if (!(*record)["channel"].text().empty()) {
    parts.push_back(Part("channel", (*record)["channel"].text(), "valueCode"));
  }
  for (const char* name : {"notBefore", "rerouteTo", "reviewQueue"}) {
    if (!decision[name].text().empty()) parts.push_back(Part(name, decision[name].text()));
  }
  for (const Value& reason : decision["reasons"].items()) {
    parts.push_back(Group("reason", {Part("rule", reason["rule"].text(), "valueCode"),
                                     Part("effect", reason["effect"].text(), "valueCode"),
                                     Part("text", reason["text"].text())}));
  }
  for (const Value& obligation : decision["obligations"].items()) {
    std::vector<Value> inner = {Part("code", obligation["code"].text(), "valueCode")};
    if (!obligation["value"].text().empty())
      inner.push_back(Part("value", obligation["value"].text()));
    parts.push_back(Group("obligation", std::move(inner)));
  }
  for (const Value& basis : decision["basis"].items()) {
    std::vector<Value> inner = {Part("reference", basis["reference"].text()),
                                Part("kind", basis["kind"].text(), "valueCode"),
                                Part("result", basis["result"].text(), "valueCode")};
    for (const Value& rule : basis["rules"].items()) {
      inner.push_back(Part("rule", rule.text(), "valueCode"));
    }
    parts.push_back(Group("basis", std::move(inner)));
  }
  parts.push_back(Part("request", (*record)["request"].text()));
  parts.push_back(Part("contextHash", (*record)["contextHash"].text()));
  parts.push_back(Part("policy", decision["policy"].text()));
  parts.push_back(Part("engine", decision["engine"].text()));
  parts.push_back(Part("ledgerLeaf", std::to_string(row.leaf)));
  return Group("decision", std::move(parts));
}

Value DeliveryPart(const store::Attempt& attempt) {
  std::vector<Value> parts = {
      Part("state", std::string(store::Code(attempt.state)), "valueCode"),
      Part("vendor", attempt.vendor),
      Part("channel", attempt.channel, "valueCode"),
      Part("decisionId", attempt.decision_id),
      Part("idempotencyKey", attempt.id),
      Part("startedAt", fhir::FormatInstant(attempt.started_at), "valueInstant")};
  if (!attempt.provider_id.empty()) parts.push_back(Part("provider-id", attempt.provider_id));
  if (!attempt.detail.empty()) parts.push_back(Part("detail", attempt.detail));
  return Group("delivery", std::move(parts));
}

}  // namespace

Answer Explain(Call& call) {
  Value parameters = Value::Object();
  parameters.Set("resourceType", Value::String("Parameters"));
  Value list = Value::Array();
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto request = LoadResource(reader, call.caller.programme, "CommunicationRequest", call.id);
    if (!request.ok()) return std::move(request).error();
    list.Add(Part("status", (*request)["status"].text(), "valueCode"));
    auto decisions = reader.DecisionsOf(call.caller.programme, call.id);
    if (!decisions.ok()) return std::move(decisions).error();
    for (const store::DecisionRow& row : *decisions) list.Add(DecisionPart(row));
    auto rows = reader.OutreachOfRequest(call.caller.programme, call.id);
    if (!rows.ok()) return std::move(rows).error();
    for (const store::Outreach& row : *rows) {
      list.Add(Group("outreach", {Part("state", std::string(store::Code(row.state)), "valueCode"),
                                  Part("channel", row.channel, "valueCode"),
                                  Part("dueAt", fhir::FormatInstant(row.due_at), "valueInstant")}));
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
