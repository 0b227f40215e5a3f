// Consent to calls and texts, and the exemption that needs none (B1-1 to B1-15, B1-20, B1-22).
// 47 CFR 64.1200(a)
#include <algorithm>

#include "consent/channel_law.h"
#include "consent/classify.h"
#include "consent/purpose.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Channel;

bool NamesUs(const TelephoneConsentFacts& consent, const EvaluationContext& context) {
  return context.contact && consent.number == context.contact->key &&
         SameName(consent.seller, context.programme.seller);
}

// B1-1: a consent holds within the scope it was given for.
bool InScope(const TelephoneConsentFacts& consent, const EvaluationContext& context,
             MessageClass c) {
  const Channel channel = *context.request.channel;
  if (!consent.channels.empty() && !Contains(consent.channels, fhir::Code(channel))) return false;
  if (consent.purposes.empty()) return true;
  const auto covered = [&](const std::string& purpose) {
    return std::any_of(consent.purposes.begin(), consent.purposes.end(),
                       [&](const std::string& each) { return Covers(each, purpose); });
  };
  if (c == MessageClass::kMarketing) return covered("HMARKT");
  return std::all_of(context.request.purposes.begin(), context.request.purposes.end(), covered);
}

// B1-24: a refusal reaches as far as its words; what they do not narrow, or what cannot be read of
// them, is every call and text.
bool Reaches(const TelephoneConsentFacts& refusal, const EvaluationContext& context,
             MessageClass c) {
  const auto on_channel = [&](const std::string& code) {
    const auto channel = fhir::ChannelFromCode(code);
    return !channel || channel == context.request.channel;
  };
  const auto& channels = refusal.channels;
  if (!channels.empty() && std::none_of(channels.begin(), channels.end(), on_channel)) return false;
  std::vector<std::string> purposes = context.request.purposes;
  if (c == MessageClass::kMarketing) purposes.emplace_back("HMARKT");
  if (refusal.purposes.empty() || purposes.empty()) return true;
  return std::any_of(
      refusal.purposes.begin(), refusal.purposes.end(), [&](const std::string& refused) {
        return refused.empty() ||
               std::any_of(purposes.begin(), purposes.end(), [&](const std::string& purpose) {
                 return Covers(refused, purpose) || Covers(purpose, refused);
               });
      });
}

// B1-16: taken back, and not given anew since. Of a day or a month nobody knows the hour: anew is
// what is signed when all of it is over, and of one that was just made inactive, what is signed
// later than that one was.
bool TakenBack(const TelephoneConsentFacts& consent, const EvaluationContext& context,
               MessageClass c) {
  const bool revoked = consent.revoked_at && *consent.revoked_at <= context.now;
  // What had ended by itself was not taken back.
  const bool withdrawn = consent.withdrawn && consent.period.Possibly(context.now);
  if (!revoked && !withdrawn) return false;
  const auto& all = context.telephone_consents;
  return std::none_of(all.begin(), all.end(), [&](const TelephoneConsentFacts& other) {
    if (!HoldsFor(other, context, c) || !other.signed_at) return false;
    if (consent.revoked_at) {
      return consent.revoked_until && *other.signed_at >= *consent.revoked_until;
    }
    return consent.signed_at && *other.signed_at > *consent.signed_at;
  });
}

// G4: what was agreed to for a number before somebody gave it up.
bool BeforeDisconnection(const TelephoneConsentFacts& consent, const EvaluationContext& context) {
  const auto& disconnected = context.contact->disconnected;
  const auto& confirmed = context.contact->confirmed;
  if (!disconnected) return false;
  const bool anew = consent.signed_at && *consent.signed_at >= disconnected->possible.end;
  const bool kept = confirmed && confirmed->possible.begin >= disconnected->possible.end;
  return !anew && !kept;
}

bool HasConsent(const EvaluationContext& context, MessageClass c, bool written) {
  return std::any_of(context.telephone_consents.begin(), context.telephone_consents.end(),
                     [&](const TelephoneConsentFacts& consent) {
                       return HoldsFor(consent, context, c) && (consent.written || !written);
                     });
}

void ConsiderAll(const EvaluationContext& context, MessageClass c, bool written,
                 Findings& findings) {
  for (const TelephoneConsentFacts& consent : context.telephone_consents) {
    const bool current = consent.in_force && consent.period.Surely(context.now);
    const bool fits = HoldsFor(consent, context, c) && (consent.written || !written);
    findings.Consider(consent.reference, "telephone-consent",
                      fits ? "permit" : (current ? "no-consent" : "expired"),
                      {consent.written ? "B1-2" : "B1-1"});
  }
}

// Giving the number to a provider is consent for what it was given for (FCC 2015).
bool GaveNumber(const EvaluationContext& context) {
  return UnderHipaa(context.programme) && context.contact &&
         context.contact->provided_by == ProvidedBy::kPatient &&
         !context.programme.telephone.only_exempted;
}

// B1-20: a closed list, each text approved by two persons.
bool ApprovedForEmergencies(const EvaluationContext& context) {
  const auto& modules = context.content.modules;
  return !modules.empty() && std::all_of(modules.begin(), modules.end(), [](const ModuleFacts& m) {
    return m.approved && m.kind == ModuleKind::kSafety && m.approvers >= 2;
  });
}

