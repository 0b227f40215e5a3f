// What the patient stopped (B1-16 to B1-26, G3): effective at receipt, whatever the clock says, for
// the seller and the number, as wide as the scope table of the policy pack has it.
// 47 CFR 64.1200(a)(10) to (12), (d)
#include <algorithm>

#include "consent/channel_law.h"
#include "consent/opt_out_of.h"
#include "consent/reply.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Channel;

// A link that was only fetched says nothing: scanners fetch every link (RFC 8058).
constexpr std::string_view kOnlyFetched = "unsubscribe-get";

enum class Reach : uint8_t { kNot, kStopped, kWidened };  // widened: by B1-23 alone

// Which kinds of message an opt-out is against, before revoke-all widens it.
enum class Against : uint8_t { kAll, kMarketing, kInformational, kExempted };

Against Scope(const OptOut& opt_out, const ChannelPolicy& policy) {
  if (!opt_out.in_reply_to.empty() && KeepsInformational(opt_out.answer))
    return Against::kMarketing;
  // Of a STOP the table says how wide it is, not who recorded it (B1-24).
  if (opt_out.in_reply_to.empty() && opt_out.message_class == "marketing")
    return Against::kMarketing;
  const bool marketing = opt_out.in_reply_to == "marketing";
  if (marketing && policy.stop_to_marketing == StopScope::kSameKind) return Against::kMarketing;
  const bool informational = opt_out.in_reply_to == "informational";
  if (informational && policy.stop_to_informational == StopScope::kSameKind) {
    return Against::kInformational;
  }
  const bool exempted = opt_out.in_reply_to == "exempted";
  if (exempted && policy.stop_to_exempted == StopScope::kSameKind) return Against::kExempted;
  return Against::kAll;
}

bool OfThisKind(Against against, const EvaluationContext& context, MessageClass c) {
  if (against == Against::kAll) return true;
  if (against == Against::kMarketing) return c == MessageClass::kMarketing;
  if (against == Against::kInformational) return c != MessageClass::kMarketing;
  return NeedsExemption(context, c);
}

bool OfThisChannel(const OptOut& opt_out, const EvaluationContext& context, Channel channel,
                   bool marketing) {
  // Who says "everything" means more than the number it was said on.
  if (opt_out.channel == "all") return true;
  // Of an opt-out of two persons who were taken for one, nobody knows whose number it was.
  if (!opt_out.contact.empty() && context.contact && context.contact->key != opt_out.contact &&
      !opt_out.unmerged) {
    return false;
  }
  const auto against = fhir::ChannelFromCode(opt_out.channel);
  // An opt-out we cannot read is one against everything.
  if (!against || *against == channel) return true;
  if (!IsPhone(*against) || !IsPhone(channel)) return false;
  // One word against texts stops automated calls as well, one against calls those of a machine too,
  // and for marketing every use of the number.
  const bool call = *against == Channel::kVoiceLive && channel == Channel::kVoiceRecorded;
  return marketing || call || (IsAutomated(*against) && IsAutomated(channel));
}

bool OfThisProgramme(const OptOut& opt_out, const EvaluationContext& context) {
  return opt_out.programme.empty() || opt_out.all_programmes ||
         opt_out.programme == context.programme.id;
}

// B1-23: a STOP reaches what it was not said about, unless the patient chose otherwise.
bool IsWidened(const OptOut& opt_out, const EvaluationContext& context, Channel channel,
               MessageClass c) {
  const bool chose = KeepsInformational(opt_out.answer) && c != MessageClass::kMarketing;
  return !opt_out.in_reply_to.empty() && !chose && IsPhone(channel) &&
         opt_out.received_at >= context.policy->channels.revoke_all_effective;
}

// B1-25: of this seller, and of the number or address.
bool IsOurs(const OptOut& opt_out, const EvaluationContext& context, Channel channel,
            MessageClass c) {
  const bool same_seller =
      opt_out.seller.empty() || SameName(opt_out.seller, context.programme.seller);
  return (same_seller || opt_out.all_programmes) &&
         OfThisChannel(opt_out, context, channel, c == MessageClass::kMarketing);
}

Reach ReachOf(const OptOut& opt_out, const EvaluationContext& context, Channel channel,
              MessageClass c) {
  if (!IsOurs(opt_out, context, channel, c)) return Reach::kNot;
  const Against against = Scope(opt_out, context.policy->channels);
  if (OfThisProgramme(opt_out, context) && OfThisKind(against, context, c)) return Reach::kStopped;
  return IsWidened(opt_out, context, channel, c) ? Reach::kWidened : Reach::kNot;
}

// Said while two persons were taken for one: it holds for the number it names, and of which person
// it was nobody knows.
bool InDoubt(const OptOut& opt_out, const EvaluationContext& context) {
  const bool of_this_number =
      context.contact && !opt_out.contact.empty() && context.contact->key == opt_out.contact;
  return opt_out.unmerged && !of_this_number;
}

// B1-25: who consents anew, in writing or not, after an opt-out may be called again.
bool ConsentedSince(const OptOut& opt_out, const EvaluationContext& context, MessageClass c) {
  if (InDoubt(opt_out, context) || opt_out.all_programmes || opt_out.channel == "all") return false;
  return std::any_of(context.telephone_consents.begin(), context.telephone_consents.end(),
                     [&](const TelephoneConsentFacts& consent) {
                       return HoldsFor(consent, context, c) && consent.signed_at &&
                              *consent.signed_at > opt_out.received_at;
                     });
}

std::string_view RuleOf(Channel channel, MessageClass c) {
  if (channel == Channel::kEmail) return "B.2";
  if (channel == Channel::kVoiceLive && c == MessageClass::kMarketing) return "B1-26";
  return IsPhone(channel) ? "B1-24" : "B1-25";
}

