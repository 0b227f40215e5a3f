// What the patient would like: the channel and the language (CP2, CP4; the hours are in timing.cc).
// A wish gives way to a safety message and to what the patient must be reached by (R5).
#include <algorithm>

#include "consent/channel_law.h"
#include "consent/words.h"

namespace consent {
namespace {

// "es-MX" is answered in "es".
std::string_view Primary(std::string_view language) {
  return language.substr(0, language.find('-'));
}

bool Speaks(const PatientFacts& patient, const ModuleFacts& module) {
  return std::any_of(patient.languages.begin(), patient.languages.end(), [&](const auto& language) {
    return Primary(language) == Primary(module.language);
  });
}

}  // namespace

void CheckPreferences(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel || c == MessageClass::kSafety || IsConfirmation(context)) return;
  const bool to_patient = !context.request.recipients.empty() &&
                          context.request.recipients.front().party == Party::kPatient;
  if (!to_patient) return;
  const PatientFacts& patient = context.patient;
  const auto& channels = patient.preferred_channels;
  if (!channels.empty() && context.confidential.empty() &&
      !Contains(channels, *context.request.channel)) {
    findings.Reroute("CP2", channels.front());
  }
  for (const ModuleFacts& module : context.content.modules) {
    if (module.language.empty() || patient.languages.empty()) continue;
    if (!Speaks(patient, module)) findings.Review("CP4");
  }
}

}  // namespace consent
