// B.1 to B.3: consent to calls and texts, the exemption that needs none, opt-outs, e-mail.
#include <map>
#include <optional>

#include "tests/consent/oracle_parts.h"

namespace consent::testing::oracle {
namespace {

using fhir::Channel;
using std::chrono::days;
using std::chrono::minutes;

// B1-1, B1-6: what a machine sends to a number needs consent; a person who dials does not (B1-5).
bool Automated(Channel channel) { return In(channel, {Channel::kSms, Channel::kVoiceRecorded}); }
bool Telephonic(Channel channel) { return Automated(channel) || channel == Channel::kVoiceLive; }
bool Call(Channel channel) { return In(channel, {Channel::kVoiceLive, Channel::kVoiceRecorded}); }

// ---- B1-1 to B1-6: the consent

// G4: whether somebody gave the number up after `then`.
bool GivenUpSince(const ContactPoint& contact, const std::optional<fhir::Instant>& then) {
  return contact.disconnected && !(then && *then >= contact.disconnected->possible.end);
}
bool ConfirmedSinceGivenUp(const ContactPoint& contact) {
  return contact.disconnected && contact.confirmed &&
         !GivenUpSince(contact, contact.confirmed->possible.begin);
}

bool ForUs(const Facts& x, const TelephoneConsentFacts& consent) {
  return x.contact && consent.number == x.contact->key && consent.seller == x.programme.seller;
}

bool Holds(const Facts& x, const TelephoneConsentFacts& consent, bool marketing) {
  if (!consent.in_force || consent.refused || consent.revoked_at || !ForUs(x, consent))
    return false;
  if (!consent.period.Surely(x.now)) return false;
  if (GivenUpSince(*x.contact, consent.signed_at) && !ConfirmedSinceGivenUp(*x.contact)) {
    return false;
  }
  if (!consent.channels.empty() &&
      !Has(consent.channels, std::string(fhir::Code(*x.request.channel)))) {
    return false;
  }
  if (consent.purposes.empty()) return true;
  const auto wanted = marketing ? std::vector<std::string>{"HMARKT"} : x.request.purposes;
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& purpose) {
    return std::any_of(consent.purposes.begin(), consent.purposes.end(),
                       [&](const auto& each) { return SelfOrAncestor(each, purpose); });
  });
}

bool Express(const Facts& x, bool marketing) {
  return std::any_of(x.telephone_consents.begin(), x.telephone_consents.end(),
                     [&](const auto& each) { return Holds(x, each, marketing); });
}
bool Written(const Facts& x, bool marketing) {
  return std::any_of(x.telephone_consents.begin(), x.telephone_consents.end(),
                     [&](const auto& e) { return e.written && Holds(x, e, marketing); });
}

// FCC 2015: the number given to the covered entity or its associate, for texts too.
bool NumberGiven(const Facts& x) {
  return UnderHipaaLaw(x.programme) && !x.programme.telephone.only_exempted && x.contact &&
         x.contact->provided_by == ProvidedBy::kPatient;
}

// B1-24: a refusal of some channels or of some purposes is one of these alone.
bool RefusalReaches(const Facts& x, const TelephoneConsentFacts& refusal, bool marketing) {
  if (!refusal.channels.empty() &&
      !Has(refusal.channels, std::string(fhir::Code(*x.request.channel)))) {
    return false;
  }
  std::vector<std::string> meant = x.request.purposes;
  if (marketing) meant.emplace_back("HMARKT");
  if (refusal.purposes.empty() || meant.empty()) return true;
  for (const std::string& refused : refusal.purposes) {
    for (const std::string& purpose : meant) {
      if (SelfOrAncestor(refused, purpose) || SelfOrAncestor(purpose, refused)) return true;
    }
  }
  return false;
}

