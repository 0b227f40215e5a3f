#include "consent/channel_law.h"

#include <algorithm>

#include "consent/classify.h"
#include "consent/quiet_hours.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Channel;

bool Phone(Channel channel) {
  return channel == Channel::kSms || channel == Channel::kVoiceLive ||
         channel == Channel::kVoiceRecorded;
}

// What a machine sends to a telephone needs consent; a person who dials does not (B1-5).
bool Automated(Channel channel) {
  return channel == Channel::kSms || channel == Channel::kVoiceRecorded;
}

bool NeedsAddress(Channel channel) {
  return Phone(channel) || channel == Channel::kEmail || channel == Channel::kFax ||
         channel == Channel::kMail;
}

bool ToProfessional(const EvaluationContext& context) {
  return !context.request.recipients.empty() &&
         context.request.recipients.front().party == Party::kHcp;
}

// B1-25: keyed to seller and contact point. One word against texts stops automated calls as well,
// and for marketing every use of that number.
bool Reaches(const OptOut& opt_out, const EvaluationContext& context, Channel channel,
             bool marketing) {
  if (!opt_out.seller.empty() && !SameName(opt_out.seller, context.programme.seller)) return false;
  if (opt_out.message_class == "marketing" && !marketing) return false;
  // Who says "everything" means more than the number it was said on.
  if (opt_out.channel == "all") return true;
  if (!opt_out.contact.empty() && context.contact && context.contact->key != opt_out.contact) {
    return false;
  }
  const auto against = fhir::ChannelFromCode(opt_out.channel);
  // An opt-out we cannot read is one against everything.
  if (!against || *against == channel) return true;
  if (!Phone(*against) || !Phone(channel)) return false;
  return marketing || (Automated(*against) && Automated(channel));
}

std::string_view OptOutRule(Channel channel) {
  if (channel == Channel::kEmail) return "B.2";
  return Phone(channel) ? "B1-24" : "B1-25";
}

bool HasTelephoneConsent(const EvaluationContext& context, bool written, Findings& findings,
                         bool* any_written) {
  bool found = false;
  for (const TelephoneConsentFacts& consent : context.telephone_consents) {
    const bool current = consent.in_force && consent.period.Surely(context.now);
    const bool names = context.contact && consent.number == context.contact->key &&
                       SameName(consent.seller, context.programme.seller);
    const bool enough = consent.written || !written;
    if (any_written != nullptr) *any_written = *any_written || (consent.written && current);
    const bool fits = current && names && enough;
    findings.Consider(consent.reference, "telephone-consent",
                      fits ? "permit" : (current ? "no-consent" : "expired"),
                      {consent.written ? "B1-2" : "B1-1"});
    found = found || fits;
  }
  return found;
}

constexpr auto kDay = std::chrono::hours{24};
constexpr auto kWeek = std::chrono::hours{7 * 24};

// The first instant from `t` on at which fewer than `cap` messages lie in the rolling `window`.
// `history` is sorted latest first.
fhir::Instant CapFree(fhir::Instant t, int cap, std::chrono::hours window,
                      const std::vector<Sent>& history) {
  if (cap <= 0) return t;
  size_t counted = 0;
  for (const Sent& sent : history) {
    if (sent.sent_at + window <= t) break;
    if (++counted == static_cast<size_t>(cap)) return sent.sent_at + window;
  }
  return t;
}

bool HasQuietHours(const EvaluationContext& context, Channel channel, MessageClass c) {
  if (!Phone(channel) && channel != Channel::kPush) return false;
  const std::string& priority = context.request.priority;
  const bool urgent = priority == "urgent" || priority == "asap" || priority == "stat";
  if (c == MessageClass::kSafety) return !urgent;
  return !(c == MessageClass::kTreatment && priority == "stat");
}

}  // namespace

void CheckContact(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel) return findings.Doubt("D.1", c);
  if (!NeedsAddress(*context.request.channel)) return;
  if (!context.contact) {
    findings.Doubt("CP1", c);
  } else if (context.contact->reassigned) {
    findings.Deny("G4");
  }
}

