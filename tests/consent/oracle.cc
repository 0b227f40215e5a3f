#include "tests/consent/oracle.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace consent::testing {
namespace {

using fhir::Channel;
using std::chrono::hours;

struct Open {};  // thrown where the document leaves the answer open

template <class T>
bool In(const T& item, const std::vector<T>& items) {
  return std::find(items.begin(), items.end(), item) != items.end();
}
bool In(Channel channel, std::initializer_list<Channel> channels) {
  return std::find(channels.begin(), channels.end(), channel) != channels.end();
}
bool Has(const std::vector<std::string>& items, const std::string& item) { return In(item, items); }

Outcome Stronger(Outcome a, Outcome b) { return std::max(a, b); }
Outcome Doubt(MessageClass c) {
  return c == MessageClass::kMarketing ? Outcome::kDeny : Outcome::kReview;
}

// ---- who sends

bool Provider(const Programme& p) {
  return p.regime == Regime::kCeProvider ||
         ((p.regime == Regime::kBaOf || p.regime == Regime::kSubcontractorBa) &&
          p.acts_for == Regime::kCeProvider);
}
bool Plan(const Programme& p) {
  return p.regime == Regime::kCePlan ||
         ((p.regime == Regime::kBaOf || p.regime == Regime::kSubcontractorBa) &&
          p.acts_for == Regime::kCePlan);
}
bool UnderHipaaLaw(const Programme& p) {
  return p.regime != Regime::kManufacturer && p.regime != Regime::kHubNonHipaa;
}

// ---- purposes: v3-ActReason, child and parent

const std::map<std::string, std::string>& Parents() {
  static const std::map<std::string, std::string> parents = {
      {"COC", "TREAT"},       {"ETREAT", "TREAT"},     {"CAREMGT", "HOPERAT"},
      {"PATSFTY", "HOPERAT"}, {"COVERAGE", "HPAYMT"},  {"ELIGVER", "COVERAGE"},
      {"COVAUTH", "HPAYMT"},  {"ENROLLM", "COVERAGE"},
  };
  return parents;
}
bool SelfOrAncestor(const std::string& wide, std::string narrow) {
  for (;;) {
    if (wide == narrow) return true;
    const auto parent = Parents().find(narrow);
    if (parent == Parents().end()) return false;
    narrow = parent->second;
  }
}

// ---- A.2: what the message is

struct Class {
  MessageClass c = MessageClass::kMarketing;
  bool remunerated = false;
};

const Product* Listed(const Programme& programme, const DescribedProduct& product) {
  return product.catalogue < 0 ? nullptr
                               : &programme.products[static_cast<size_t>(product.catalogue)];
}

// M1, M6: whether this payment, or what is not known of it, counts as financial remuneration.
bool Remunerates(const EvaluationContext& x, const FundingFacts& funding) {
  if (funding.form == FundingFacts::Form::kNone || funding.form == FundingFacts::Form::kInKind) {
    return false;
  }
  if (funding.form == FundingFacts::Form::kUnknown || funding.payer.empty()) return true;
  if (funding.payer == x.programme.sender) return false;
  for (const DescribedProduct& product : x.content.products) {
    const Product* listed = Listed(x.programme, product);
    if (listed == nullptr || listed->maker.empty() || listed->maker == funding.payer) return true;
  }
  if (x.content.products.empty()) return true;  // M6: of which product
  return funding.payer == x.programme.seller;
}

// M3, A.3: no more than the cost, or than fair market value for a business associate.
bool WithinCost(const FundingFacts& funding) {
  if (funding.form != FundingFacts::Form::kCash || funding.payer.empty()) return false;  // M6
  if (funding.payee == FundingFacts::Payee::kCe) {
    return funding.has_worksheet && funding.amount_micros && funding.cost_micros &&
           funding.same_currency && *funding.amount_micros <= *funding.cost_micros &&
           !funding.volume_contingent;
  }
  if (funding.payee == FundingFacts::Payee::kBa) {
    if (funding.volume_contingent) throw Open();
    return funding.fair_market_value;
  }
  return false;
}

// M2: within the refill exception, for this patient.
bool WithinRefill(const EvaluationContext& x, const DescribedProduct& product) {
  const Product* described = Listed(x.programme, product);
  if (described == nullptr) return false;
  for (const Therapy& therapy : x.therapies) {
    if (therapy.catalogue < 0) continue;
    const bool current = therapy.current.Surely(x.now);
    const bool lapsed = therapy.lapsed.Surely(x.now);
    const Product& taken = x.programme.products[static_cast<size_t>(therapy.catalogue)];
    const bool same = therapy.catalogue == product.catalogue;
    if (same && (current || lapsed)) return true;
    const bool generic = described->generic && !described->ingredient.empty() &&
                         described->ingredient == taken.ingredient &&
                         described->formulation == taken.formulation;
    const bool delivers = described->kind == "delivery-system" &&
                          Has(described->delivery_for, taken.code) &&
                          (taken.administered_by.empty() || taken.administered_by == "patient");
    if ((generic || delivers) && current) return true;
    if ((generic || delivers) && lapsed) throw Open();
  }
  return false;
}

Class ClassOf(const EvaluationContext& x) {
  const bool declared = Has(x.request.purposes, "HMARKT");
  bool remunerated = false;
  bool within_cost = true;
  int payments = 0;
  for (const FundingFacts& funding : x.content.funding) {
    if (!Remunerates(x, funding)) continue;
    remunerated = true;
    ++payments;
    within_cost = within_cost && WithinCost(funding);
  }
  if (x.content.funding.empty()) throw Open();
  bool other = x.content.products.empty() && x.content.call_to_purchase;
  for (const DescribedProduct& product : x.content.products) {
    other = other || !WithinRefill(x, product);
  }
  if (declared) return {MessageClass::kMarketing, remunerated};
  if (x.content.products.empty() && !x.content.call_to_purchase) {
    const ModuleKind kind = x.content.modules.at(0).kind;
    if (kind == ModuleKind::kSafety) return {MessageClass::kSafety, false};
    if (kind == ModuleKind::kAdministrative) return {MessageClass::kAdministrative, false};
    return {MessageClass::kGeneral, false};
  }
  if (x.content.modules.at(0).kind != ModuleKind::kContent) throw Open();
  if (!other) {
    if (payments > 1 && within_cost) throw Open();  // M3: each, or all together
    if (!remunerated || within_cost) return {MessageClass::kRefillReminder, false};
    return {MessageClass::kMarketing, true};
  }
  if (remunerated) return {MessageClass::kMarketing, true};
  if (x.request.purposes.size() != 1) throw Open();
  const std::string& purpose = x.request.purposes[0];
  if (Provider(x.programme) && SelfOrAncestor("TREAT", purpose)) {
    return {MessageClass::kTreatment, false};
  }
  if (Plan(x.programme)) throw Open();  // what is in its own plan of benefits
  if (UnderHipaaLaw(x.programme) && SelfOrAncestor("HOPERAT", purpose)) {
    return {MessageClass::kOperations, false};
  }
  return {MessageClass::kMarketing, false};
}

// ---- 0.4: what stops at once

Outcome HardStops(const EvaluationContext& x, MessageClass c) {
  Outcome outcome = Outcome::kPermit;
  const bool open = x.request.status == "active" || x.request.status == "on-hold";
  if (!open || x.request.do_not_perform) outcome = Outcome::kDeny;                      // D.1
  if (x.request.unusable || x.patient.unusable) outcome = Stronger(outcome, Doubt(c));  // G5
  if (x.patient.deceased == Deceased::kYes) outcome = Outcome::kDeny;                   // G1
  if (x.patient.deceased == Deceased::kConflict) outcome = Stronger(outcome, Outcome::kReview);
  if (x.patient.unresolved) outcome = Stronger(outcome, Doubt(c));   // G2
  if (x.contact && x.contact->reassigned) outcome = Outcome::kDeny;  // G4
  // A clock that stepped back: something has happened that lies ahead.
  const fhir::Instant latest = x.now + std::chrono::minutes{10};
  bool ahead = false;
  for (const OptOut& each : x.opt_outs) ahead = ahead || each.received_at > latest;
  for (const AuthorizationFacts& each : x.authorizations) {
    ahead = ahead || (each.status == ConsentStatus::kActive && each.signed_at > latest);
  }
  if (ahead && c != MessageClass::kSafety) outcome = Stronger(outcome, Doubt(c));
  if (!x.unavailable.empty()) {  // G6
    const bool approved = x.content.modules.at(0).approvers >= 2;
    if (c != MessageClass::kSafety || !approved) outcome = Stronger(outcome, Doubt(c));
  }
  return outcome;
}

// ---- A.5 to A.7: one authorization

enum class Standing { kValid, kReview, kInvalid };

Standing StandingOf(const EvaluationContext& x, const AuthorizationFacts& a,
                    const std::string& purpose, bool remunerated) {
  if (a.unusable || a.status != ConsentStatus::kActive) return Standing::kInvalid;
  // V19, V21: revoked, by this document or by a revocation after it was signed.
  if (a.revoked_at && *a.revoked_at <= x.now) return Standing::kInvalid;
  for (const AuthorizationFacts& other : x.authorizations) {
    if (&other == &a || !other.revoked_at || *other.revoked_at > x.now) continue;
    if (!a.signed_at || *a.signed_at <= *other.revoked_at) throw Open();  // which one was meant
  }
  if (!a.has_information || a.disclosers.empty() || a.recipients.empty()) {
    return Standing::kInvalid;  // V1 to V3
  }
  bool named = false;
  for (const std::string& who : a.recipients) {
    named =
        named || who == x.programme.sender || who == x.programme.seller || who == x.programme.name;
  }
  if (!named) return Standing::kInvalid;  // V18
  bool purposed = false;
  for (const std::string& each : a.purposes) purposed = purposed || SelfOrAncestor(each, purpose);
  if (!purposed) return Standing::kInvalid;  // V4, V23
  if (!a.signed_at || *a.signed_at > x.now || !a.signer_known) return Standing::kInvalid;  // V6
  if (a.signer_is_representative && !a.authority_described) return Standing::kInvalid;
  for (const char* statement : {"right-to-revoke", "conditioning", "redisclosure"}) {
    if (!Has(a.statements, statement)) return Standing::kInvalid;  // V7 to V9
  }
  if (remunerated && !Has(a.statements, "remuneration")) return Standing::kInvalid;  // V10
  if (a.known_false) return Standing::kInvalid;
  if (a.not_plain) throw Open();  // V12: whether that makes it defective
  // V18: brand, channel, seller.
  for (const DescribedProduct& product : x.content.products) {
    bool covered = false;
    for (const Coding& coding : product.codings) covered = covered || In(coding, a.products);
    if (!covered) return Standing::kInvalid;
  }
  if (!a.channels.empty() && !Has(a.channels, std::string(fhir::Code(*x.request.channel)))) {
    return Standing::kInvalid;
  }
  if (!a.seller.empty() && a.seller != x.programme.seller) return Standing::kInvalid;
  // V5, V16, A.6(i): its end.
  if (a.end_unreadable) return Standing::kInvalid;
  if (!a.has_end && a.expiration_event.empty()) return Standing::kInvalid;
  if (a.period && !a.period->Surely(x.now)) return Standing::kInvalid;
  if (a.event_occurred && *a.event_occurred <= x.now) return Standing::kInvalid;
  Standing standing = Standing::kValid;
  if (a.expiration_event == "programme exit") {
    if (x.stay == ProgrammeStay::kLeft) return Standing::kInvalid;
    if (x.stay == ProgrammeStay::kUnknown) throw Open();
  } else if (!a.expiration_event.empty()) {
    const bool looked_at = a.event_reviewed && *a.event_reviewed <= x.now &&
                           x.now - *a.event_reviewed < hours{24 * 365};
    if (!looked_at) standing = Standing::kReview;
  }
  const bool exempt = !a.compound_exemption.empty() || !a.conditioned_exemption.empty();
  if (exempt || a.copy_withheld) throw Open();  // which exemptions; V13
  if (a.compound) {                             // V14
    if (!a.separately_signed) return Standing::kInvalid;
    standing = Standing::kReview;
  }
  if (a.conditioned) {  // V15
    if (UnderHipaaLaw(x.programme)) return Standing::kInvalid;
    standing = Standing::kReview;
  }
  return standing;
}

Outcome Authorized(const EvaluationContext& x, const std::string& purpose, bool remunerated) {
  Outcome best = Outcome::kDeny;
  for (const AuthorizationFacts& each : x.authorizations) {
    const Standing standing = StandingOf(x, each, purpose, remunerated);
    if (standing == Standing::kValid) return Outcome::kPermit;
    if (standing == Standing::kReview) best = Outcome::kReview;
  }
  return best;
}

// A.4, M12 to M14: marketing that needs no authorization.
bool Excepted(const EvaluationContext& x) {
  const Channel channel = *x.request.channel;
  if (channel == Channel::kVideo) throw Open();
  if (channel == Channel::kInPerson) {
    if (!UnderHipaaLaw(x.programme) || !x.request.met_in_person) throw Open();
    return true;
  }
  // A text about a gift is not a gift.
  if (x.content.gifts.empty() || channel != Channel::kMail) return false;
  const bool nominal =
      std::all_of(x.content.gifts.begin(), x.content.gifts.end(), [&](const GiftFacts& gift) {
        return !gift.cash && gift.value_micros &&
               *gift.value_micros <= x.policy->classification.nominal_gift_micros &&
               (gift.giver.empty() || gift.giver == x.programme.sender);
      });
  return nominal && UnderHipaaLaw(x.programme);
}

// ---- C.3 to C.5: consents

struct Constraints {
  const Validity* period = nullptr;
  ActorMatch actor = ActorMatch::kAny;
  std::vector<std::string> actions;
  std::vector<std::string> purposes;
};

Constraints Over(Constraints parent, const Provision& child) {
  if (child.period) parent.period = &*child.period;
  if (child.actor != ActorMatch::kAny) parent.actor = child.actor;
  if (!child.actions.empty()) parent.actions = child.actions;
  if (!child.purposes.empty()) parent.purposes = child.purposes;
  return parent;
}

bool Matches(const EvaluationContext& x, const Constraints& c, Provision::Type type,
             const std::string& purpose) {
  const bool permit = type == Provision::Type::kPermit;
  if (c.actor == ActorMatch::kUnclear) throw Open();
  if (c.actor == ActorMatch::kOther) return false;
  if (c.period != nullptr && !(permit ? c.period->Surely(x.now) : c.period->Possibly(x.now))) {
    return false;
  }
  if (!c.actions.empty() && !Has(c.actions, "use") && !Has(c.actions, "disclose")) return false;
  if (permit && !c.actions.empty() && c.actions.size() < 2) throw Open();  // one of the two only
  if (c.purposes.empty()) return true;
  bool below = false;
  for (const std::string& each : c.purposes) {
    if (SelfOrAncestor(each, purpose)) return true;
    below = below || SelfOrAncestor(purpose, each);
  }
  if (below && !permit) throw Open();  // REDACT or REVIEW
  return false;
}

enum class Said { kNothing, kPermit, kDeny };

Said SaidBy(const EvaluationContext& x, const ConsentFacts& consent, const std::string& purpose) {
  if (consent.only_denies) return Said::kNothing;  // an authorization: it is judged as one
  if (consent.status != ConsentStatus::kActive || !consent.privacy_scope) return Said::kNothing;
  if (consent.made && !consent.made->Possibly(x.now)) throw Open();
  if (consent.unusable) throw Open();
  const Provision& root = consent.root;
  const bool permit = root.type == Provision::Type::kPermit;
  if (root.period && !(permit ? root.period->Surely(x.now) : root.period->Possibly(x.now))) {
    if (root.period->Possibly(x.now)) throw Open();  // over in some zones only
    return Said::kNothing;
  }
  Said said = Said::kNothing;
  const Constraints over = Over({}, root);
  if (Matches(x, over, root.type, purpose)) said = permit ? Said::kPermit : Said::kDeny;
  // One level of exceptions: they are deeper, so they decide; a deny among them wins.
  bool nested_permit = false;
  bool nested_deny = false;
  for (const Provision& child : root.children) {
    if (!Matches(x, Over(over, child), child.type, purpose)) continue;
    (child.type == Provision::Type::kPermit ? nested_permit : nested_deny) = true;
  }
  if (nested_deny) return Said::kDeny;
  if (nested_permit) return Said::kPermit;
  return said;
}

struct Consents {
  bool deny = false;
  bool permit = true;  // every purpose is permitted by some consent
  bool recorded = false;
};

Consents Asked(const EvaluationContext& x, const std::vector<std::string>& purposes) {
  Consents answer;
  for (const std::string& purpose : purposes) {
    bool permitted = false;
    for (const ConsentFacts& consent : x.consents) {
      const Said said = SaidBy(x, consent, purpose);
      answer.deny = answer.deny || said == Said::kDeny;
      permitted = permitted || said == Said::kPermit;
      answer.recorded =
          answer.recorded || (!consent.only_denies && consent.status == ConsentStatus::kActive);
    }
    answer.permit = answer.permit && permitted;
  }
  return answer;
}

Outcome Permission(const EvaluationContext& x, const Class& kind) {
  const bool marketing = kind.c == MessageClass::kMarketing;
  if (!marketing && x.request.purposes.empty()) return Outcome::kReview;  // C2
  const auto purposes = marketing ? std::vector<std::string>{"HMARKT"} : x.request.purposes;
  if (purposes.size() > 1 && !UnderHipaaLaw(x.programme)) throw Open();  // one consent for each
  const Consents consents = Asked(x, purposes);
  Outcome outcome = Outcome::kPermit;
  if (consents.deny) {
    outcome = kind.c == MessageClass::kSafety ? Outcome::kReview : Outcome::kDeny;
  }
  if (marketing) {
    if (Excepted(x)) return outcome;
    const Outcome authorized = Authorized(x, "HMARKT", kind.remunerated);
    // A gift that is none: whether it denies what else a person would look at.
    if (authorized == Outcome::kReview && !x.content.gifts.empty()) throw Open();
    return Stronger(outcome, authorized);
  }
  if (consents.deny || consents.permit || UnderHipaaLaw(x.programme)) return outcome;
  // C7 and A.13: a sender outside HIPAA stands on what the patient has signed.
  if (consents.recorded || kind.c == MessageClass::kSafety) throw Open();
  return Authorized(x, purposes[0], false);
}

// ---- B.1 to B.3: channels

bool Rings(Channel channel) {
  return In(channel, {Channel::kSms, Channel::kVoiceLive, Channel::kVoiceRecorded, Channel::kPush});
}

bool Telephonic(const std::string& channel) {
  return channel == "sms" || channel == "voice-live" || channel == "voice-recorded";
}

Outcome OptOuts(const EvaluationContext& x, MessageClass c) {
  const std::string channel(fhir::Code(*x.request.channel));
  for (const OptOut& each : x.opt_outs) {
    if (!each.contact.empty() && !x.contact) throw Open();
    const bool elsewhere = !each.contact.empty() && x.contact->key != each.contact;
    if (elsewhere && each.channel != "all") continue;
    if (each.channel != "all" && each.channel != channel) {
      if (Telephonic(each.channel) && Telephonic(channel)) throw Open();  // B1-24
      continue;
    }
    if (!each.seller.empty() && each.seller != x.programme.seller) continue;  // B1-25
    if (each.message_class == "marketing" && c != MessageClass::kMarketing) continue;
    if (c == MessageClass::kSafety) throw Open();
    // B1-25 names the contact, B1-24 revokes all; G3 knows no receipt to come.
    if (elsewhere || each.received_at > x.now) throw Open();
    return Outcome::kDeny;
  }
  return Outcome::kPermit;
}

// B1-1 to B1-6
Outcome Telephone(const EvaluationContext& x, MessageClass c) {
  const Channel channel = *x.request.channel;
  if (!In(channel, {Channel::kSms, Channel::kVoiceRecorded})) return Outcome::kPermit;
  if (!x.contact) return Doubt(c);
  if (c == MessageClass::kSafety) {
    if (x.content.modules.at(0).approvers < 2) throw Open();
    return Outcome::kPermit;  // B1-20
  }
  bool express = false;
  bool written = false;
  for (const TelephoneConsentFacts& each : x.telephone_consents) {
    if (!each.in_force || each.number != x.contact->key || each.seller != x.programme.seller ||
        !each.period.Surely(x.now)) {
      continue;
    }
    express = true;
    written = written || each.written;
  }
  const bool hipaa = UnderHipaaLaw(x.programme);
  if (c == MessageClass::kMarketing && !hipaa) return written ? Outcome::kPermit : Outcome::kDeny;
  if (express) return Outcome::kPermit;
  if (x.contact->provided_by == ProvidedBy::kPatient && Provider(x.programme)) {
    return Outcome::kPermit;
  }
  if (x.contact->provided_by == ProvidedBy::kPatient) throw Open();  // given to whom
  if (x.contact->provided_by == ProvidedBy::kProvider) throw Open();
  if (x.contact->provided_by == ProvidedBy::kBroker) return Outcome::kDeny;  // B1-8
  return Doubt(c);
}

Outcome Timing(const EvaluationContext& x, MessageClass c) {
  const Channel channel = *x.request.channel;
  Outcome outcome = Outcome::kPermit;
  if (x.request.not_before && *x.request.not_before > x.now) outcome = Outcome::kDefer;
  if (x.request.not_after && *x.request.not_after <= x.now) return Outcome::kDeny;
  const std::string& priority = x.request.priority;
  const bool stat = priority == "stat";
  const bool urgent = stat || priority == "asap" || priority == "urgent";
  const bool safety = c == MessageClass::kSafety;
  if (Rings(channel)) {  // B1-27, B1-30
    bool inside = true;
    for (const std::string& zone : x.calling_zones) {
      const fhir::LocalTime local = *fhir::InZone(x.now, zone);
      int opens = 8;
      int closes = 21;
      if (c == MessageClass::kMarketing) {  // B1-28: solicitations
        if (Has(x.calling_states, "WA")) {
          opens = 9;
          closes = 20;
        }
        if (Has(x.calling_states, "TX")) opens = local.weekday == 0 ? 12 : 9;
      }
      inside = inside && local.minute_of_day >= opens * 60 && local.minute_of_day < closes * 60;
    }
    if (!inside && stat && c != MessageClass::kMarketing && c != MessageClass::kTreatment &&
        !safety) {
      throw Open();
    }
    const bool rings_anyway = (safety && urgent) || (stat && c == MessageClass::kTreatment);
    if (!inside && !rings_anyway) outcome = Outcome::kDefer;
  }
  int day = 0;
  int week = 0;
  for (const Sent& sent : x.history) {
    const auto ago = x.now - sent.sent_at;
    if (ago < hours{0}) continue;
    if (ago < hours{24}) ++day;
    if (ago < hours{24 * 7}) ++week;
  }
  const bool full = (x.programme.cap_per_day > 0 && day >= x.programme.cap_per_day) ||
                    (x.programme.cap_per_week > 0 && week >= x.programme.cap_per_week);
  if (full && !safety && outcome == Outcome::kPermit) {
    if (!In(channel, {Channel::kSms, Channel::kVoiceRecorded})) throw Open();
    outcome = Outcome::kDefer;
  }
  return outcome;
}

// ---- B.6

Outcome Sensitivity(const EvaluationContext& x) {
  static const std::set<std::string> kIdentified = {"R",     "V",        "HIV",    "SEX",  "SDV",
                                                    "SUD",   "PSY",      "MH",     "GDIS", "STD",
                                                    "ETHUD", "OPIOIDUD", "PSYTHPN"};
  const Channel channel = *x.request.channel;
  if (In(channel, {Channel::kPortal, Channel::kVoiceLive, Channel::kInPerson, Channel::kVideo})) {
    return Outcome::kPermit;
  }
  for (const std::string& label : x.content.labels) {
    if (kIdentified.contains(label)) return Outcome::kReroute;  // B6-2
  }
  const bool detailed = x.contact && x.contact->detailed_messages;
  if (!In(channel, {Channel::kSms, Channel::kPush, Channel::kVoiceRecorded}) || detailed) {
    return Outcome::kPermit;
  }
  const bool labelled = std::any_of(x.content.labels.begin(), x.content.labels.end(),
                                    [](const std::string& label) { return label != "N"; });
  return x.content.names_drug || labelled ? Outcome::kReroute : Outcome::kPermit;  // B6-1
}

Expected Decided(const EvaluationContext& x) {
  const Class kind = ClassOf(x);
  if (!x.request.channel) throw Open();
  Outcome outcome = HardStops(x, kind.c);
  if (outcome == Outcome::kDeny) return {outcome, kind.c};
  const auto also = [&](auto check) {
    if (outcome != Outcome::kDeny) outcome = Stronger(outcome, check());
  };
  also([&] { return Permission(x, kind); });
  also([&] { return OptOuts(x, kind.c); });
  also([&] { return Telephone(x, kind.c); });
  also([&] { return Timing(x, kind.c); });
  also([&] { return Sensitivity(x); });
  const bool reaches =
      In(*x.request.channel, {Channel::kEmail, Channel::kSms, Channel::kVoiceLive,
                              Channel::kVoiceRecorded, Channel::kMail, Channel::kFax});
  if (reaches && !x.contact) also([&] { return Doubt(kind.c); });
  // E.3: a text carries the way to stop it.
  const bool nothing_can_be_done = x.dischargeable && x.dischargeable->empty();
  if (outcome == Outcome::kPermit && nothing_can_be_done) {
    if (*x.request.channel != Channel::kSms || kind.c == MessageClass::kSafety) throw Open();
    outcome = Outcome::kDeny;
  }
  return {outcome, kind.c};
}

}  // namespace

std::optional<Expected> ExpectedDecision(const EvaluationContext& context) {
  try {
    return Decided(context);
  } catch (const Open&) {
    return std::nullopt;
  }
}

}  // namespace consent::testing
