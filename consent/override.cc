#include "consent/override.h"

#include <algorithm>
#include <set>

#include "consent/sha256.h"
#include "consent/words.h"

namespace consent {
namespace {

// The rule that speaks against the override as a whole; empty: none.
std::string_view Flaw(const EvaluationContext& context, const Override& override,
                      const std::string& text_hash) {
  if (override.approved_at > context.now || context.now >= override.expires) return "OV2";
  const auto& modules = context.content.modules;
  const bool same_module =
      override.module.empty()
          ? !context.request.text.empty()
          : std::any_of(modules.begin(), modules.end(),
                        [&](const ModuleFacts& m) { return m.reference == override.module; });
  const std::string& request = context.request.reference;
  const bool same_request =
      request == override.request || request.starts_with(override.request + "/_history/");
  if (!same_request || Lower(override.text_hash) != text_hash || !same_module) return "OV3";
  return {};
}

size_t Persons(const Override& override) {
  std::set<std::string> persons;
  for (const std::string& each : override.approved_by) {
    std::string person = Lower(Trim(each));
    if (!person.empty()) persons.insert(std::move(person));
  }
  return persons.size();
}

}  // namespace

std::string TextHash(std::string_view words) { return Sha256Hex(words); }

void ApplyOverrides(const EvaluationContext& context, Findings& findings) {
  if (context.overrides.empty()) return;
  const std::string text_hash = TextHash(context.request.text);
  const auto& two_persons = context.policy->content.two_person_rules;
  for (const std::string& rule : findings.Reviewed()) {
    std::string_view flaw;
    bool lifted = false;
    for (const Override& override : context.overrides) {
      if (!Contains(override.rules, rule)) continue;
      std::string_view own = Flaw(context, override, text_hash);
      const size_t needed = Contains(two_persons, rule) ? 2 : 1;
      if (own.empty() && Persons(override) < needed) own = "OV4";
      lifted = lifted || own.empty();
      flaw = std::max(flaw, own);
    }
    if (lifted) {
      findings.Lift(rule);
      findings.Permit("OV1");
    } else if (!flaw.empty()) {
      findings.Review(flaw);
    }
  }
}

}  // namespace consent
