// http://hl7.org/fhir/R4/http.html#create
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {

Answer Create(Call& call) {
  auto body = ReadBody(call.request);
  if (!body.ok()) return std::move(body).error();
  if (body->type() != call.type) {
    return fhir::Fail(fhir::ErrorCode::kMalformed, "the resource has another type than the address",
                      "resourceType");
  }
  if (!call.request.field("If-None-Exist").empty()) {
    return fhir::Fail(fhir::ErrorCode::kNotSupported, "conditional create is not supported yet",
                      "If-None-Exist");
  }
  auto checked = CheckValid(*body);
  if (!checked.ok()) return std::move(checked).error();
  body->mutable_json().Set("id", fhir::json::Value::String(NewId(call.services.clock.Now())));

  Written created;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        auto put = PutResource(tx, call.scope(), *body, PutMode::kCreate);
        if (!put.ok()) return std::move(put).error();
        created = *put;
        written.push_back(std::move(*put));
        return {};
      });
  if (!done.ok()) return std::move(done).error();
  return WrittenResponse(call, 201, created);
}

}  // namespace gateway::interactions
