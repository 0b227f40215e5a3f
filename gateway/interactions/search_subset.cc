// http://hl7.org/fhir/R4/search.html#summary and #elements
#include <algorithm>

#include "fhir/search/parameters.h"
#include "gateway/interactions/search_query.h"

namespace gateway::interactions {
namespace {

using fhir::Summary;
using fhir::json::Value;

bool IsNamed(const std::vector<std::string>& elements, const std::string& type,
             std::string_view member) {
  return std::any_of(elements.begin(), elements.end(), [&](std::string_view element) {
    if (element.starts_with(type + ".")) element.remove_prefix(type.size() + 1);
    if (!member.starts_with(element)) return false;
    const std::string_view ending = member.substr(element.size());
    return ending.empty() ||
           (ending.front() >= 'A' && ending.front() <= 'Z');  // value -> valueCode
  });
}

bool IsKept(const fhir::SearchPlan& plan, const std::string& type, std::string_view member) {
  if (member.starts_with('_')) member.remove_prefix(1);
  if (member == "resourceType" || member == "id" || member == "meta") return true;
  if (plan.summary == Summary::kData) return member != "text";
  if (fhir::IsRequiredElement(type, member)) return true;
  if (plan.summary == Summary::kText) return member == "text";
  if (plan.summary == Summary::kTrue) return fhir::IsSummaryElement(type, member);
  return IsNamed(plan.elements, type, member);
}

}  // namespace

void KeepAsked(const fhir::SearchPlan& plan, fhir::Resource& resource) {
  if (plan.summary == Summary::kFalse && plan.elements.empty()) return;
  const std::string type = resource.type();
  Value& json = resource.mutable_json();
  std::erase_if(*json.mutable_members(),
                [&](const fhir::json::Member& member) { return !IsKept(plan, type, member.name); });
  Value tag = Value::Object();
  tag.Set("system", Value::String("http://terminology.hl7.org/CodeSystem/v3-ObservationValue"));
  tag.Set("code", Value::String("SUBSETTED"));
  json.Mutable("meta").Mutable("tag").Add(std::move(tag));
}

}  // namespace gateway::interactions
