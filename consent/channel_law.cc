#include "consent/channel_law.h"

#include <algorithm>

#include "consent/words.h"

namespace consent {
namespace {

using fhir::Channel;

bool NeedsAddress(Channel channel) {
  return IsPhone(channel) || channel == Channel::kEmail || channel == Channel::kFax ||
         channel == Channel::kMail;
}

// G4: another's by now, or given up by somebody, and neither the patient's word nor a consent shows
// that it is the patient's since.
bool MayBeAnothers(const EvaluationContext& context) {
  const ContactPoint& contact = *context.contact;
  if (contact.reassigned || !contact.disconnected) return contact.reassigned;
  const fhir::Instant since = contact.disconnected->possible.end;
  if (contact.confirmed && contact.confirmed->possible.begin >= since) return false;
  return std::none_of(context.telephone_consents.begin(), context.telephone_consents.end(),
                      [&](const TelephoneConsentFacts& consent) {
                        return consent.in_force && consent.number == contact.key &&
                               consent.signed_at && *consent.signed_at >= since &&
                               *consent.signed_at <= context.now;
                      });
}

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool IsPhone(Channel channel) {
  return channel == Channel::kSms || channel == Channel::kVoiceLive ||
         channel == Channel::kVoiceRecorded;
}

bool IsAutomated(Channel channel) {
  return channel == Channel::kSms || channel == Channel::kVoiceRecorded;
}

bool ToProfessional(const EvaluationContext& context) {
  return !context.request.recipients.empty() &&
         context.request.recipients.front().party == Party::kHcp;
}

bool IsConfirmation(const EvaluationContext& context) {
  const auto& modules = context.content.modules;
  return !modules.empty() && std::all_of(modules.begin(), modules.end(), [](const ModuleFacts& m) {
    return m.approved && m.kind == ModuleKind::kConfirmation;
  });
}

bool HasOneOf(std::string_view text, const std::vector<std::string>& words) {
  const std::string lower = Lower(text);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    const bool word_starts = !word.empty() && IsWordChar(word.front());
    for (size_t at = lower.find(word); !word.empty() && at != std::string::npos;
         at = lower.find(word, at + 1)) {
      const size_t end = at + word.size();
      const bool starts = at == 0 || !word_starts || !IsWordChar(lower[at - 1]);
      if (starts && (end == lower.size() || !IsWordChar(lower[end]))) return true;
    }
    return false;
  });
}

void CheckContact(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel) return findings.Doubt("D.1", c);
  if (!NeedsAddress(*context.request.channel)) return;
  if (!context.contact) {
    findings.Doubt("CP1", c);
  } else if (MayBeAnothers(context)) {
    findings.Deny("G4");
  }
}

}  // namespace consent