// B1-16: a consent taken back, or a refusal, until one is given anew.
bool Refused(const Facts& x, bool marketing) {
  for (const TelephoneConsentFacts& each : x.telephone_consents) {
    if (!ForUs(x, each)) continue;
    if (each.refused && each.period.Possibly(x.now) && RefusalReaches(x, each, marketing)) {
      return true;
    }
    const bool revoked = each.revoked_at && *each.revoked_at <= x.now;
    const bool ended = each.withdrawn && each.period.Possibly(x.now);
    if (!revoked && !ended) continue;
    bool anew = false;
    for (const TelephoneConsentFacts& later : x.telephone_consents) {
      if (!Holds(x, later, marketing) || !later.signed_at) continue;
      // After the whole of the day it was revoked on; else after the one that is no longer active.
      if (each.revoked_at) {
        anew = anew || (each.revoked_until && *later.signed_at >= *each.revoked_until);
      } else {
        anew = anew || (each.signed_at && *later.signed_at > *each.signed_at);
      }
    }
    if (!anew) return true;
  }
  return false;
}

// B1-20: from a closed list, and two persons stand behind each text.
bool Emergency(const Facts& x) {
  return std::all_of(x.content.modules.begin(), x.content.modules.end(), [](const auto& each) {
    return each.kind == ModuleKind::kSafety && each.approved && each.approvers >= 2;
  });
}

// B1-7 to B1-12, B1-14
void Exempted(const Facts& x, Verdict& verdict) {
  static const std::set<std::string> kTopics = {
      "appointment", "wellness-checkup", "pre-registration", "pre-operative",
      "lab-result",  "post-discharge",   "prescription",     "home-healthcare"};
  static const std::vector<std::string> kMoney = {"balance", "payment", "copay"};
  Verdict judged(verdict.message_class());
  if (!x.programme.telephone.free_to_end_user) judged.Deny("B1-7");
  if (!x.contact || x.contact->provided_by != ProvidedBy::kPatient) judged.Deny("B1-8");
  if (x.programme.provider_name.empty() || x.programme.provider_phone.empty()) {
    judged.Deny("B1-9");
  }
  const bool listed =
      std::all_of(x.content.modules.begin(), x.content.modules.end(), [](const auto& module) {
        return !module.topics.empty() &&
               std::all_of(module.topics.begin(), module.topics.end(),
                           [](const auto& topic) { return kTopics.contains(topic); });
      });
  const bool silent = std::all_of(x.content.modules.begin(), x.content.modules.end(),
                                  [](const auto& module) { return module.topics.empty(); });
  const bool prescription = silent && verdict.message_class() == MessageClass::kRefillReminder;
  if (!(listed && !x.content.modules.empty()) && !prescription) judged.Deny("B1-10");
  if (!UnderHipaaLaw(x.programme) || Speaks(x.request.text, kMoney)) judged.Deny("B1-11");
  if (x.request.text.size() > 160) judged.Deny("B1-12");
  if (judged.outcome == Outcome::kPermit) {
    verdict.Permit("B1-7");
    verdict.Oblige("B1-9", "INCLUDE_PROVIDER_ID");
    verdict.Oblige("B1-12", "MAX_CHARS 160");
    verdict.Oblige("B1-14", "INCLUDE_OPT_OUT_TEXT");
  }
  for (const auto& [rule, effect] : judged.rules) verdict.Says(rule, effect);
}

// ---- B1-16 to B1-26: what the patient stopped

// B1-21: answers to "did you mean all of them?" that keep what is no marketing.
bool Keeps(const std::string& answer) { return answer == "keep refills"; }

// Of the seller, the number and the channel (B1-25, V20): whether the word reaches this message.
bool Reaches(const Facts& x, const OptOut& o, bool marketing) {
  const Channel channel = *x.request.channel;
  if (!o.seller.empty() && o.seller != x.programme.seller && !o.all_programmes) return false;
  if (o.channel == "all") return true;
  const bool other_contact =
      !o.contact.empty() && x.contact && o.contact != x.contact->key && !o.unmerged;
  if (other_contact) return false;
  const auto of = fhir::ChannelFromCode(o.channel);
  if (!of || *of == channel) return true;
  if (!Telephonic(*of) || !Telephonic(channel)) return false;
  // No machine calls whom no person may call, nor texts whom no machine may call; what is
  // marketing ends for the number.
  return marketing || (Automated(*of) && Automated(channel)) ||
         (Call(*of) && Automated(channel) && Call(channel));
}

