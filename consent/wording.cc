#include "consent/wording.h"

#include <algorithm>

namespace consent {

void CheckOptInWording(const EvaluationContext& context, MessageClass c, Findings& findings) {
  using State = OptInWording::State;
  const auto stands = [&](std::string_view reference) {
    const auto found = std::find_if(context.wordings.begin(), context.wordings.end(),
                                    [&](const OptInWording& w) { return w.consent == reference; });
    const State state = found == context.wordings.end() ? State::kNotNamed : found->state;
    if (state == State::kNotNamed) return !context.policy->content.opt_in_wording_required;
    return state == State::kComplete;
  };
  for (std::string_view kind : {"authorization", "telephone-consent", "consent"}) {
    const std::vector<std::string_view> permits = findings.Permitting(kind);
    if (permits.empty()) continue;
    if (std::none_of(permits.begin(), permits.end(), stands)) findings.Doubt("CM2", c);
  }
}

}  // namespace consent
