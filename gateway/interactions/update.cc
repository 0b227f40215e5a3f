// http://hl7.org/fhir/R4/http.html#update, with update-as-create.
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {

Answer Update(Call& call) {
  auto body = ReadBody(call.request);
  if (!body.ok()) return std::move(body).error();
  if (body->type() != call.type) {
    return fhir::Fail(fhir::ErrorCode::kMalformed, "the resource has another type than the address",
                      "resourceType");
  }
  if (body->id() != call.id) {
    return fhir::Fail(fhir::ErrorCode::kMalformed, "the resource's id is not the address's",
                      call.type + ".id");
  }
  auto checked = CheckValid(*body);
  if (!checked.ok()) return std::move(checked).error();
  auto if_match = IfMatch(call.request.field("If-Match"));
  if (!if_match.ok()) return std::move(if_match).error();

  Written updated;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        auto put = PutResource(tx, call.scope(), *body, PutMode::kEither, *if_match);
        if (!put.ok()) return std::move(put).error();
        updated = *put;
        written.push_back(std::move(*put));
        return {};
      });
  if (!done.ok()) return std::move(done).error();
  return WrittenResponse(call, updated.created ? 201 : 200, updated);
}

}  // namespace gateway::interactions
