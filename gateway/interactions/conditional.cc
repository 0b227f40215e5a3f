#include "gateway/interactions/conditional.h"

#include <utility>

#include "gateway/interactions/search_query.h"

namespace gateway::interactions {

using fhir::ErrorCode;
using fhir::Fail;

fhir::Result<Condition> ParseCondition(const auth::Caller& caller, std::string_view type,
                                       std::string_view query) {
  if (!caller.May(auth::Access::kSearch, std::string(type))) {
    return Fail(ErrorCode::kForbidden,
                "a conditional interaction needs the scope to search this type");
  }
  return Condition{std::string(type), http::ParseForm(query)};
}

fhir::Result<std::optional<Condition>> ConditionOf(const Call& call) {
  if (!call.id.empty()) return std::optional<Condition>();
  auto parsed = ParseCondition(call.caller, call.type, call.request.query);
  if (!parsed.ok()) return std::move(parsed).error();
  return {std::move(*parsed)};
}

fhir::Result<std::optional<std::string>> Match(store::Reader& reader, const Call& call,
                                               const Condition& condition,
                                               const std::set<std::string>& gone) {
  fhir::SearchOptions options;
  options.now = call.services.clock.Now();
  options.base = call.base();
  auto plan = fhir::ParseSearch(condition.type, condition.parameters, reader.Plan(), options);
  if (!plan.ok()) return std::move(plan).error();
  if (plan->all_of.empty() && plan->lists.empty()) {
    return Fail(ErrorCode::kMalformed, "the condition names no search parameter that narrows it");
  }
  auto query = QueryOf(reader, call.caller, *plan);
  if (!query.ok()) return std::move(query).error();
  query->count = 2 + gone.size();
  query->with_total = false;
  auto found = reader.Search(*query);
  if (!found.ok()) return std::move(found).error();
  std::erase_if(found->matches, [&](const store::ResourceVersion& match) {
    return gone.contains(match.type + "/" + match.id);
  });
  if (found->matches.size() > 1) {
    return Fail(ErrorCode::kPreconditionFailed,
                "several resources match the condition; narrow it until one does");
  }
  if (found->matches.empty()) return std::optional<std::string>();
  return {std::move(found->matches.front().id)};
}

}  // namespace gateway::interactions
