// The wording under each consent: extension opt-in-wording, or a policy.uri that is the canonical
// of a wording on file.
#include <algorithm>

#include "consent/interpret.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::json::Value;
using State = OptInWording::State;

// What a patient must be told before opting in.
constexpr std::string_view kStatements[] = {"data", "use", "sharing", "stop"};

State StateOf(const fhir::Resource* wording, const std::string& version) {
  if (wording == nullptr || wording->type() != "ActivityDefinition") return State::kUnknown;
  if (version.empty() || (*wording)["version"].text() != version) return State::kUnknown;
  const auto states = Facts(wording->json(), "opt-in-statement");
  const bool complete =
      std::all_of(std::begin(kStatements), std::end(kStatements), [&](std::string_view wanted) {
        return std::any_of(states.begin(), states.end(),
                           [&](const Value* each) { return each->text() == wanted; });
      });
  return complete ? State::kComplete : State::kIncomplete;
}

State FromPolicy(const Given& given, const Value& consent) {
  State state = State::kNotNamed;
  for (const Value& policy : consent["policy"].items()) {
    const std::string& uri = policy["uri"].text();
    const size_t bar = uri.find('|');
    if (bar == std::string::npos) continue;
    for (const fhir::Resource& resource : given.resources) {
      if (resource.type() == "ActivityDefinition" && resource["url"].text() == uri.substr(0, bar)) {
        state = std::max(state, StateOf(&resource, uri.substr(bar + 1)));
      }
    }
  }
  return state;
}

}  // namespace

void ReadOptInWordings(const Given& given, EvaluationContext& context) {
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Consent") continue;
    OptInWording wording{resource.Versioned(), State::kNotNamed};
    const Value& named = OurExtension(resource.json(), "opt-in-wording");
    wording.state = named.is_null() ? FromPolicy(given, resource.json())
                                    : StateOf(given.Find(RelativeOf(Fact(named, "module"))),
                                              Fact(named, "version").text());
    context.wordings.push_back(std::move(wording));
  }
  std::sort(context.wordings.begin(), context.wordings.end(),
            [](const OptInWording& a, const OptInWording& b) { return a.consent < b.consent; });
}

}  // namespace consent
