// http://hl7.org/fhir/R4/http.html#delete and #3.1.0.7.1 (of one match)
#include "gateway/interactions/conditional.h"
#include "gateway/interactions/if_match.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {

Answer Delete(Call& call) {
  auto if_match = IfMatch(call.request.field("If-Match"));
  if (!if_match.ok()) return std::move(if_match).error();
  auto condition = ConditionOf(call);
  if (!condition.ok()) return std::move(condition).error();
  Written removed;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        std::string id = call.id;
        removed = Written();
        removed.changed = false;
        if (*condition) {
          auto match = Match(tx, call, **condition);
          if (!match.ok()) return std::move(match).error();
          if (!*match) return if_match->WithoutResource();
          id = **match;
        }
        auto wanted = if_match->Wanted(tx, call.caller.programme, call.type, id);
        if (!wanted.ok()) return std::move(wanted).error();
        auto gone = DeleteResource(tx, call.scope(), call.type, id, *wanted);
        if (!gone.ok()) return std::move(gone).error();
        removed = *gone;
        written.push_back(std::move(*gone));
        return {};
      });
  if (!done.ok()) return std::move(done).error();
  http::Response response;
  response.status = 204;
  if (removed.changed) response.Set("ETag", "W/\"" + std::to_string(removed.version) + "\"");
  return response;
}

}  // namespace gateway::interactions