size_t Characters(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

bool NamesProvider(const EvaluationContext& context) {
  const Programme& programme = context.programme;
  return !Trim(programme.provider_name).empty() && !Trim(programme.provider_phone).empty();
}

bool IsExemptedTopic(const EvaluationContext& context, MessageClass c) {
  const auto& allowed = context.policy->channels.exempted_topics;
  const auto& modules = context.content.modules;
  const bool silent = std::all_of(modules.begin(), modules.end(),
                                  [](const auto& module) { return module.topics.empty(); });
  // A refill reminder is a prescription notification, unless it says that it is something else.
  if (silent && c == MessageClass::kRefillReminder) return true;
  return !modules.empty() && std::all_of(modules.begin(), modules.end(), [&](const auto& module) {
    return !module.topics.empty() &&
           std::all_of(module.topics.begin(), module.topics.end(),
                       [&](const std::string& topic) { return Contains(allowed, topic); });
  });
}

// All conditions of the exemption; each one that fails is named.
void CheckExemption(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const ChannelPolicy& policy = context.policy->channels;
  const std::string& text = context.request.text;
  bool all = true;
  const auto require = [&](bool holds, std::string_view rule) {
    if (!holds) findings.Deny(rule);
    all = all && holds;
  };
  require(context.programme.telephone.free_to_end_user, "B1-7");
  require(context.contact && context.contact->provided_by == ProvidedBy::kPatient, "B1-8");
  require(NamesProvider(context), "B1-9");
  require(IsExemptedTopic(context, c), "B1-10");
  require(UnderHipaa(context.programme) && !HasOneOf(text, policy.financial_words), "B1-11");
  require(Characters(text) <= static_cast<size_t>(policy.exempted_max_chars), "B1-12");
  if (!all) return;
  findings.Permit("B1-7");
  findings.Oblige("B1-9", "INCLUDE_PROVIDER_ID");
  findings.Oblige("B1-12", "MAX_CHARS", std::to_string(policy.exempted_max_chars));
  findings.Oblige("B1-14", "INCLUDE_OPT_OUT_TEXT");
}

void CheckRegistry(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const bool listed = context.contact && context.contact->do_not_call;
  if (c == MessageClass::kMarketing && listed && !HasConsent(context, c, true)) {
    findings.Deny("B1-5");
  } else {
    findings.Permit("B1-5");
  }
}

}  // namespace

bool HoldsFor(const TelephoneConsentFacts& consent, const EvaluationContext& context,
              MessageClass c) {
  return consent.in_force && !consent.refused && !consent.revoked_at &&
         consent.period.Surely(context.now) && NamesUs(consent, context) &&
         InScope(consent, context, c) && !BeforeDisconnection(consent, context);
}

bool NeedsExemption(const EvaluationContext& context, MessageClass c) {
  if (!context.request.channel || !IsAutomated(*context.request.channel)) return false;
  if (c == MessageClass::kMarketing || c == MessageClass::kSafety) return false;
  const TelephoneRoute& route = context.programme.telephone;
  return (route.free_to_end_user || route.only_exempted) && !GaveNumber(context) &&
         !HasConsent(context, c, false);
}

void CheckTelephoneConsent(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel || ToProfessional(context)) return;
  const Channel channel = *context.request.channel;
  if (!IsAutomated(channel)) {
    if (channel == Channel::kVoiceLive) CheckRegistry(context, c, findings);
    return;
  }
  if (channel == Channel::kSms) {
    findings.Oblige("B1-14", "INCLUDE_OPT_OUT_TEXT");
    if (context.programme.telephone.one_way) {
      findings.Oblige("B1-22", "INCLUDE_OTHER_WAYS_TO_STOP");
    }
  }
  // CheckOptOuts answers for these.
  if (IsConfirmation(context)) return;
  const bool marketing = c == MessageClass::kMarketing;
  const bool hipaa = UnderHipaa(context.programme);
  const bool needs_writing = marketing && !hipaa;
  ConsiderAll(context, c, needs_writing, findings);
  for (const TelephoneConsentFacts& consent : context.telephone_consents) {
    if (!NamesUs(consent, context)) continue;
    const bool stands =
        consent.refused && consent.period.Possibly(context.now) && Reaches(consent, context, c);
    if (stands || TakenBack(consent, context, c)) {
      findings.Add("B1-24", c == MessageClass::kSafety ? Outcome::kReview : Outcome::kDeny);
    }
  }
  const bool consented = HasConsent(context, c, false);
  if (c == MessageClass::kSafety) {
    if (ApprovedForEmergencies(context)) return findings.Permit("B1-20");
    if (consented || GaveNumber(context)) return findings.Permit("B1-1");
    return findings.Review("B1-20");
  }
  if (needs_writing) {
    if (HasConsent(context, c, true)) return findings.Permit("B1-2");
    const bool any_written = std::any_of(
        context.telephone_consents.begin(), context.telephone_consents.end(),
        [&](const TelephoneConsentFacts& consent) {
          return consent.written && consent.in_force && consent.period.Surely(context.now);
        });
    return findings.Deny(any_written ? "B1-2" : "B1-4");
  }
  if (NeedsExemption(context, c)) return CheckExemption(context, c, findings);
  if (!consented && context.contact && context.contact->provided_by == ProvidedBy::kBroker) {
    return findings.Deny("B1-8");
  }
  const std::string_view rule = marketing ? "B1-3" : "B1-1";
  if (consented || GaveNumber(context)) {
    findings.Permit(rule);
  } else {
    findings.Doubt(rule, c);
    if (channel == Channel::kSms) findings.Doubt("B1-6", c);
  }
}

}  // namespace consent
