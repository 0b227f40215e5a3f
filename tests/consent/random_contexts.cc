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
  std::vector<Product> products = {
      drug("1001", "Aurora", "auroramab", "tablet"), drug("1002", "Generix", "auroramab", "tablet"),
      drug("1003", "Aurora", "auroramab", "capsule"),
      drug("1004", "Aurora", "borealib", "injection"), drug("1005", "Aurora", "", "")};
  products[1].generic = true;
  products[4].kind = "delivery-system";
  products[4].delivery_for = {"1001"};
  return products;
}

Validity Around(Dice& dice, fhir::Instant now) {
  const fhir::Instant begin = now - hours{dice.Below(24 * 300)};
  const fhir::Instant end =
      dice.OneIn(5) ? now - hours{dice.Below(48)} : now + hours{1 + dice.Below(24 * 300)};
  Validity validity{{begin, end}, {begin, end}};
  if (dice.OneIn(3)) validity.possible = {begin - hours{6}, end + hours{6}};
  return validity;
}

Provision RandomProvision(Dice& dice, fhir::Instant now, bool nested) {
  static const Words kPurposes = {"TREAT", "COC", "HMARKT", "HPAYMT", "HOPERAT", "CAREMGT"};
  Provision provision;
  provision.type = dice.OneIn(2) ? Provision::Type::kPermit : Provision::Type::kDeny;
  if (!dice.OneIn(3)) provision.purposes.push_back(dice.Pick(kPurposes));
  if (dice.OneIn(4)) provision.purposes.push_back(dice.Pick(kPurposes));
  if (dice.OneIn(4)) provision.period = Around(dice, now);
  if (dice.OneIn(4)) provision.actor = dice.OneIn(2) ? ActorMatch::kUs : ActorMatch::kOther;
  if (dice.OneIn(8)) provision.actions = {"use", "disclose"};
  if (dice.OneIn(8)) provision.actions = {"collect"};
  const int children = nested || dice.OneIn(2) ? 0 : 1 + dice.Below(2);
  for (int i = 0; i < children; ++i) {
    provision.children.push_back(RandomProvision(dice, now, true));
  }
  return provision;
}

ConsentFacts RandomConsent(Dice& dice, fhir::Instant now, int number) {
  ConsentFacts consent;
  consent.relative = "Consent/c" + std::to_string(number);
  consent.reference = consent.relative + "/_history/1";
  consent.status =
      dice.OneIn(4) ? static_cast<ConsentStatus>(dice.Below(4)) : ConsentStatus::kActive;
  consent.privacy_scope = true;
  consent.policy_key = std::to_string(number);
  consent.root = RandomProvision(dice, now, false);
  return consent;
}

void Break(Dice& dice, fhir::Instant now, AuthorizationFacts& a) {
  switch (dice.Below(26)) {
    case 0:
      a.status = static_cast<ConsentStatus>(dice.Below(4));
      break;
    case 1:
      a.unusable = true;
      break;
    case 2:
      a.revoked_at = now - hours{dice.Below(400)};
      break;
    case 3:
      a.revoked_at = now + hours{1 + dice.Below(400)};
      break;
    case 4:
      a.signed_at = now + hours{1 + dice.Below(400)};
      break;
    case 5:
      a.signed_at.reset();
      break;
    case 6:
      a.has_information = false;
      break;
    case 7:
      a.disclosers.clear();
      break;
    case 8:
      a.recipients = {dice.OneIn(2) ? "Somebody else" : "Care Line"};
      break;
    case 9:
      a.purposes = {dice.OneIn(2) ? "TREAT" : "HOPERAT"};
      break;
    case 10:
      a.has_end = false;
      a.period.reset();
      break;
    case 11:
      a.end_unreadable = true;
      break;
    case 12:
      a.expiration_event = "programme exit";
      break;
    case 13:
      a.expiration_event = "the second snow";
      break;
    case 14:
      a.expiration_event = "the second snow";
      a.event_reviewed = now - hours{dice.Below(24 * 500)};
      break;
    case 15:
      a.expiration_event = "the second snow";
      a.event_occurred = now - hours{dice.Below(99)};
      break;
    case 16:
      a.signer_known = false;
      break;
    case 17:
      a.signer_is_representative = true;
      a.signer = Authority::kShown;
      a.authority_described = dice.OneIn(2);
      break;
    case 18:
      a.copy_withheld = true;
      break;
    case 19:
      a.statements.erase(a.statements.begin() + dice.Below(4));
      break;
    case 20:
      a.compound = true;
      a.separately_signed = dice.OneIn(2);
      if (dice.OneIn(3)) a.compound_exemption = "research";
      break;
    case 21:
      a.conditioned = true;
      if (dice.OneIn(3)) a.conditioned_exemption = "research";
      break;
    case 22:
      a.known_false = true;
      break;
    case 23:
      a.not_plain = true;
      break;
    case 24:
      a.channels = {dice.OneIn(2) ? "sms" : "email"};
      break;
    default:
      a.seller = dice.OneIn(2) ? "Harbor" : "Somebody else";
  }
}

