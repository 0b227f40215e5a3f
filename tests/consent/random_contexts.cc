#include "tests/consent/random_contexts.h"

#include <algorithm>
#include <string>
#include <vector>

namespace consent::testing {
namespace {

using fhir::Channel;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Words = std::vector<std::string>;

const fhir::Instant kStart = *fhir::ParseInstant("2026-11-01T00:00:00Z");

std::vector<Product> Products() {
  const auto drug = [](std::string code, std::string maker, std::string ingredient,
                       std::string formulation) {
    Product product;
    product.system = "rx";
    product.code = std::move(code);
    product.display = "Drug " + product.code;
    product.maker = std::move(maker);
    product.ingredient = std::move(ingredient);
    product.formulation = std::move(formulation);
    return product;
  };
  std::vector<Product> products = {drug("1001", "Aurora", "auroramab", "tablet"),
                                   drug("1002", "Generix", "auroramab", "tablet"),
                                   drug("1003", "Aurora", "auroramab", "capsule"),
                                   drug("1004", "Aurora", "borealib", "injection"),
                                   drug("1005", "Aurora", "", ""),
                                   drug("1006", "Harbor", "", "")};
  products[1].generic = true;
  products[4].kind = "delivery-system";
  products[4].delivery_for = {"1001"};
  products[5].kind = "service";
  return products;
}

FundingFacts RandomFunding(Dice& dice) {
  FundingFacts funding;
  funding.reference = "Contract/f1/_history/1";
  funding.form = static_cast<FundingFacts::Form>(dice.Below(4));
  if (dice.OneIn(2)) funding.form = FundingFacts::Form::kNone;
  if (dice.OneIn(3)) funding.form = FundingFacts::Form::kCash;
  if (funding.form == FundingFacts::Form::kNone) return funding;
  static const Words kPayers = {"Aurora", "Aurora", "Generix", "Harbor", "A health plan", ""};
  funding.payer = dice.Pick(kPayers);
  if (dice.OneIn(10)) funding.for_whom = dice.OneIn(2) ? "Aurora" : "A health plan";
  funding.payee = static_cast<FundingFacts::Payee>(dice.Below(3));
  funding.amount_micros = 1'000'000 * (1 + dice.Below(4));
  if (!dice.OneIn(5)) funding.cost_micros = 1'000'000 * (1 + dice.Below(4));
  funding.currency = dice.OneIn(20) ? "CAD" : "USD";
  funding.same_currency = !dice.OneIn(8);
  funding.has_worksheet = !dice.OneIn(4);
  funding.fair_market_value = dice.OneIn(2);
  funding.volume_contingent = dice.OneIn(8);
  return funding;
}

void AddContent(Dice& dice, EvaluationContext& x) {
  ModuleFacts module;
  module.reference = "ActivityDefinition/m1/_history/1";
  module.approved = true;
  module.covers_text = true;
  module.has_wording = true;
  module.approvers = dice.Below(4);
  static const Words kTopics = {"appointment", "lab-result", "prescription", "newsletter"};
  if (dice.OneIn(2)) module.topics.push_back(dice.Pick(kTopics));
  const int products = dice.OneIn(4) ? 0 : 1 + dice.Below(2);
  if (products == 0 || dice.OneIn(20)) module.kind = static_cast<ModuleKind>(dice.Below(3));
  if (products == 0 && dice.OneIn(8)) module.kind = ModuleKind::kConfirmation;
  x.content.modules = {module};
  for (int i = 0; i < products; ++i) {
    DescribedProduct product;
    product.catalogue = dice.OneIn(3) ? 0 : dice.Below(6);
    if (dice.OneIn(20)) product.catalogue = -1;
    product.codings = {
        {"rx", product.catalogue < 0 ? "7777" : "100" + std::to_string(product.catalogue + 1)}};
    x.content.products.push_back(product);
  }
  x.content.call_to_purchase = dice.OneIn(6) && module.kind == ModuleKind::kContent;
  if (!dice.OneIn(20)) x.content.funding = {RandomFunding(dice)};
  if (dice.OneIn(10)) x.content.funding.push_back(RandomFunding(dice));
  if (dice.OneIn(20)) {
    GiftFacts gift;
    gift.value_micros = 1'000'000 * (10 + dice.Below(10));
    gift.cash = dice.OneIn(4);
    if (dice.OneIn(4)) gift.giver = dice.OneIn(2) ? "Harbor" : "Aurora";
    x.content.gifts.push_back(gift);
  }
  x.content.names_drug = dice.OneIn(8);
  static const Words kLabels = {"N", "R", "V", "HIV", "SUD", "SEX", "DIA", "PSY", "OPIOIDUD"};
  if (dice.OneIn(5)) x.content.labels.push_back(dice.Pick(kLabels));
  if (dice.OneIn(20)) x.content.labels.push_back(dice.Pick(kLabels));
  // What the message draws on.
  x.content.classes = {"Communication", "CommunicationRequest"};
  if (dice.OneIn(3)) x.content.classes.push_back("MedicationRequest");
  if (dice.OneIn(8)) x.content.classes.push_back("Observation");
  if (dice.OneIn(3)) x.content.sources.push_back("MedicationRequest/rx1");
  if (dice.OneIn(8)) x.content.sources.push_back("Observation/o1");
  static const Words kSubjects = {"Your refill", "20% off today", "News"};
  x.content.email_subject = dice.Pick(kSubjects);
}

void AddTherapy(Dice& dice, EvaluationContext& x) {
  static const fhir::Span kNever{fhir::Instant::max(), fhir::Instant::max()};
  Therapy therapy;
  therapy.reference = "MedicationRequest/rx1/_history/1";
  therapy.catalogue = dice.OneIn(5) ? 3 : 0;
  therapy.codings = {{"rx", therapy.catalogue == 0 ? "1001" : "1004"}};
  therapy.lapsed = {kNever, kNever};
  if (dice.OneIn(4)) {
    const fhir::Instant lapse = x.now - days{dice.Below(120)};
    const fhir::Span before{fhir::Instant::min(), lapse};
    const fhir::Span after{lapse, lapse + days{91}};
    therapy.current = {before, before};
    therapy.lapsed = {after, after};
  }
  x.therapies.push_back(therapy);
}

void AddRequest(Dice& dice, EvaluationContext& x) {
  static const Words kPurposes = {"TREAT",  "TREAT",  "COC",     "HMARKT", "HMARKT",
                                  "HPAYMT", "ETREAT", "CAREMGT", "BTG",    "PATSFTY"};
  static const Words kPriorities = {"", "", "routine", "urgent", "asap", "stat"};
  static const Words kStatuses = {"on-hold", "draft", "revoked", "completed"};
  RequestFacts& request = x.request;
  request.found = true;
  request.reference = "CommunicationRequest/cr1/_history/1";
  request.status = dice.OneIn(15) ? dice.Pick(kStatuses) : "active";
  request.do_not_perform = dice.OneIn(40);
  request.unusable = dice.OneIn(40);
  if (!dice.OneIn(30)) request.purposes.push_back(dice.Pick(kPurposes));
  if (dice.OneIn(12)) request.purposes.push_back("TREAT");
  request.priority = dice.Pick(kPriorities);
  request.channel = dice.OneIn(2) ? Channel::kSms : static_cast<Channel>(dice.Below(10));
  request.met_in_person = request.channel == Channel::kInPerson && !dice.OneIn(4);
  if (dice.OneIn(12)) request.not_before = x.now + minutes{dice.Below(4000) - 2000};
  if (dice.OneIn(12)) request.not_after = x.now + minutes{dice.Below(4000) - 1000};
  request.has_payload = true;
  static const Words kTexts = {"A word for you.",      "A word for you.",
                               "An offer for you.",    "A word for you. And an offer.",
                               "Your balance is due.", "Your copay and payment plan.",
                               std::string(161, 'a')};
  request.text = dice.OneIn(2) ? kTexts[0] : dice.Pick(kTexts);
  request.recipients = {{"Patient/p1", Party::kPatient, Authority::kNotNeeded}};
}

void AddPatient(Dice& dice, EvaluationContext& x) {
  static const std::vector<Words> kZones = {{"America/Los_Angeles"},
                                            {"America/Chicago", "America/Denver"},
                                            {"Pacific/Honolulu"},
                                            {"America/New_York", "America/Phoenix"}};
  x.patient.found = true;
  x.patient.reference = "Patient/p1/_history/1";
  x.patient.zones = dice.Pick(kZones);
  x.patient.zones_known = true;
  static const std::vector<Words> kStates = {
      {"WA"}, {"TX"}, {"OR"}, {"OR", "TX"}, {"FL"}, {"CT", "RI"}, {"AL"}, {"MS"},
      {"LA"}, {"KY"}, {"NV"}, {"MI", "OH"}, {"RI"}, {"CA"},       {"MD"}, {}};
  x.calling_zones = x.patient.zones;
  x.calling_states = dice.Pick(kStates);
  x.patient.states = {"WA"};
  x.health.states = {"WA"};
  x.patient.unusable = dice.OneIn(40);
  const int whose = dice.Below(40);
  x.patient.unresolved = whose == 0;
  x.health.of_another = whose == 1;
  if (dice.OneIn(30)) x.patient.deceased = static_cast<Deceased>(dice.Below(3));
  const Channel channel = *x.request.channel;
  const bool addressed = channel == Channel::kEmail || channel == Channel::kSms ||
                         channel == Channel::kVoiceLive || channel == Channel::kVoiceRecorded ||
                         channel == Channel::kMail;
  if (!addressed || dice.OneIn(20)) return;
  ContactPoint contact;
  const bool mail = channel == Channel::kEmail;
  contact.value = contact.key = mail ? "pat@example.org" : "+12065550100";
  contact.provided_by =
      dice.OneIn(3) ? static_cast<ProvidedBy>(dice.Below(4)) : ProvidedBy::kPatient;
  contact.detailed_messages = dice.OneIn(4);
  const bool phone = channel != Channel::kEmail && channel != Channel::kMail;
  contact.reassigned = phone && dice.OneIn(40);
  contact.do_not_call = phone && dice.OneIn(4);
  const auto day = [&](int most) {
    const fhir::Instant begin = x.now - days{dice.Below(most)};
    return Validity{{begin, begin + days{1}}, {begin - hours{6}, begin + hours{30}}};
  };
  if (phone && dice.OneIn(8)) contact.disconnected = day(200);
  if (phone && dice.OneIn(8)) contact.confirmed = day(200);
  x.contact = contact;
}

OptOut RandomOptOut(Dice& dice, const EvaluationContext& x) {
  static const Words kChannels = {"sms",        "sms",    "email",  "email",         "all",
                                  "voice-live", "portal", "pigeon", "voice-recorded"};
  static const Words kSources = {"",     "sms-reply", "sms-reply",       "key-press",
                                 "oral", "one-click", "unsubscribe-get", "voicemail"};
  static const Words kKinds = {"marketing", "informational", "exempted"};
  OptOut o;
  o.channel = dice.Pick(kChannels);
  if (dice.OneIn(3)) o.contact = dice.OneIn(2) ? "+12065550100" : "+12065550199";
  if (dice.OneIn(3)) o.message_class = "marketing";
  if (dice.OneIn(3)) o.seller = dice.OneIn(2) ? x.programme.seller : "Somebody else";
  if (dice.OneIn(5)) o.programme = dice.OneIn(2) ? x.programme.id : "another-line";
  o.all_programmes = dice.OneIn(12);
  o.source = dice.Pick(kSources);
  if (dice.OneIn(2)) o.in_reply_to = dice.Pick(kKinds);
  if (!o.in_reply_to.empty() && dice.OneIn(4)) o.answer = "keep refills";
  o.pending = dice.OneIn(4);
  o.unmerged = dice.OneIn(15);
  o.received_at = x.now - minutes{dice.Below(60 * 24 * (dice.OneIn(3) ? 30 : 1))};
  if (dice.OneIn(20)) o.received_at = x.now + minutes{dice.Below(30)};
  return o;
}

// How the programme's calls and e-mail go.
void AddRoutes(Dice& dice, Programme& programme) {
  programme.postal_address = dice.OneIn(10) ? "" : "1 Pier Road";
  programme.provider_name = "Harbor";
  programme.provider_phone = dice.OneIn(6) ? "" : "+12065550111";
  programme.telephone.free_to_end_user = dice.OneIn(4);
  programme.telephone.only_exempted = dice.OneIn(4);
  programme.telephone.one_way = dice.OneIn(5);
  EmailRoute& email = programme.email;
  email.described = dice.OneIn(2);
  if (!email.described) return;
  email.unsubscribe_uri = dice.OneIn(8) ? "mailto:u@example.org" : "https://example.org/u";
  email.one_click_post = !dice.OneIn(8);
  email.opaque_token = !dice.OneIn(8);
  email.dkim_signs = {"From", "List-Unsubscribe"};
  if (!dice.OneIn(8)) email.dkim_signs.emplace_back("List-Unsubscribe-Post");
  email.bulk = dice.OneIn(2);
  email.spf = !dice.OneIn(8);
  email.dkim = !dice.OneIn(8);
  email.dmarc_aligned = !dice.OneIn(8);
  email.spam_per_100000 = dice.OneIn(8) ? 299 + dice.Below(3) : dice.Below(100);
}

// The pack as it is built in, or one with the other scope of a STOP (B1-24).
std::shared_ptr<const Policy> RandomPolicy(Dice& dice) {
  static const std::shared_ptr<const Policy> kSameKind = [] {
    auto policy = std::make_shared<Policy>(*BuiltInPolicy());
    policy->channels.stop_to_marketing = StopScope::kSameKind;
    policy->channels.stop_to_informational = StopScope::kSameKind;
    policy->channels.stop_to_exempted = StopScope::kSameKind;
    return policy;
  }();
  return dice.OneIn(4) ? kSameKind : BuiltInPolicy();
}

void AddChannelFacts(Dice& dice, EvaluationContext& x) {
  const int telephone = dice.OneIn(2) ? 0 : 1 + dice.Below(2);
  for (int i = 0; i < telephone; ++i) {
    TelephoneConsentFacts consent;
    consent.reference = "Consent/t" + std::to_string(i) + "/_history/1";
    consent.written = dice.OneIn(2);
    if (!dice.OneIn(4)) consent.signed_at = x.now - days{dice.Below(200)};
    if (dice.OneIn(60)) consent.signed_at = x.now + days{1};
    static const Words kPurposes = {"TREAT", "HMARKT", "HPAYMT", "COC"};
    if (dice.OneIn(3)) consent.purposes = {dice.Pick(kPurposes)};
    if (dice.OneIn(5)) consent.purposes.emplace_back("HMARKT");
    if (dice.OneIn(4)) consent.channels = {dice.OneIn(2) ? "sms" : "voice-recorded"};
    if (dice.OneIn(10)) consent.revoked_at = x.now - days{dice.Below(200)};
    if (dice.OneIn(100)) consent.revoked_at = x.now + days{1};
    if (consent.revoked_at && !dice.OneIn(6)) {
      consent.revoked_until = *consent.revoked_at + days{dice.Below(30)};
    }
    consent.refused = dice.OneIn(12);
    consent.withdrawn = !consent.refused && dice.OneIn(12);
    consent.active = !consent.refused && !consent.withdrawn;
    consent.in_force = consent.active && !dice.OneIn(6);
    consent.number = dice.OneIn(6) ? "+12065550199" : "+12065550100";
    consent.seller = dice.OneIn(6) ? "Somebody else" : x.programme.seller;
    consent.period = RandomValidity(dice, x.now);
    x.telephone_consents.push_back(consent);
  }
  const int opt_outs = dice.OneIn(4) ? 1 + dice.Below(2) : 0;
  for (int i = 0; i < opt_outs; ++i) x.opt_outs.push_back(RandomOptOut(dice, x));
  const bool confirms = x.content.modules.at(0).kind == ModuleKind::kConfirmation;
  if (confirms && !dice.OneIn(4)) {
    OptOut just_now;
    just_now.channel = "sms";
    just_now.received_at = x.now - minutes{dice.Below(8)};
    x.opt_outs.push_back(just_now);
    if (dice.OneIn(4)) {
      x.history.push_back({"sms", x.now - minutes{dice.Below(8)}, "opt-out-confirmation"});
    }
  }
  static const Words kReplies = {"STOP",
                                 "opt out",
                                 "Unsubscribe",
                                 "Please quit texting me",
                                 "CANCEL my appointment",
                                 "dont stop these, they help",
                                 "Thanks, see you Monday",
                                 "HELP"};
  if (dice.OneIn(8)) {
    x.reply = dice.Pick(kReplies);
    static const std::vector<Channel> kCameOn = {Channel::kSms, Channel::kSms, Channel::kEmail,
                                                 Channel::kVoiceLive, Channel::kVoiceRecorded};
    if (!dice.OneIn(4)) x.reply_channel = dice.Pick(kCameOn);
  }
  const int sent = dice.OneIn(3) ? 1 + dice.Below(4) : 0;
  for (int i = 0; i < sent; ++i) {
    const bool today = dice.OneIn(3);
    x.history.push_back(
        {"sms", x.now - minutes{1 + dice.Below(60 * 24 * (today ? 1 : 9))}, "refill-2i"});
    static const Words kSubjects = {"", "ActivityDefinition/m1", "ActivityDefinition/m2"};
    x.history.back().subject = dice.Pick(kSubjects);
    if (dice.OneIn(100)) x.history.back().sent_at = x.now + minutes{dice.Below(30)};
  }
  std::sort(x.history.begin(), x.history.end(),
            [](const Sent& a, const Sent& b) { return a.sent_at > b.sent_at; });
}

// E.3: what the way out can do.
Words RandomCapabilities(Dice& dice) {
  Words codes = {"INCLUDE_OPT_OUT_TEXT",   "INCLUDE_OTHER_WAYS_TO_STOP",
                 "INCLUDE_PROVIDER_ID",    "MAX_CHARS",
                 "INCLUDE_POSTAL_ADDRESS", "ONE_CLICK_UNSUB",
                 "COUNT_AGAINST_CAP",      "VERIFY_IDENTITY_BEFORE_PHI"};
  std::erase_if(codes, [&](const std::string&) { return dice.OneIn(4); });
  return codes;
}

}  // namespace

EvaluationContext RandomContext(Dice& dice) {
  static const std::vector<Product> kProducts = Products();
  EvaluationContext x;
  x.now = kStart + minutes{dice.Below(60 * 24 * 40)};
  if (dice.OneIn(5)) x.now += days{92};  // B1-23: into February
  if (!dice.OneIn(3)) {                  // by day in every zone of the United States
    x.now = std::chrono::floor<days>(x.now) + hours{19} + minutes{dice.Below(120)};
  }
  x.policy = RandomPolicy(dice);
  Programme& programme = x.programme;
  programme.id = "care-line";
  programme.name = "Care Line";
  programme.seller = programme.sender = "Harbor";
  AddRoutes(dice, programme);
  programme.regime = dice.OneIn(2) ? Regime::kCeProvider : static_cast<Regime>(dice.Below(6));
  if (programme.regime == Regime::kBaOf || programme.regime == Regime::kSubcontractorBa) {
    programme.acts_for = dice.OneIn(3) ? Regime::kCePlan : Regime::kCeProvider;
    if (dice.OneIn(20)) programme.acts_for.reset();
  }
  programme.products = kProducts;
  programme.cap_per_day = dice.Below(4);
  programme.cap_per_week = dice.Below(5);
  AddRequest(dice, x);
  AddContent(dice, x);
  AddTherapy(dice, x);
  AddPatient(dice, x);
  AddChannelFacts(dice, x);
  if (dice.OneIn(2)) x.consents = RandomConsents(dice, x.now, 3);
  if (!dice.OneIn(5)) x.authorizations = RandomAuthorizations(dice, x.now, x.consents);
  std::sort(x.consents.begin(), x.consents.end(),
            [](const auto& a, const auto& b) { return a.reference < b.reference; });
  if (dice.OneIn(2)) x.stay = dice.OneIn(3) ? ProgrammeStay::kLeft : ProgrammeStay::kIn;
  if (dice.OneIn(20)) x.dischargeable = RandomCapabilities(dice);
  if (dice.OneIn(30)) x.unavailable = {"consent-store"};
  return x;
}

}  // namespace consent::testing
