// http://hl7.org/fhir/R4/http.html#update, with update-as-create, and #cond-update
#include "gateway/interactions/conditional.h"
#include "gateway/interactions/if_match.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

// The id that a conditional update writes to, by the table of the specification.
fhir::Result<std::string> TargetId(store::Transaction& tx, const Call& call,
                                   const Condition& condition, const fhir::Resource& body) {
  auto match = Match(tx, call, condition);
  if (!match.ok()) return std::move(match).error();
  if (*match) {
    if (body.id().empty() || body.id() == **match) return **match;
    return Fail(ErrorCode::kMalformed, "the resource has another id than the one that matches",
                call.type + ".id");
  }
  if (body.id().empty()) return NewId(tx.Now());
  auto there = tx.Read(call.caller.programme, call.type, body.id());
  if (!there.ok()) return std::move(there).error();
  if (!there->has_value()) return body.id();
  return Fail(ErrorCode::kConflict, "nothing matches, and another resource has this id",
              call.type + ".id");
}

}  // namespace

Answer Update(Call& call) {
  auto body = ReadBody(call.request, call.type);
  if (!body.ok()) return std::move(body).error();
  auto condition = ConditionOf(call);
  if (!condition.ok()) return std::move(condition).error();
  if (!*condition && body->id() != call.id) {
    return Fail(ErrorCode::kMalformed, "the resource's id is not the address's", call.type + ".id");
  }
  auto checked = CheckValid(*body);
  if (!checked.ok()) return std::move(checked).error();
  auto if_match = IfMatch(call.request.field("If-Match"));
  if (!if_match.ok()) return std::move(if_match).error();
  const std::string_view if_none_match = call.request.field("If-None-Match");
  if (!if_none_match.empty() && if_none_match != "*") {
    return Fail(ErrorCode::kMalformed, "an update takes * alone here: only if there is none",
                "If-None-Match");
  }

  const fhir::IndexPlan& plan = call.tenant.store->Plan();
  std::optional<Draft> ready;  // unless its id is what the condition finds
  if (!*condition) ready = MakeDraft(call.scope(), *body, plan);
  std::vector<Written> updated;
  auto work = [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
    std::optional<Draft> draft = ready;
    if (!draft) {
      fhir::Resource resource = *body;
      auto id = TargetId(tx, call, **condition, resource);
      if (!id.ok()) return std::move(id).error();
      resource.mutable_json().Set("id", fhir::json::Value::String(std::move(*id)));
      draft = MakeDraft(call.scope(), std::move(resource), plan);
    }
    const PutMode mode = if_none_match.empty() ? PutMode::kEither : PutMode::kOnlyNew;
    auto wanted =
        if_match->Wanted(tx, call.caller.programme, call.type, std::string(draft->resource.id()));
    if (!wanted.ok()) return std::move(wanted).error();
    auto put = PutResource(tx, call.scope(), std::move(*draft), mode, *wanted);
    if (!put.ok()) return std::move(put).error();
    written.push_back(std::move(*put));
    return {};
  };
  if (auto done = Commit(call, work, &updated); !done.ok()) return std::move(done).error();
  return WrittenResponse(call, updated.front().created ? 201 : 200, updated.front());
}

}  // namespace gateway::interactions
