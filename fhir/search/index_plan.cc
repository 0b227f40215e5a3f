#include "fhir/search/index_plan.h"

#include <algorithm>
#include <utility>

#include "fhir/search/parameter_rows.h"
#include "fhir/search/parameters.h"

namespace fhir {
namespace {

// Goes up when IndexEntries makes other entries of the same resource.
constexpr int kEntriesVersion = 4;

constexpr std::string_view kAlways = "identifier patient";
constexpr std::string_view kEveryType =
    "_profile _security _source _tag code date identifier patient status subject url";

// More for the types of our domain.
constexpr std::pair<std::string_view, std::string_view> kDomain[] = {
    {"ActivityDefinition", "name title version"},
    {"Communication", "based-on category instantiates-canonical recipient sender sent"},
    {"CommunicationRequest", "authored based-on category occurrence recipient requester"},
    {"Consent", "category period scope"},
    {"Coverage", "beneficiary payor"},
    {"MedicationRequest", "authoredon category intent medication requester"},
    {"Organization", "name partof"},
    {"Patient", "birthdate email family general-practitioner given link phone"},
    {"Practitioner", "email family given phone"},
    {"PractitionerRole", "organization practitioner specialty"},
    {"Provenance", "agent recorded target"},
    {"RelatedPerson", "email name phone"},
    {"Task", "authored-on based-on business-status focus owner priority requester"},
};

// Answered without the index.
bool IsBuiltIn(std::string_view name) { return name == "_id" || name == "_lastUpdated"; }

void AddWords(std::string_view words, std::string_view type, std::vector<std::string>& names) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    const std::string_view name = words.substr(0, end);
    if (HasSearchParameter(type, name)) names.emplace_back(name);
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

void AddDefault(std::string_view type, std::vector<std::string>& names) {
  AddWords(kEveryType, type, names);
  for (const auto& [of, more] : kDomain) {
    if (of == type) AddWords(more, type, names);
  }
}

void AddAlways(std::string_view type, std::vector<std::string>& names) {
  AddWords(kAlways, type, names);
  // What replies, approvals and decisions are found by.
  if (type == "Patient") AddWords("link phone", type, names);
  if (type == "ActivityDefinition") AddWords("url", type, names);
  if (type == "Organization") AddWords("name", type, names);
  if (type == "Provenance") AddWords("target", type, names);
  if (type == "Task") AddWords("code focus status", type, names);
}

void Order(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

const IndexPlan& IndexPlan::Default() {
  static const IndexPlan plan;
  return plan;
}

Result<IndexPlan> IndexPlan::Make(const Setting& setting) {
  IndexPlan plan;
  for (const auto& [type, words] : setting) {
    if (SearchParametersOf(type).empty()) {
      return Fail(ErrorCode::kInvalid, "R4 has no such resource type", type);
    }
    std::vector<std::string> names;
    AddAlways(type, names);
    for (const std::string& word : words) {
      if (word == "default") {
        AddDefault(type, names);
      } else if (word == "*") {
        for (const SearchParameter& parameter : SearchParametersOf(type)) {
          const bool indexed = parameter.kind != SearchKind::kSpecial && !IsBuiltIn(parameter.name);
          if (indexed) names.push_back(parameter.name);
        }
      } else {
        const SearchParameter* parameter = FindSearchParameter(type, word);
        if (parameter == nullptr || parameter->kind == SearchKind::kSpecial || IsBuiltIn(word)) {
          return Fail(ErrorCode::kInvalid, "R4 gives the type no parameter of this name to index",
                      type + "." + word);
        }
        names.push_back(word);
      }
    }
    Order(names);
    plan.types_.emplace(type, std::move(names));
  }
  return plan;
}

const std::vector<std::string>& IndexPlan::ParametersOf(std::string_view type) const {
  if (const auto found = types_.find(type); found != types_.end()) return found->second;
  // What is not set is the same in every plan.
  static const auto* const defaults = [] {
    auto* all = new std::map<std::string, std::vector<std::string>, std::less<>>;
    for (const ParameterRows& rows : AllParameterRows().subspan(1)) {
      AddDefault(rows.type, (*all)[std::string(rows.type)]);
      Order((*all)[std::string(rows.type)]);
    }
    return all;
  }();
  static const std::vector<std::string> none;
  const auto found = defaults->find(type);
  return found != defaults->end() ? found->second : none;
}

std::vector<std::string_view> IndexedTypes() {
  std::vector<std::string_view> types;
  for (const ParameterRows& rows : AllParameterRows().subspan(1)) types.push_back(rows.type);
  return types;
}

std::string IndexPlan::Text() const {
  std::string text = "entries " + std::to_string(kEntriesVersion) + "\n";
  for (const ParameterRows& rows : AllParameterRows().subspan(1)) {
    text += rows.type;
    for (const std::string& name : ParametersOf(rows.type)) text += " " + name;
    text += "\n";
  }
  return text;
}

bool IndexPlan::Has(std::string_view type, std::string_view parameter) const {
  const std::vector<std::string>& names = ParametersOf(type);
  return std::binary_search(names.begin(), names.end(), parameter);
}

}  // namespace fhir