AuthorizationFacts RandomAuthorization(Dice& dice, fhir::Instant now, int number) {
  AuthorizationFacts a;
  a.reference = "Consent/a" + std::to_string(number) + "/_history/1";
  a.status = ConsentStatus::kActive;
  a.signed_at = now - hours{24 + dice.Below(24 * 200)};
  a.has_information = true;
  a.disclosers = {"Harbor"};
  a.recipients = {"Harbor"};
  a.purposes = {dice.OneIn(4) ? "TREAT" : "HMARKT"};
  a.period = Validity{{*a.signed_at, now + hours{200}}, {*a.signed_at, now + hours{206}}};
  a.has_end = true;
  a.signer_known = true;
  a.statements = {"right-to-revoke", "conditioning", "redisclosure", "remuneration"};
  for (const char* code : {"1001", "1002", "1003", "1004", "1005", "7777"}) {
    if (!dice.OneIn(8)) a.products.push_back({"rx", code});
  }
  if (a.products.empty()) a.products.push_back({"rx", "1001"});
  if (dice.OneIn(2)) Break(dice, now, a);
  if (dice.OneIn(6)) Break(dice, now, a);
  return a;
}

// The same document as a consent: its provisions.
ConsentFacts DocumentOf(const AuthorizationFacts& authorization) {
  ConsentFacts document;
  document.reference = authorization.reference;
  document.relative = authorization.reference.substr(0, authorization.reference.find("/_"));
  document.status = authorization.status;
  document.privacy_scope = true;
  document.only_denies = true;
  document.policy_key = document.relative;
  document.root.purposes = authorization.purposes;
  return document;
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
  funding.payee = static_cast<FundingFacts::Payee>(dice.Below(3));
  funding.amount_micros = 1'000'000 * (1 + dice.Below(4));
  if (!dice.OneIn(5)) funding.cost_micros = 1'000'000 * (1 + dice.Below(4));
  funding.currency = "USD";
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
  const int products = dice.OneIn(4) ? 0 : 1 + dice.Below(2);
  if (products == 0) module.kind = static_cast<ModuleKind>(dice.Below(3));
  x.content.modules = {module};
  for (int i = 0; i < products; ++i) {
    DescribedProduct product;
    product.catalogue = dice.OneIn(3) ? 0 : dice.Below(5);
    if (dice.OneIn(20)) product.catalogue = -1;
    product.codings = {
        {"rx", product.catalogue < 0 ? "7777" : "100" + std::to_string(product.catalogue + 1)}};
    x.content.products.push_back(product);
  }
  x.content.call_to_purchase = dice.OneIn(6) && module.kind == ModuleKind::kContent;
  x.content.funding = {RandomFunding(dice)};
  if (dice.OneIn(10)) x.content.funding.push_back(RandomFunding(dice));
  if (dice.OneIn(20)) {
    GiftFacts gift;
    gift.value_micros = 1'000'000 * (10 + dice.Below(10));
    gift.cash = dice.OneIn(4);
    if (dice.OneIn(4)) gift.giver = dice.OneIn(2) ? "Harbor" : "Aurora";
    x.content.gifts.push_back(gift);
  }
  x.content.names_drug = dice.OneIn(8);
  static const Words kLabels = {"N", "R", "V", "HIV", "SUD", "SEX", "DIA", "PSY"};
  if (dice.OneIn(6)) x.content.labels.push_back(dice.Pick(kLabels));
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
  static const Words kPurposes = {"TREAT", "TREAT", "COC", "HMARKT", "HMARKT", "HPAYMT", "CAREMGT"};
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
  request.text = "A word for you.";
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
  static const std::vector<Words> kStates = {{"WA"}, {"TX"}, {"OR"}, {"OR", "TX"}};
  x.calling_zones = x.patient.zones;
  x.calling_states = dice.Pick(kStates);
  x.patient.states = {"WA"};
  x.health.states = {"WA"};
  x.patient.unusable = dice.OneIn(40);
  x.patient.unresolved = dice.OneIn(40);
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
  contact.reassigned = channel != Channel::kEmail && channel != Channel::kMail && dice.OneIn(40);
  x.contact = contact;
}