// B1-24: of which kinds.
bool OfThisKind(const Facts& x, const OptOut& o, const Verdict& verdict) {
  const ChannelPolicy& policy = x.policy->channels;
  const bool chosen = !o.in_reply_to.empty() && Keeps(o.answer);
  const bool only_marketing =
      chosen || (o.message_class == "marketing" && o.in_reply_to.empty()) ||
      (o.in_reply_to == "marketing" && policy.stop_to_marketing == StopScope::kSameKind);
  if (only_marketing) return verdict.marketing();
  if (o.in_reply_to == "informational" && policy.stop_to_informational == StopScope::kSameKind) {
    return !verdict.marketing();
  }
  if (o.in_reply_to == "exempted" && policy.stop_to_exempted == StopScope::kSameKind) {
    return NeedsExemption(x, verdict);
  }
  return true;
}

// B1-23: from 31 January 2027 on a STOP to one kind reaches all, but for what the patient kept.
bool Widened(const Facts& x, const OptOut& o, const Verdict& verdict) {
  static const fhir::Instant kFrom = *fhir::ParseInstant("2027-01-31T00:00:00Z");
  return !o.in_reply_to.empty() && Telephonic(*x.request.channel) && o.received_at >= kFrom &&
         (verdict.marketing() || !Keeps(o.answer));
}

// B1-25: of two persons taken for one nobody knows who said it, but of which number.
bool WhoseUnknown(const Facts& x, const OptOut& o) {
  return o.unmerged && (o.contact.empty() || !x.contact || x.contact->key != o.contact);
}

// B1-25: a consent signed later ends the opt-out of a number, not that of everything.
bool ConsentedSince(const Facts& x, const OptOut& o, bool marketing) {
  if (!Telephonic(*x.request.channel) || WhoseUnknown(x, o) || o.all_programmes ||
      o.channel == "all") {
    return false;
  }
  return std::any_of(x.telephone_consents.begin(), x.telephone_consents.end(), [&](const auto& e) {
    return Holds(x, e, marketing) && e.signed_at && *e.signed_at > o.received_at;
  });
}

// B1-19: ten days of work after the receipt.
bool Overdue(const OptOut& o, fhir::Instant now) {
  fhir::Instant due = o.received_at;
  for (int left = 10; left > 0;) {
    due += days{1};
    const std::chrono::weekday day{std::chrono::floor<days>(due)};
    if (day != std::chrono::Saturday && day != std::chrono::Sunday) --left;
  }
  return due < now;
}

void Stopped(const Facts& x, const OptOut& o, bool widened, Verdict& verdict) {
  const Channel channel = *x.request.channel;
  const bool telephone = Telephonic(channel);
  // Nobody knows whose word it was: held back until a person has found out.
  if (WhoseUnknown(x, o)) return verdict.Review("B1-25");
  // V20: an oral word is no revocation in writing; what it stops at once are the channels of the
  // gateway that ring or write by themselves.
  const bool oral = o.channel == "all" && o.source == "oral";
  if (oral && !telephone && channel != Channel::kEmail && !verdict.safety()) {
    return verdict.Review("V20");
  }
  const char* rule = telephone ? "B1-24" : "B1-25";
  if (channel == Channel::kEmail) rule = "B.2";
  if (channel == Channel::kVoiceLive && verdict.marketing()) rule = "B1-26";
  verdict.Stop(widened ? "B1-23" : rule);
  if (o.pending) verdict.Stop("G3");
  if (o.pending && Overdue(o, x.now)) verdict.Stop("B1-19");
  const bool by_answer = o.source.empty() || o.source == "sms-reply" || o.source == "key-press";
  if (telephone && !by_answer) verdict.Stop("B1-16");
  if (o.in_reply_to == "exempted" && Automated(channel)) verdict.Stop("B1-15");
}

// B1-17, B1-18: replies as a reasonable person reads them.
enum class Word : uint8_t { kStop, kSaysStop, kUnclear, kContrary, kOther };
Word Meaning(const std::string& reply) {
  static const std::map<std::string, Word> kReplies = {
      {"STOP", Word::kStop},
      {"opt out", Word::kStop},
      {"Unsubscribe", Word::kStop},
      {"Please quit texting me", Word::kSaysStop},
      {"CANCEL my appointment", Word::kUnclear},
      {"dont stop these, they help", Word::kContrary},
      {"Thanks, see you Monday", Word::kOther},
      {"HELP", Word::kOther}};
  const auto known = kReplies.find(reply);
  if (known == kReplies.end()) throw Open();
  return known->second;
}

