#include "consent/licence.h"

#include <algorithm>

#include "consent/content.h"
#include "consent/words.h"

namespace consent {
namespace {

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

}  // namespace

void CheckLicence(const EvaluationContext& context, Findings& findings) {
  const Performer& performer = context.request.performer;
  const bool advises =
      context.request.channel && (performer.professional || Spoken(*context.request.channel));
  if (!context.content.clinical_advice || !advises) return;
  const auto& states = performer.patient_states;
  const bool licensed =
      !states.empty() && std::all_of(states.begin(), states.end(), [&](const std::string& state) {
        return Contains(performer.licensed_in, state);
      });
  if (licensed) return findings.Permit("B6-4");
  for (const std::string& state : states) findings.Constrain("NURSE_LICENSED_IN", Upper(state));
  // The same words by somebody else; who that is, or where the patient is, a person must find out.
  if (performer.professional && !states.empty()) {
    findings.Reroute("B6-4", *context.request.channel);
  } else {
    findings.Review("B6-4");
  }
}

}  // namespace consent
