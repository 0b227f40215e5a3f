// http://hl7.org/fhir/R4/http.html#delete
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {

Answer Delete(Call& call) {
  auto if_match = IfMatch(call.request.field("If-Match"));
  if (!if_match.ok()) return std::move(if_match).error();
  Written removed;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        auto gone = DeleteResource(tx, call.scope(), call.type, call.id, *if_match);
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