void CheckOptOuts(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel || ToProfessional(context)) return;
  const Channel channel = *context.request.channel;
  const bool marketing = c == MessageClass::kMarketing;
  for (const OptOut& opt_out : context.opt_outs) {
    // Effective at receipt, whatever the clock says (G3).
    if (!Reaches(opt_out, context, channel, marketing)) continue;
    const bool unwritten = opt_out.channel == "all" && opt_out.source == "oral";
    if (c == MessageClass::kSafety) {
      findings.Review(OptOutRule(channel));
    } else if (unwritten && !Phone(channel) && channel != Channel::kEmail) {
      // V20: suppress, and offer the form that a revocation in writing needs.
      findings.Review("V20");
    } else {
      findings.Deny(OptOutRule(channel));
    }
  }
}

void CheckTelephoneConsent(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel || ToProfessional(context)) return;
  const Channel channel = *context.request.channel;
  if (!Automated(channel)) {
    if (channel == Channel::kVoiceLive) findings.Permit("B1-5");
    return;
  }
  if (channel == Channel::kSms) findings.Oblige("B1-14", "INCLUDE_OPT_OUT_TEXT");
  if (c == MessageClass::kSafety) return findings.Permit("B1-20");
  const bool marketing = c == MessageClass::kMarketing;
  const bool hipaa = UnderHipaa(context.programme);
  if (marketing && !hipaa) {
    bool any_written = false;
    if (HasTelephoneConsent(context, true, findings, &any_written)) {
      findings.Permit("B1-2");
    } else {
      findings.Deny(any_written ? "B1-2" : "B1-4");
    }
    return;
  }
  const bool recorded = HasTelephoneConsent(context, false, findings, nullptr);
  if (!recorded && context.contact && context.contact->provided_by == ProvidedBy::kBroker) {
    findings.Deny("B1-8");
    return;
  }
  const bool gave_number =
      hipaa && context.contact && context.contact->provided_by == ProvidedBy::kPatient;
  const std::string_view rule = marketing ? "B1-3" : "B1-1";
  if (recorded || gave_number) {
    findings.Permit(rule);
  } else {
    findings.Doubt(rule, c);
  }
}

void CheckEmail(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (context.request.channel != Channel::kEmail || c != MessageClass::kMarketing) return;
  if (context.programme.postal_address.empty()) return findings.Deny("B.2");
  findings.Oblige("B.2", "INCLUDE_OPT_OUT_TEXT");
  findings.Oblige("B.2", "INCLUDE_POSTAL_ADDRESS");
  findings.Oblige("B3-1", "ONE_CLICK_UNSUB");
}

void CheckTiming(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel) return;
  const Channel channel = *context.request.channel;
  const auto& zones = context.patient.zones;
  const bool quiet = HasQuietHours(context, channel, c);
  const bool capped = c != MessageClass::kSafety && channel != Channel::kInPerson &&
                      channel != Channel::kVideo && !ToProfessional(context);
  const Programme& programme = context.programme;
  const auto cap_free = [&](fhir::Instant t) {
    if (!capped) return t;
    return std::max(CapFree(t, programme.cap_per_day, kDay, context.history),
                    CapFree(t, programme.cap_per_week, kWeek, context.history));
  };
  const fhir::Instant now = context.now;
  const fhir::Instant start = std::max(now, context.request.not_before.value_or(now));
  const bool full = cap_free(now) > now;
  const bool night = quiet && !InsideEveryWindow(now, zones);
  if (capped && Automated(channel) && !full) findings.Oblige("B1-13", "COUNT_AGAINST_CAP");
  if (start == now && !full && !night) return;
  fhir::Instant t = start;
  for (int round = 0; round < 16; ++round) {
    const fhir::Instant before = t;
    t = cap_free(t);
    if (quiet) t = NextInsideEveryWindow(t, zones);
    if (t == before) break;
  }
  if (start > now) findings.Defer("D.1", t);
  if (full) findings.Defer("B1-13", t);
  if (night) findings.Defer("B1-27", t);
}

}  // namespace consent