// B1-16: the patient need not answer the message to stop it.
bool CameAnotherWay(const OptOut& opt_out) {
  return !opt_out.source.empty() && opt_out.source != "sms-reply" && opt_out.source != "reply" &&
         opt_out.source != "key-press";
}

fhir::Instant AfterBusinessDays(fhir::Instant t, int count) {
  while (count > 0) {
    t += std::chrono::days{1};
    const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(t)};
    if (day != std::chrono::Saturday && day != std::chrono::Sunday) --count;
  }
  return t;
}

void Stop(const OptOut& opt_out, Reach reach, const EvaluationContext& context, Channel channel,
          MessageClass c, Findings& findings) {
  const Outcome effect = c == MessageClass::kSafety ? Outcome::kReview : Outcome::kDeny;
  // V20: suppress, and offer the form that a revocation in writing needs.
  const bool unwritten = opt_out.channel == "all" && opt_out.source == "oral";
  if (InDoubt(opt_out, context)) return findings.Review("B1-25");
  if (unwritten && !IsPhone(channel) && channel != Channel::kEmail && effect == Outcome::kDeny) {
    return findings.Review("V20");
  }
  findings.Add(reach == Reach::kWidened ? "B1-23" : RuleOf(channel, c), effect);
  if (opt_out.pending) {
    findings.Add("G3", effect);
    const int days = context.policy->channels.opt_out_business_days;
    if (AfterBusinessDays(opt_out.received_at, days) < context.now) findings.Add("B1-19", effect);
  }
  if (IsPhone(channel) && CameAnotherWay(opt_out)) findings.Add("B1-16", effect);
  if (opt_out.in_reply_to == "exempted" && IsAutomated(channel)) findings.Add("B1-15", effect);
}

// B1-21: one text that confirms the opt-out, soon, and promotes nothing.
void CheckConfirmation(const EvaluationContext& context, MessageClass c, Findings& findings) {
  const ChannelPolicy& policy = context.policy->channels;
  const Channel channel = *context.request.channel;
  const OptOut* latest = nullptr;
  for (const OptOut& opt_out : context.opt_outs) {
    if (opt_out.source == kOnlyFetched) continue;
    // Whatever kind it was against.
    constexpr MessageClass kWidest = MessageClass::kMarketing;
    const bool concerns =
        IsOurs(opt_out, context, channel, kWidest) &&
        (OfThisProgramme(opt_out, context) || IsWidened(opt_out, context, channel, kWidest));
    if (!concerns) continue;
    if (latest == nullptr || opt_out.received_at > latest->received_at) latest = &opt_out;
  }
  const bool sent_already =
      latest != nullptr &&
      std::any_of(context.history.begin(), context.history.end(), [&](const Sent& sent) {
        // After a STOP no text but the confirmation goes.
        return sent.channel == fhir::Code(channel) && sent.sent_at >= latest->received_at;
      });
  const bool soon =
      latest != nullptr &&
      context.now <= latest->received_at + std::chrono::minutes{policy.confirmation_minutes};
  const bool promotes =
      c == MessageClass::kMarketing || HasOneOf(context.request.text, policy.commercial_words);
  const bool text = channel == Channel::kSms;
  if (!text || promotes || sent_already || !soon) return findings.Deny("B1-21");
  findings.Permit("B1-21");
}

// B1-16 to B1-18: what the patient has just answered.
void CheckReply(const EvaluationContext& context, Channel channel, MessageClass c,
                Findings& findings) {
  if (context.reply.empty()) return;
  const ReplyMeaning meaning = ReadReply(context.reply);
  Reply reply;
  reply.text = context.reply;
  reply.channel = fhir::Code(context.reply_channel.value_or(channel));
  reply.received_at = context.now;
  reply.programme = context.programme.id;
  // What is no clear stop narrows and widens nothing.
  if (meaning != ReplyMeaning::kOptOut) reply.text.clear();
  if (ReachOf(OptOutOf(reply), context, channel, c) == Reach::kNot) return;
  switch (meaning) {
    case ReplyMeaning::kOptOut: {
      const std::string_view rule = IsStopWord(context.reply) ? "B1-17" : "B1-18";
      return findings.Add(rule, c == MessageClass::kSafety ? Outcome::kReview : Outcome::kDeny);
    }
    case ReplyMeaning::kUnclear:
      return findings.Doubt("B1-18", c);
    case ReplyMeaning::kKeeps:
      return findings.Review("B1-18");
    case ReplyMeaning::kHelp:
    case ReplyMeaning::kOther:
      return findings.Permit("B1-18");
  }
}

}  // namespace

void CheckOptOuts(const EvaluationContext& context, MessageClass c, Findings& findings) {
  if (!context.request.channel || ToProfessional(context)) return;
  const Channel channel = *context.request.channel;
  if (IsConfirmation(context)) return CheckConfirmation(context, c, findings);
  for (const OptOut& opt_out : context.opt_outs) {
    if (opt_out.source == kOnlyFetched) {
      if (channel == Channel::kEmail) findings.Permit("B3-4");
      continue;
    }
    const Reach reach = ReachOf(opt_out, context, channel, c);
    if (reach == Reach::kNot) {
      if (KeepsInformational(opt_out.answer) && IsPhone(channel)) findings.Permit("B1-21");
      continue;
    }
    if (IsPhone(channel) && ConsentedSince(opt_out, context, c)) {
      findings.Permit("B1-25");
      continue;
    }
    Stop(opt_out, reach, context, channel, c, findings);
  }
  CheckReply(context, channel, c, findings);
}

}  // namespace consent
