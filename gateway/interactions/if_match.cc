#include "gateway/interactions/if_match.h"

#include <algorithm>

#include "gateway/interactions/call.h"
#include "gateway/interactions/field_items.h"

namespace gateway::interactions {

using fhir::ErrorCode;
using fhir::Fail;

fhir::Result<VersionCondition> IfMatch(std::string_view field) {
  VersionCondition condition;
  condition.any = Trimmed(field) == "*";
  if (condition.any) return condition;
  while (!field.empty()) {
    std::string_view tag = TakeItem(field, ",");
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    const std::optional<int64_t> version = VersionOf(Unquoted(tag));
    if (!version) {
      return Fail(ErrorCode::kMalformed,
                  "If-Match must be *, or versions as ETag gives them: W/\"3\"", "If-Match");
    }
    condition.versions.push_back(*version);
  }
  return condition;
}

fhir::Status VersionCondition::WithoutResource() const {
  if (!any && versions.empty()) return {};
  return Fail(ErrorCode::kPreconditionFailed, "If-Match asks for a resource, and there is none");
}

fhir::Result<std::optional<int64_t>> VersionCondition::Wanted(store::Reader& reader,
                                                              const std::string& programme,
                                                              const std::string& type,
                                                              const std::string& id) const {
  if (!any && versions.empty()) return std::optional<int64_t>();
  if (!any && versions.size() == 1) return {versions.front()};
  auto present = reader.Read(programme, type, id);
  if (!present.ok()) return std::move(present).error();
  if (any) {
    if (present->has_value() && !(*present)->deleted()) return std::optional<int64_t>();
    return WithoutResource().error();
  }
  const int64_t version = present->has_value() ? (*present)->version : 0;
  const bool named = std::find(versions.begin(), versions.end(), version) != versions.end();
  return {named ? version : versions.front()};
}

}  // namespace gateway::interactions
