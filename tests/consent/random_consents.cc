// Random consents and authorizations as typed facts: limits of every dimension, revisions of each
// other, defects.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/consent/random_contexts.h"

namespace consent::testing {
namespace {

using std::chrono::hours;
using Words = std::vector<std::string>;

const Words kClasses = {"MedicationRequest", "Observation", "Condition", "Communication"};
const Words kSources = {"MedicationRequest/rx1", "Observation/o1"};

Words Some(Dice& dice, const Words& items) {
  Words some = {dice.Pick(items)};
  if (dice.OneIn(4)) some.push_back(dice.Pick(items));
  return some;
}

// Limits on the data: mostly one dimension, and each of them.
void LimitData(Dice& dice, fhir::Instant now, Provision& provision) {
  static const Words kRanks = {"L", "N", "N", "R", "V"};
  static const Words kSensitivities = {"HIV", "PSY", "SUD", "ETH", "SPI", "OPIOIDUD"};
  switch (dice.Below(6)) {
    case 0:
      provision.labels = {dice.Pick(kRanks)};
      break;
    case 1:
      provision.labels = Some(dice, kSensitivities);
      break;
    case 2:
      provision.classes = Some(dice, kClasses);
      break;
    case 3:
      provision.codes = {{"rx", dice.OneIn(2) ? "1001" : "1003"}};
      break;
    case 4:
      provision.data = Some(dice, kSources);
      provision.data_open = dice.OneIn(6);
      break;
    default:
      provision.data_period = RandomValidity(dice, now);
  }
}

Provision RandomProvision(Dice& dice, fhir::Instant now, int depth) {
  static const Words kPurposes = {"TREAT",  "TREAT",   "COC",    "HMARKT",  "HMARKT",
                                  "HPAYMT", "HOPERAT", "ETREAT", "CAREMGT", "BTG"};
  Provision provision;
  provision.type =
      dice.OneIn(depth == 0 ? 3 : 2) ? Provision::Type::kDeny : Provision::Type::kPermit;
  if (!dice.OneIn(3)) provision.purposes.push_back(dice.Pick(kPurposes));
  if (dice.OneIn(4)) provision.purposes.push_back(dice.Pick(kPurposes));
  if (dice.OneIn(6)) provision.period = RandomValidity(dice, now);
  if (dice.OneIn(5)) provision.actor = dice.OneIn(2) ? ActorMatch::kUs : ActorMatch::kOther;
  if (dice.OneIn(40)) provision.actor = ActorMatch::kUnclear;
  if (dice.OneIn(8)) {
    static const std::vector<Words> kActions = {
        {"use", "disclose"}, {"collect"}, {"use"}, {"disclose", "access"}};
    provision.actions = dice.Pick(kActions);
  }
  if (dice.OneIn(depth == 0 ? 4 : 2)) LimitData(dice, now, provision);
  if (dice.OneIn(12)) LimitData(dice, now, provision);
  const int children = depth == 2 || !dice.OneIn(depth == 0 ? 2 : 6) ? 0 : 1 + dice.Below(2);
  for (int i = 0; i < children; ++i) {
    provision.children.push_back(RandomProvision(dice, now, depth + 1));
  }
  return provision;
}

ConsentFacts RandomConsent(Dice& dice, fhir::Instant now, int number) {
  ConsentFacts consent;
  consent.relative = "Consent/c" + std::to_string(number);
  consent.reference = consent.relative + "/_history/1";
  consent.status =
      dice.OneIn(6) ? static_cast<ConsentStatus>(dice.Below(5)) : ConsentStatus::kActive;
  consent.privacy_scope = !dice.OneIn(30);
  consent.unusable = dice.OneIn(40);
  consent.stale = dice.OneIn(40);
  consent.signer_declined = dice.OneIn(40);
  if (dice.OneIn(60)) consent.doubt = dice.OneIn(2) ? "C3" : "C.6";
  if (dice.OneIn(20)) consent.made = RandomValidity(dice, now);
  consent.root = RandomProvision(dice, now, 0);
  // C5: mostly of one kind, signed one after the other.
  consent.policy_key = dice.OneIn(5) ? "another" : "privacy";
  consent.performer_rank = dice.OneIn(3) ? dice.Below(2) : 2;
  if (dice.OneIn(2)) consent.identifiers = {dice.OneIn(4) ? "urn:x|8" : "urn:x|7"};
  if (!dice.OneIn(6)) consent.signed_at = now - hours{24 * dice.Below(12)};
  if (dice.OneIn(60)) consent.signed_at = now + hours{24};
  // Dated to the second, to the day, or to the month.
  constexpr std::array<hours, 3> kPrecision{hours{0}, hours{24}, hours{720}};
  if (consent.signed_at) {
    consent.signed_until = *consent.signed_at + std::chrono::seconds{1} + kPrecision[dice.Below(3)];
  }
  if (number > 0 && dice.OneIn(5)) {
    consent.revises = {"Consent/c" + std::to_string(dice.Below(number))};
  }
  return consent;
}

void Break(Dice& dice, fhir::Instant now, AuthorizationFacts& a) {
  switch (dice.Below(32)) {
    case 0:
      a.status = static_cast<ConsentStatus>(dice.Below(5));
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
      if (dice.OneIn(4)) a.event_reviewed = now - hours{dice.Below(24 * 500)};
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
      if (dice.OneIn(2)) a.compound_exemption = dice.OneIn(2) ? "research" : "authorizations";
      break;
    case 21:
      a.conditioned = true;
      if (dice.OneIn(2)) a.conditioned_exemption = dice.OneIn(2) ? "third-party" : "enrolment";
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
    case 25:
      a.expiration_event = dice.OneIn(2) ? "none" : "end of therapy";
      if (dice.OneIn(2)) {
        a.has_end = false;
        a.period.reset();
      }
      break;
    case 26:
      a.products.clear();
      if (dice.OneIn(2)) a.product_classes = {dice.OneIn(2) ? "Aurora" : "Generix"};
      break;
    case 29:
      a.recipients.clear();
      break;
    case 30:  // over, in every place or in some
      if (!a.period) break;
      a.period->sure.end = now - hours{1 + dice.Below(5)};
      a.period->possible.end = a.period->sure.end + hours{dice.OneIn(2) ? 6 : 0};
      break;
    case 27:
      a.verification_failed = true;
      break;
    case 28:
      a.purposes = {"PATRQT", "HMARKT"};
      a.individual_initiated = dice.OneIn(2);
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
  for (const char* code : {"1001", "1002", "1003", "1004", "1005", "1006", "7777"}) {
    if (!dice.OneIn(8)) a.products.push_back({"rx", code});
  }
  if (a.products.empty()) a.products.push_back({"rx", "1001"});
  if (dice.OneIn(2)) Break(dice, now, a);
  if (dice.OneIn(6)) Break(dice, now, a);
  return a;
}

// The same document as a consent: its provisions.
ConsentFacts DocumentOf(Dice& dice, fhir::Instant now, const AuthorizationFacts& authorization) {
  ConsentFacts document;
  document.reference = authorization.reference;
  document.relative = authorization.reference.substr(0, authorization.reference.find("/_"));
  document.status = authorization.status;
  document.privacy_scope = true;
  document.only_denies = true;
  document.policy_key = document.relative;
  document.root.purposes = authorization.purposes;
  if (dice.OneIn(10)) LimitData(dice, now, document.root);
  if (dice.OneIn(20)) document.root.children.push_back(RandomProvision(dice, now, 1));
  return document;
}

}  // namespace

Validity RandomValidity(Dice& dice, fhir::Instant now) {
  fhir::Instant begin = now - hours{dice.Below(24 * 300)};
  fhir::Instant end =
      dice.OneIn(5) ? now - hours{dice.Below(48)} : now + hours{1 + dice.Below(24 * 300)};
  if (dice.OneIn(20)) begin = now + hours{dice.Below(12)};
  end = std::max(begin, end);
  Validity validity{{begin, end}, {begin, end}};
  if (dice.OneIn(3)) validity.possible = {begin - hours{6}, end + hours{6}};
  return validity;
}

std::vector<ConsentFacts> RandomConsents(Dice& dice, fhir::Instant now, int most) {
  std::vector<ConsentFacts> consents;
  const int count = dice.Below(most + 1);
  for (int i = 0; i < count; ++i) consents.push_back(RandomConsent(dice, now, i));
  return consents;
}

std::vector<AuthorizationFacts> RandomAuthorizations(Dice& dice, fhir::Instant now,
                                                     std::vector<ConsentFacts>& consents) {
  std::vector<AuthorizationFacts> authorizations;
  const int count = 1 + dice.Below(2);
  for (int i = 0; i < count; ++i) authorizations.push_back(RandomAuthorization(dice, now, i));
  // One signed on the day on which another was revoked.
  if (count == 2 && authorizations[0].revoked_at && dice.OneIn(4)) {
    authorizations[1].signed_at = authorizations[0].revoked_at;
  }
  for (const AuthorizationFacts& each : authorizations) {
    consents.push_back(DocumentOf(dice, now, each));
  }
  return authorizations;
}

Access RandomAccess(Dice& dice, fhir::Instant now) {
  static const Words kPurposes = {"TREAT", "TREAT", "COC", "HMARKT", "HPAYMT", "CAREMGT", "BTG"};
  static const std::vector<Words> kLabels = {{"N"}, {"R"}, {"HIV"}, {"V", "OPIOIDUD"}, {"PSY"}};
  Access access;
  access.now = now;
  access.purposes = {dice.Pick(kPurposes)};
  access.data_known = false;
  if (dice.OneIn(3)) SetLabels(dice.Pick(kLabels), access);
  if (dice.OneIn(3)) access.classes = {dice.Pick(kClasses)};
  if (dice.OneIn(4)) access.codes = {{dice.OneIn(6) ? "" : "rx", dice.OneIn(2) ? "1001" : "1003"}};
  if (dice.OneIn(4)) access.sources = {dice.Pick(kSources)};
  if (dice.OneIn(3)) {
    const fhir::Instant begin = now - hours{24 * dice.Below(500)};
    access.data_date = fhir::Span{begin, begin + hours{1 + 24 * dice.Below(200)}};
  }
  return access;
}

}  // namespace consent::testing
