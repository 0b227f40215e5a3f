// http://hl7.org/fhir/R4/http.html#create and #ccreate
#include "gateway/interactions/conditional.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {

Answer Create(Call& call) {
  auto body = ReadBody(call.request, call.type);
  if (!body.ok()) return std::move(body).error();
  std::optional<Condition> condition;
  // An empty one is a condition that went wrong, not none.
  if (call.request.has("If-None-Exist")) {
    auto parsed = ParseCondition(call.caller, call.type, call.request.field("If-None-Exist"));
    if (!parsed.ok()) return std::move(parsed).error();
    condition = std::move(*parsed);
  }
  auto checked = CheckValid(*body);
  if (!checked.ok()) return std::move(checked).error();
  body->mutable_json().Set("id", fhir::json::Value::String(NewId(call.services.clock.Now())));
  const Draft draft = MakeDraft(call.scope(), std::move(*body), call.tenant.store->Plan());

  std::optional<Written> found;
  std::vector<Written> made;
  auto work = [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
    found.reset();
    if (condition) {
      auto match = Match(tx, call, *condition);
      if (!match.ok()) return std::move(match).error();
      if (*match) {
        auto there = FoundResource(tx, call.scope(), call.type, **match);
        if (!there.ok()) return std::move(there).error();
        found = std::move(*there);
        return {};
      }
    }
    auto put = PutResource(tx, call.scope(), draft, PutMode::kCreate);
    if (!put.ok()) return std::move(put).error();
    written.push_back(std::move(*put));
    return {};
  };
  if (auto done = Commit(call, work, &made); !done.ok()) return std::move(done).error();
  return found ? WrittenResponse(call, 200, *found) : WrittenResponse(call, 201, made.front());
}

}  // namespace gateway::interactions
