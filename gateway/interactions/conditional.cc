#include "gateway/interactions/conditional.h"

#include <utility>

#include "fhir/search_parameters.h"

namespace gateway::interactions {

using fhir::ErrorCode;
using fhir::Fail;

fhir::Result<Condition> ParseCondition(const auth::Caller& caller, std::string_view type,
                                       std::string_view query) {
  if (!caller.May(auth::Access::kSearch, std::string(type))) {
    return Fail(ErrorCode::kForbidden,
                "a conditional interaction needs the scope to search this type");
  }
  Condition condition{std::string(type), http::ParseForm(query)};
  if (condition.parameters.empty()) {
    return Fail(ErrorCode::kMalformed, "the condition names no search parameter");
  }
  for (const auto& [name, value] : condition.parameters) {
    if (name.starts_with('_') && name != "_id" && name != "_tag" && name != "_lastUpdated") {
      return Fail(ErrorCode::kMalformed, "this parameter does not narrow a condition", name);
    }
  }
  return condition;
}

fhir::Result<std::optional<std::string>> Match(store::Reader& reader, const auth::Caller& caller,
                                               const Condition& condition) {
  store::SearchQuery query;
  query.programme = caller.programme;
  query.type = condition.type;
  query.count = 2;
  for (const auto& [name, value] : condition.parameters) {
    auto keys = fhir::SearchKeys(query.type, name, value);
    if (!keys.ok()) return std::move(keys).error();
    query.all_of.push_back(store::AnyTerm(name, std::move(*keys)));
  }
  auto found = reader.Search(query);
  if (!found.ok()) return std::move(found).error();
  if (found->matches.size() > 1) {
    return Fail(ErrorCode::kPreconditionFailed,
                "several resources match the condition; narrow it until one does");
  }
  if (found->matches.empty()) return std::optional<std::string>();
  return {std::move(found->matches.front().id)};
}

}  // namespace gateway::interactions
