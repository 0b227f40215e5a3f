#include "gateway/interactions/transaction_matches.h"

#include <set>
#include <string_view>
#include <utility>

#include "fhir/reference.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

// "Patient?identifier=x" wherever a Reference stands, and the entry that has it first.
void CollectConditionalReferences(const Value& value, size_t index,
                                  std::map<std::string, size_t>& found) {
  for (const Value& item : value.items()) CollectConditionalReferences(item, index, found);
  for (const fhir::json::Member& member : value.members()) {
    const std::string& text = member.value.text();
    const size_t question = text.find('?');
    if (member.name == "reference" && question != std::string::npos &&
        fhir::IsResourceType(text.substr(0, question))) {
      found.emplace(text, index);
    }
    CollectConditionalReferences(member.value, index, found);
  }
}

fhir::Status LookFor(store::Reader& reader, const Call& call, const std::vector<Step>& steps,
                     Matches& matches, const std::set<std::string>& gone, bool deletes) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (!step.condition || deletes != (step.verb == Verb::kDelete)) continue;
    auto match = Match(reader, call, *step.condition, gone);
    if (!match.ok()) return At(InCondition(std::move(match).error()), step.entry->index);
    matches.steps[i] = std::move(*match);
  }
  return {};
}

// "Patient?identifier=x" -> "Patient/1"
fhir::Result<std::string> Target(store::Reader& reader, const Call& call,
                                 const std::string& reference, const std::set<std::string>& gone) {
  const size_t question = reference.find('?');
  auto condition = ParseCondition(call.caller, reference.substr(0, question),
                                  std::string_view(reference).substr(question + 1));
  const auto refused = [](fhir::Error error) {
    error = InCondition(std::move(error));
    error.path = "resource";
    return error;
  };
  if (!condition.ok()) return refused(std::move(condition).error());
  auto match = Match(reader, call, *condition, gone);
  if (!match.ok()) return refused(std::move(match).error());
  if (*match) return condition->type + "/" + **match;
  return Fail(ErrorCode::kPreconditionFailed, "a conditional reference matches nothing",
              "resource");
}

}  // namespace

fhir::Result<Matches> FindMatches(store::Reader& reader, const Call& call,
                                  const std::vector<Step>& steps) {
  Matches matches;
  matches.steps.resize(steps.size());
  std::set<std::string> gone;
  if (auto s = LookFor(reader, call, steps, matches, gone, /*deletes=*/true); !s.ok()) {
    return std::move(s).error();
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (step.verb != Verb::kDelete) continue;
    const std::string& id = matches.steps[i] ? *matches.steps[i] : step.id;
    if (!id.empty()) gone.insert(step.type + "/" + id);
  }
  if (auto s = LookFor(reader, call, steps, matches, gone, /*deletes=*/false); !s.ok()) {
    return std::move(s).error();
  }
  std::map<std::string, size_t> references;
  for (const Step& step : steps) {
    if (step.entry->resource && step.verb != Verb::kPatch) {
      CollectConditionalReferences(step.entry->resource->json(), step.entry->index, references);
    }
  }
  for (const auto& [reference, index] : references) {
    auto target = Target(reader, call, reference, gone);
    if (!target.ok()) return At(std::move(target).error(), index);
    matches.references[reference] = std::move(*target);
  }
  return matches;
}

fhir::Error InCondition(fhir::Error error) {
  if (!error.path.empty()) error.message += ": " + error.path;
  error.path = "request";
  error.findings.clear();
  return error;
}

}  // namespace gateway::interactions