void Reply(const Facts& x, Verdict& verdict) {
  if (x.reply.empty()) return;
  OptOut word;  // of the number or address it came from
  word.channel = fhir::Code(x.reply_channel.value_or(*x.request.channel));
  if (!Reaches(x, word, verdict.marketing())) return;
  switch (Meaning(x.reply)) {
    case Word::kStop:
      return verdict.Stop("B1-17");
    case Word::kSaysStop:
      return verdict.Stop("B1-18");
    case Word::kUnclear:
      return verdict.Doubt("B1-18");
    case Word::kContrary:
      return verdict.Review("B1-18");
    case Word::kOther:
      return verdict.Permit("B1-18");
  }
}

// B1-21: one text, within five minutes, that promotes nothing.
void Confirmation(const Facts& x, Verdict& verdict) {
  const OptOut* confirmed = nullptr;
  for (const OptOut& o : x.opt_outs) {
    if (o.source == "unsubscribe-get" || !Reaches(x, o, true)) continue;
    if (!o.programme.empty() && o.programme != x.programme.id && !o.all_programmes &&
        !Widened(x, o, Verdict(MessageClass::kMarketing))) {
      continue;
    }
    if (confirmed == nullptr || o.received_at > confirmed->received_at) confirmed = &o;
  }
  const bool soon = confirmed != nullptr && x.now <= confirmed->received_at + minutes{5};
  const bool first = confirmed != nullptr &&
                     std::none_of(x.history.begin(), x.history.end(), [&](const Sent& sent) {
                       return sent.channel == fhir::Code(*x.request.channel) &&
                              sent.sent_at >= confirmed->received_at;
                     });
  const bool promotes = verdict.marketing() || Speaks(x.request.text, {"offer", "% off"});
  const bool good = *x.request.channel == Channel::kSms && soon && first && !promotes;
  verdict.Says("B1-21", good ? Outcome::kPermit : Outcome::kDeny);
}

}  // namespace

bool IsConfirmation(const Facts& x) {
  const auto& modules = x.content.modules;
  return !modules.empty() && std::all_of(modules.begin(), modules.end(), [](const auto& each) {
    return each.approved && each.kind == ModuleKind::kConfirmation;
  });
}

bool NeedsExemption(const Facts& x, const Verdict& verdict) {
  const TelephoneRoute& route = x.programme.telephone;
  return Automated(*x.request.channel) && !verdict.marketing() && !verdict.safety() &&
         (route.free_to_end_user || route.only_exempted) && !NumberGiven(x) && !Express(x, false);
}

bool Speaks(const std::string& text, const std::vector<std::string>& words) {
  std::string lower = text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return lower.find(word) != std::string::npos;
  });
}

void OptOuts(const Facts& x, Verdict& verdict) {
  if (IsConfirmation(x)) return Confirmation(x, verdict);
  for (const OptOut& o : x.opt_outs) {
    if (o.source == "unsubscribe-get") {  // B3-4: a link that was only fetched
      if (*x.request.channel == Channel::kEmail) verdict.Permit("B3-4");
      continue;
    }
    if (!Reaches(x, o, verdict.marketing())) continue;
    const bool ours = o.programme.empty() || o.all_programmes || o.programme == x.programme.id;
    const bool stopped = ours && OfThisKind(x, o, verdict);
    if (!stopped && !Widened(x, o, verdict)) {
      if (Keeps(o.answer) && Telephonic(*x.request.channel)) verdict.Permit("B1-21");
      continue;
    }
    if (ConsentedSince(x, o, verdict.marketing())) {
      verdict.Permit("B1-25");
      continue;
    }
    Stopped(x, o, !stopped, verdict);
  }
  Reply(x, verdict);
}

