// GET CommunicationRequest/[id]/$review: what a person would sign to let it go.
// POST CommunicationRequest/[id]/$approve: Parameters{statement} -> the decision that holds then.
#include "fhir/json/json.h"
#include "gateway/interactions/decision_parameters.h"
#include "gateway/interactions/interactions.h"
#include "gateway/outreach/approvals.h"

namespace gateway::interactions {
namespace {

using fhir::json::Value;

http::Response Parameters(std::vector<Value> list) {
  Value parameters = Value::Object();
  parameters.Set("resourceType", Value::String("Parameters"));
  parameters.Set("parameter", Value::Array(std::move(list)));
  return JsonResponse(200, parameters);
}

}  // namespace

Answer Review(Call& call) {
  std::vector<Value> list;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto request = LoadResource(reader, call.caller.programme, "CommunicationRequest", call.id);
    if (!request.ok()) return std::move(request).error();
    const fhir::Instant now = call.services.clock.Now();
    auto verdict =
        outreach::Prepare(reader, call.services.workshop, call.caller.programme, *request, now);
    if (!verdict.ok()) return std::move(verdict).error();
    const std::string statement = fhir::json::Canonical(outreach::StatementFor(*verdict));
    list = DecisionParameters(consent::ToJson(verdict->decision));
    list.push_back(ParameterPart("statement", statement));
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return Parameters(std::move(list));
}

Answer Approve(Call& call) {
  auto body = ReadBody(call.request, "Parameters");
  if (!body.ok()) return std::move(body).error();
  std::string statement;
  for (const Value& parameter : (*body)["parameter"].items()) {
    if (parameter["name"].text() == "statement") statement = parameter["valueString"].text();
  }
  if (statement.empty()) {
    return fhir::Fail(fhir::ErrorCode::kInvalid, "is missing: what psgateway sign prints",
                      "parameter.statement");
  }
  const std::string& programme = call.caller.programme;
  consent::Decision decision;
  auto done = call.tenant.store->Update([&](store::Transaction& tx) -> fhir::Status {
    auto request = LoadResource(tx, programme, "CommunicationRequest", call.id);
    if (!request.ok()) return std::move(request).error();
    if (auto s = outreach::KeepApproval(tx, programme, call.id, statement); !s.ok()) return s;
    auto decided = outreach::DecideHeldAgain(tx, call.services.workshop, call.tenant.name,
                                             programme, *request);
    if (!decided.ok()) return std::move(decided).error();
    decision = std::move(*decided);
    return {};
  });
  if (!done.ok()) return std::move(done).error();
  call.services.dispatcher.Wake();
  return Parameters(DecisionParameters(consent::ToJson(decision)));
}

}  // namespace gateway::interactions
