// http://hl7.org/fhir/R4/search.html#summary and #elements
#include <algorithm>

#include "fhir/schema.h"
#include "fhir/summary.h"
#include "gateway/interactions/search_query.h"

namespace gateway::interactions {
namespace {

using fhir::Summary;
using fhir::json::Value;

// The top elements that _elements names for a resource of this type.
std::vector<std::string> NamedElements(const fhir::SearchPlan& plan, const std::string& type,
                                       bool is_match) {
  std::vector<std::string> names;
  for (const std::string& element : plan.elements) {
    const size_t dot = element.find('.');
    if (dot == std::string::npos) {
      if (is_match) names.push_back(element);
    } else if (element.substr(0, dot) == type) {
      names.push_back(element.substr(dot + 1));
    }
  }
  return names;
}

bool IsNamed(const std::vector<std::string>& elements, std::string_view member) {
  return std::any_of(elements.begin(), elements.end(), [&](const std::string& element) {
    if (!member.starts_with(element)) return false;
    const std::string_view ending = member.substr(element.size());
    return ending.empty() || (ending.front() >= 'A' && ending.front() <= 'Z');  // value[x]
  });
}

bool IsRequired(const std::string& type, std::string_view member) {
  const fhir::Structure* structure = fhir::FindStructure(type);
  const fhir::ElementRule* rule = structure != nullptr ? structure->Find(member) : nullptr;
  return rule != nullptr && rule->is_required;
}

bool IsKept(Summary summary, const std::vector<std::string>& elements, const std::string& type,
            std::string_view member) {
  if (member.starts_with('_')) member.remove_prefix(1);
  if (member == "resourceType" || member == "id" || member == "meta") return true;
  if (summary == Summary::kData) return member != "text";
  // What modifies the meaning of the rest is never left out.
  if (IsRequired(type, member) || member == "modifierExtension") return true;
  return summary == Summary::kText ? member == "text" : IsNamed(elements, member);
}

}  // namespace

void KeepAsked(const fhir::SearchPlan& plan, fhir::Resource& resource, bool is_match) {
  const std::string type = resource.type();
  const std::vector<std::string> elements = NamedElements(plan, type, is_match);
  if (plan.summary == Summary::kFalse && elements.empty()) return;
  Value& json = resource.mutable_json();
  if (plan.summary == Summary::kTrue) {
    fhir::KeepSummary(resource);
  } else {
    std::erase_if(*json.mutable_members(), [&](const fhir::json::Member& member) {
      return !IsKept(plan.summary, elements, type, member.name);
    });
  }
  Value tag = Value::Object();
  tag.Set("system", Value::String("http://terminology.hl7.org/CodeSystem/v3-ObservationValue"));
  tag.Set("code", Value::String("SUBSETTED"));
  json.Mutable("meta").Mutable("tag").Add(std::move(tag));
}

}  // namespace gateway::interactions