void Telephone(const Facts& x, Verdict& verdict) {
  const Channel channel = *x.request.channel;
  const bool marketing = verdict.marketing();
  const bool addressed =
      Telephonic(channel) || In(channel, {Channel::kEmail, Channel::kMail, Channel::kFax});
  if (addressed && !x.contact) verdict.Doubt("CP1");
  if (addressed && x.contact) {
    // G4: reassigned, or given up since the patient last confirmed or consented to it.
    const bool consented_since =
        std::any_of(x.telephone_consents.begin(), x.telephone_consents.end(), [&](const auto& e) {
          return x.contact->disconnected && e.in_force && e.number == x.contact->key &&
                 e.signed_at && *e.signed_at <= x.now && !GivenUpSince(*x.contact, e.signed_at);
        });
    const bool given_up =
        x.contact->disconnected && !ConfirmedSinceGivenUp(*x.contact) && !consented_since;
    if (x.contact->reassigned || given_up) verdict.Deny("G4");
  }
  if (channel == Channel::kVoiceLive) {
    const bool registered = x.contact && x.contact->do_not_call;
    const bool sells = marketing && registered && !Written(x, true);
    verdict.Says("B1-5", sells ? Outcome::kDeny : Outcome::kPermit);
  }
  if (!Automated(channel)) return;
  if (channel == Channel::kSms) {
    verdict.Oblige("B1-14", "INCLUDE_OPT_OUT_TEXT");
    if (x.programme.telephone.one_way) verdict.Oblige("B1-22", "INCLUDE_OTHER_WAYS_TO_STOP");
  }
  if (IsConfirmation(x)) return;
  if (Refused(x, marketing)) verdict.Stop("B1-24");
  const bool express = Express(x, marketing);
  if (verdict.safety()) {
    if (Emergency(x)) return verdict.Permit("B1-20");
    return express || NumberGiven(x) ? verdict.Permit("B1-1") : verdict.Review("B1-20");
  }
  if (marketing && !UnderHipaaLaw(x.programme)) {
    if (Written(x, true)) return verdict.Permit("B1-2");
    const bool some_written = std::any_of(
        x.telephone_consents.begin(), x.telephone_consents.end(), [&](const auto& each) {
          return each.written && each.in_force && each.period.Surely(x.now);
        });
    return verdict.Deny(some_written ? "B1-2" : "B1-4");
  }
  if (NeedsExemption(x, verdict)) return Exempted(x, verdict);
  if (!express && x.contact && x.contact->provided_by == ProvidedBy::kBroker) {
    return verdict.Deny("B1-8");
  }
  const std::string rule = marketing ? "B1-3" : "B1-1";
  if (express || NumberGiven(x)) return verdict.Permit(rule);
  verdict.Doubt(rule);
  if (channel == Channel::kSms) verdict.Doubt("B1-6");
}

void Email(const Facts& x, Verdict& verdict) {
  if (*x.request.channel != Channel::kEmail || verdict.safety()) return;
  // 16 CFR 316.3: by its subject or its first sentence; recalls and safety are transactional.
  const std::string& text = x.request.text;
  const std::string top = text.substr(0, text.find('.'));
  const std::vector<std::string> commercial = {"offer", "% off"};
  const bool reads_so = Speaks(x.content.email_subject, commercial) || Speaks(top, commercial);
  if (!verdict.marketing() && !reads_so) return;
  const EmailRoute& route = x.programme.email;
  if (route.described) {
    const auto& signs = route.dkim_signs;
    if (!route.unsubscribe_uri.starts_with("https://") || !route.one_click_post) {
      verdict.Deny("B3-1");
    }
    if (!route.dkim || !Has(signs, "List-Unsubscribe") || !Has(signs, "List-Unsubscribe-Post")) {
      verdict.Deny("B3-2");
    }
    if (!route.opaque_token) verdict.Deny("B3-3");
    const bool trusted =
        route.spf && route.dkim && route.dmarc_aligned && route.spam_per_100000 < 300;
    if (route.bulk) verdict.Says("B3-5", trusted ? Outcome::kPermit : Outcome::kDeny);
  }
  if (x.programme.postal_address.empty()) return verdict.Deny("B.2");
  verdict.Oblige("B.2", "INCLUDE_OPT_OUT_TEXT");
  verdict.Oblige("B.2", "INCLUDE_POSTAL_ADDRESS");
  verdict.Oblige("B3-1", "ONE_CLICK_UNSUB");
}

}  // namespace consent::testing::oracle
