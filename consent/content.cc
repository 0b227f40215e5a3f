#include "consent/content.h"

#include <algorithm>

#include "consent/provision.h"

namespace consent {
namespace {

using fhir::Channel;

// A person speaks: the module guides, it is not read out.
bool Spoken(Channel channel) {
  return channel == Channel::kVoiceLive || channel == Channel::kInPerson ||
         channel == Channel::kVideo;
}

// Where a patient is known before anything is shown or said.
bool Authenticated(Channel channel) { return channel == Channel::kPortal || Spoken(channel); }

bool IsSensitive(const std::string& label) {
  if (ConfidentialityRank(label) >= ConfidentialityRank("R")) return true;
  for (std::string_view wide :
       {"HIV", "SEX", "SDV", "SUD", "PSY", "PSYTHPN", "MH", "BH", "GDIS", "STD"}) {
    if (LabelCovers(wide, label, Provision::Type::kDeny)) return true;
  }
  return false;
}

}  // namespace

void CheckWording(const EvaluationContext& context, Findings& findings) {
  const auto& modules = context.content.modules;
  const bool approved = !modules.empty() && std::all_of(modules.begin(), modules.end(),
                                                        [](const auto& m) { return m.approved; });
  const bool covered = std::any_of(modules.begin(), modules.end(), [](const ModuleFacts& m) {
    return m.approved && m.covers_text;
  });
  const bool spoken = context.request.channel && Spoken(*context.request.channel);
  const bool has_words = !context.request.text.empty() || spoken;
  if (!approved || !covered || !has_words) findings.Review("CM1");
}

void CheckSensitivity(const EvaluationContext& context, Findings& findings) {
  if (!context.request.channel) return;
  const Channel channel = *context.request.channel;
  const ContentFacts& content = context.content;
  const bool sensitive = std::any_of(content.labels.begin(), content.labels.end(), IsSensitive);
  if (sensitive && !Authenticated(channel)) findings.Reroute("B6-2", Channel::kPortal);
  if (sensitive && channel == Channel::kVoiceLive) {
    findings.Oblige("B6-2", "VERIFY_IDENTITY_BEFORE_PHI");
  }
  const bool opted_in = context.contact && context.contact->detailed_messages;
  const bool shows_all =
      channel == Channel::kSms || channel == Channel::kPush || channel == Channel::kVoiceRecorded;
  if (shows_all && context.content.names_drug && !opted_in)
    findings.Reroute("B6-1", Channel::kPortal);
}

}  // namespace consent