void AddChannelFacts(Dice& dice, EvaluationContext& x) {
  const int telephone = dice.OneIn(2) ? 0 : 1 + dice.Below(2);
  for (int i = 0; i < telephone; ++i) {
    TelephoneConsentFacts consent;
    consent.reference = "Consent/t" + std::to_string(i) + "/_history/1";
    consent.written = dice.OneIn(2);
    consent.in_force = !dice.OneIn(6);
    consent.number = dice.OneIn(6) ? "+12065550199" : "+12065550100";
    consent.seller = dice.OneIn(6) ? "Somebody else" : x.programme.seller;
    consent.period = Around(dice, x.now);
    x.telephone_consents.push_back(consent);
  }
  static const Words kChannels = {"sms", "email", "all", "voice-live", "portal"};
  const int opt_outs = dice.OneIn(6) ? 1 + dice.Below(2) : 0;
  for (int i = 0; i < opt_outs; ++i) {
    OptOut opt_out;
    opt_out.channel = dice.Pick(kChannels);
    if (dice.OneIn(3)) opt_out.contact = dice.OneIn(2) ? "+12065550100" : "+12065550199";
    if (dice.OneIn(2)) opt_out.message_class = "marketing";
    if (dice.OneIn(3)) opt_out.seller = dice.OneIn(2) ? x.programme.seller : "Somebody else";
    opt_out.received_at = x.now + minutes{dice.Below(1000) - 900};
    x.opt_outs.push_back(opt_out);
  }
  const int sent = dice.OneIn(3) ? 1 + dice.Below(4) : 0;
  for (int i = 0; i < sent; ++i) {
    x.history.push_back({"sms", x.now - minutes{1 + dice.Below(60 * 24 * 9)}, "refill-2i"});
  }
  std::sort(x.history.begin(), x.history.end(),
            [](const Sent& a, const Sent& b) { return a.sent_at > b.sent_at; });
}

}  // namespace

EvaluationContext RandomContext(Dice& dice) {
  static const std::vector<Product> kProducts = Products();
  EvaluationContext x;
  x.now = kStart + minutes{dice.Below(60 * 24 * 40)};
  if (!dice.OneIn(3)) {  // by day in every zone of the United States
    x.now = std::chrono::floor<days>(x.now) + hours{19} + minutes{dice.Below(120)};
  }
  x.policy = BuiltInPolicy();
  Programme& programme = x.programme;
  programme.id = "care-line";
  programme.name = "Care Line";
  programme.seller = programme.sender = "Harbor";
  programme.postal_address = "1 Pier Road";
  programme.provider_name = "Harbor";
  programme.provider_phone = "+12065550111";
  programme.regime = dice.OneIn(2) ? Regime::kCeProvider : static_cast<Regime>(dice.Below(6));
  if (programme.regime == Regime::kBaOf || programme.regime == Regime::kSubcontractorBa) {
    programme.acts_for = dice.OneIn(3) ? Regime::kCePlan : Regime::kCeProvider;
  }
  programme.products = kProducts;
  programme.cap_per_day = dice.Below(4);
  programme.cap_per_week = dice.Below(5);
  AddRequest(dice, x);
  AddContent(dice, x);
  AddTherapy(dice, x);
  AddPatient(dice, x);
  AddChannelFacts(dice, x);
  const int consents = dice.OneIn(2) ? 0 : 1 + dice.Below(3);
  for (int i = 0; i < consents; ++i) x.consents.push_back(RandomConsent(dice, x.now, i));
  const int authorizations = dice.OneIn(5) ? 0 : 1 + dice.Below(2);
  for (int i = 0; i < authorizations; ++i) {
    x.authorizations.push_back(RandomAuthorization(dice, x.now, i));
    x.consents.push_back(DocumentOf(x.authorizations.back()));
  }
  std::sort(x.consents.begin(), x.consents.end(),
            [](const auto& a, const auto& b) { return a.reference < b.reference; });
  if (dice.OneIn(2)) x.stay = dice.OneIn(3) ? ProgrammeStay::kLeft : ProgrammeStay::kIn;
  if (dice.OneIn(20)) x.dischargeable = std::vector<std::string>{};
  if (dice.OneIn(30)) x.unavailable = {"consent-store"};
  return x;
}

}  // namespace consent::testing
