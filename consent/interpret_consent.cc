// Consents of every kind, told apart: provision trees, HIPAA authorizations, telephone consents,
// confidential communication requests.
#include <algorithm>

#include "consent/consent_readers.h"
#include "consent/interpret_health_data.h"
#include "consent/representative.h"
#include "consent/words.h"
#include "fhir/canonicals.h"
#include "fhir/reference.h"
#include "fhir/shape.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::string_view kOurCategories =
    "https://psgateway.example/fhir/CodeSystem/consent-category";

constexpr std::string_view kPolicyDocuments =
    "http://terminology.hl7.org/CodeSystem/consentpolicycodes";

bool OurCategory(const Value& consent, std::string_view code) {
  for (const Value& category : consent["category"].items()) {
    if (fhir::HasCoding(category, kOurCategories, code)) return true;
  }
  return false;
}

// C5: what the patient himself agreed to weighs more than what somebody agreed to for him.
int PerformerRank(const Value& consent) {
  int rank = 0;
  for (const Value& performer : consent["performer"].items()) {
    const std::string relative = RelativeOf(performer);
    if (relative.starts_with("Patient/")) rank = 2;
    if (relative.starts_with("RelatedPerson/")) rank = std::max(rank, 1);
  }
  return rank;
}

std::string PolicyKey(const Value& consent) {
  std::vector<std::string> parts;
  const auto add = [&](const Value& codeable) {
    for (const Value& coding : codeable["coding"].items()) {
      const std::string& code = coding["code"].text();
      if (!code.empty() && !IsDirective(code))
        parts.push_back(coding["system"].text() + "|" + code);
    }
  };
  add(consent["scope"]);
  for (const Value& category : consent["category"].items()) add(category);
  add(consent["policyRule"]);
  for (const Value& policy : consent["policy"].items()) parts.push_back(policy["uri"].text());
  for (const Value& each : consent["organization"].items()) parts.push_back(RelativeOf(each));
  std::sort(parts.begin(), parts.end());
  std::string key;
  for (const std::string& part : parts) key.append(part).append(1, ' ');
  return key;
}

// http://terminology.hl7.org/CodeSystem/consentscope; of another code nobody knows what it is
// about.
bool HasKnownScope(const Value& consent) {
  return HasCode(consent["scope"], "patient-privacy") || HasCode(consent["scope"], "research") ||
         HasCode(consent["scope"], "treatment") || HasCode(consent["scope"], "adr");
}

// Whether the policy rule names a document of law and not a base decision: hipaa-npp, cric, ...
bool NamesPolicy(const Value& consent) {
  for (const Coding& coding : CodingsOf(consent["policyRule"])) {
    if (coding.system == kPolicyDocuments) return true;
  }
  return false;
}

// C4: whether it nests deeper than the profiles of IHE PCF and FAST allow.
bool NestsDeep(const Value& provision) {
  for (const Value& child : provision["provision"].items()) {
    if (child["provision"].size() > 0) return true;
  }
  return false;
}

// C8: a copy of a consent that is kept elsewhere, not refreshed in time.
bool IsStale(const Value& consent, const EvaluationContext& context) {
  const Value& copied = Fact(consent, "copied-at");
  if (copied.is_null()) return false;
  const auto at = fhir::ParseInstant(copied.text());
  const auto most = std::chrono::hours{24} * context.policy->permission.consent_copy_max_age_days;
  return !at.ok() || context.now - *at > most;
}

// C.4: a consent about treatment directives or a notice is none about disclosure.
bool OtherwiseCategorised(const Value& consent, const PermissionPolicy& policy) {
  bool all = false;
  for (const Value& category : consent["category"].items()) {
    for (const Coding& coding : CodingsOf(category)) {
      if (!Contains(policy.not_privacy_categories, coding.code)) return false;
      all = true;
    }
  }
  return all;
}

// C6: the consents that the Provenance of this one says it revises.
std::vector<std::string> RevisedBy(const Given& given, const fhir::Resource& consent) {
  std::vector<std::string> revised;
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Provenance" || HasUnknownModifier(resource.json())) continue;
    bool of_this = false;
    for (const Value& target : resource["target"].items()) {
      of_this = of_this || RelativeOf(target) == consent.Relative();
    }
    if (!of_this) continue;
    for (const Value& entity : resource["entity"].items()) {
      const std::string what = RelativeOf(entity["what"]);
      if (entity["role"].text() == "revision" && what != consent.Relative() && !what.empty()) {
        revised.push_back(what);
      }
    }
  }
  return revised;
}

// The patient's own record as a related person: http://terminology.hl7.org/CodeSystem/v3-RoleCode
bool IsOneself(const fhir::Resource& related) {
  for (const Value& relationship : related["relationship"].items()) {
    if (HasCode(relationship, "ONESELF")) return true;
  }
  return false;
}

// P1: whether who agreed is the patient, or could agree for the patient as far as the record says.
bool CouldAgree(const Given& given, const std::string& performer,
                const std::vector<std::string>& person, const EvaluationContext& context,
                fhir::Instant when) {
  if (Contains(person, performer)) return true;
  if (!performer.starts_with("RelatedPerson/")) return false;
  const fhir::Resource* related = given.Find(performer);
  if (related == nullptr) return true;  // nothing is known against it
  if (IsOneself(*related)) return BelongedTo(given, performer, person, context, when);
  const Authority authority = AuthorityOf(given, performer, person, context, when);
  return authority == Authority::kShown || authority == Authority::kNotNeeded;
}

// P1, P3: agreed to by one who is not taken for a representative, or by nobody who could agree: a
// friend, a clinician, a parent of an adult.
bool ByAnother(const Given& given, const Value& consent, const std::vector<std::string>& person,
               const EvaluationContext& context, fhir::Instant when) {
  bool agreed = consent["performer"].size() == 0;  // unsaid: the patient whose consent it is
  for (const Value& performer : consent["performer"].items()) {
    const std::string relative = RelativeOf(performer);
    const fhir::Resource* related = given.Find(relative);
    if (related != nullptr && IsDeclined(related->json())) return true;
    agreed = agreed || CouldAgree(given, relative, person, context, when);
  }
  return !agreed;
}

ConsentFacts ReadGeneral(const Given& given, const fhir::Resource& resource,
                         const std::string& reference, const std::vector<std::string>& person,
                         const EvaluationContext& context) {
  const Value& consent = resource.json();
  ConsentFacts facts;
  facts.reference = reference;
  facts.relative = resource.Relative();
  facts.status = StatusOf(consent);
  facts.privacy_scope = HasCode(consent["scope"], "patient-privacy") &&
                        !OtherwiseCategorised(consent, context.policy->permission);
  facts.unusable = HasUnknownModifier(consent);
  if (!HasKnownScope(consent) || consent["patient"].is_null()) facts.doubt = "C.1";
  if (HasFormOfR5(consent)) facts.doubt = "C.6";
  facts.stale = IsStale(consent, context);
  facts.deep = NestsDeep(consent["provision"]);
  facts.made = ReadMoment(consent["dateTime"], context.patient.zones);
  if (!facts.made && !consent["dateTime"].is_null() && facts.doubt.empty()) facts.doubt = "C.1";
  if (const auto at = SignedAt(given, resource, context.patient.zones)) {
    facts.signed_at = at->possible.begin;
    facts.signed_until = at->possible.end;
  }
  if (facts.doubt.empty() && HasUnreadableSignature(given, resource, context.patient.zones)) {
    facts.doubt = "C.1";
  }
  facts.revises = RevisedBy(given, resource);
  const auto recorded = facts.made ? facts.made->possible.begin : context.now;
  facts.signer_declined =
      ByAnother(given, consent, person, context, facts.signed_at.value_or(recorded));
  for (const Value& identifier : consent["identifier"].items()) {
    const std::string& value = identifier["value"].text();
    if (!value.empty()) facts.identifiers.push_back(identifier["system"].text() + "|" + value);
  }
  facts.policy_key = PolicyKey(consent);
  facts.performer_rank = PerformerRank(consent);
  return facts;
}

TelephoneConsentFacts ReadTelephone(const Given& given, const fhir::Resource& resource,
                                    bool written, const std::vector<std::string>& zones) {
  const Value& consent = resource.json();
  TelephoneConsentFacts facts;
  facts.reference = resource.Versioned();
  facts.written = written;
  facts.active =
      StatusOf(consent) == ConsentStatus::kActive && consent["provision"]["type"].text() != "deny";
  facts.in_force = facts.active && !HasUnknownModifier(consent);
  facts.number = NormalContact(Fact(consent, "contact-point")["value"].text());
  facts.seller = Fact(consent, "seller").text();
  facts.period = ReadPeriod(consent["provision"]["period"], zones);
  facts.refused =
      StatusOf(consent) == ConsentStatus::kActive && consent["provision"]["type"].text() == "deny";
  facts.withdrawn = StatusOf(consent) == ConsentStatus::kInactive &&
                    consent["provision"]["type"].text() != "deny";
  facts.revoked_at = Happened(Fact(consent, "revoked-at"), zones, given.now);
  if (const auto revoked = ReadMoment(Fact(consent, "revoked-at"), zones)) {
    facts.revoked_until = revoked->possible.end;
  }
  if (const auto at = SignedAt(given, resource, zones)) facts.signed_at = at->possible.begin;
  const bool verified =
      ReadMoment(consent["verification"].at(0)["verificationDate"], zones).has_value();
  for (const Value& purpose : consent["provision"]["purpose"].items()) {
    facts.purposes.push_back(purpose["code"].text());
  }
  for (const Value* channel : Facts(consent, "channel")) facts.channels.push_back(channel->text());
  // B1-2: written is what is signed, names the seller and the number, discloses, and is no
  // condition.
  facts.written = written && (facts.signed_at || verified) && consent["performer"].size() > 0 &&
                  !facts.seller.empty() && !facts.number.empty();
  for (std::string_view statement : {"automated-marketing", "not-a-condition"}) {
    bool stated = false;
    for (const Value* each : Facts(consent, "telephone-statement")) {
      stated = stated || each->text() == statement;
    }
    facts.written = facts.written && stated;
  }
  return facts;
}

}  // namespace

bool HasCode(const Value& codeable, std::string_view code) {
  for (const Value& coding : codeable["coding"].items()) {
    if (coding["code"].text() == code) return true;
  }
  return false;
}

ConsentStatus StatusOf(const Value& consent) {
  const std::string& status = consent["status"].text();
  if (status == "active") return ConsentStatus::kActive;
  if (status == "inactive") return ConsentStatus::kInactive;
  if (status == "entered-in-error") return ConsentStatus::kEnteredInError;
  if (status == "draft" || status == "proposed" || status == "rejected") {
    return ConsentStatus::kNotInForce;
  }
  return ConsentStatus::kUnknown;
}

void ReadConsents(const Given& given, const std::vector<std::string>& person,
                  const Parties& parties, EvaluationContext& context) {
  const auto& zones = context.patient.zones;
  // In the order of their references, in which all the facts stand.
  std::vector<std::pair<std::string, const fhir::Resource*>> consents;
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() == "Consent") consents.emplace_back(resource.Versioned(), &resource);
  }
  std::stable_sort(consents.begin(), consents.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  context.consents.reserve(consents.size());
  for (const auto& [reference, resource_of] : consents) {
    const fhir::Resource& resource = *resource_of;
    const Value& consent = resource.json();
    // R5 calls the patient the subject; one of somebody else is none of ours in either form.
    const std::string subject =
        RelativeOf(consent["patient"].is_null() ? consent["subject"] : consent["patient"]);
    if (!subject.empty() && !Contains(person, subject)) continue;
    const bool nobodys = RelativeOf(consent["patient"]).empty();
    // An element that cannot be read must not count as one that is not there: it may be what
    // denies.
    const bool whole = HasFormOfR5(consent) || fhir::HasShape(consent);
    const bool telephone =
        !nobodys && (OurCategory(consent, "tcpa-pec") || OurCategory(consent, "tcpa-pewc"));
    if (!whole || (telephone && HasUnreadableSignature(given, resource, zones))) {
      ConsentFacts unreadable;
      unreadable.reference = reference;
      unreadable.relative = resource.Relative();
      unreadable.privacy_scope = true;
      unreadable.doubt = "C.1";
      context.consents.push_back(std::move(unreadable));
    }
    if (!whole) continue;
    if (telephone) {
      context.telephone_consents.push_back(
          ReadTelephone(given, resource, OurCategory(consent, "tcpa-pewc"), zones));
      continue;
    }
    if (!nobodys && OurCategory(consent, "confidential-communication")) {
      // A request that nobody has processed yet counts from its receipt on (G3).
      const bool asked =
          StatusOf(consent) == ConsentStatus::kActive || consent["status"].text() == "proposed";
      if (asked) context.confidential.push_back(ReadConfidential(given, resource, zones));
      continue;
    }
    ConsentFacts facts = ReadGeneral(given, resource, reference, person, context);
    if (nobodys && facts.doubt.empty()) facts.doubt = "C.1";
    const bool authorization = HasCode(consent["policyRule"], "hipaa-auth") &&
                               consent["provision"]["type"].text() != "deny";
    if (authorization) facts.signer_declined = false;  // V6 and P1 to P5 judge who signed it
    if (authorization && !nobodys) {
      context.authorizations.push_back(ReadAuthorization(given, resource, facts, person, context));
    }
    std::string doubt;
    auto root = ReadTree(given, parties, consent, zones, doubt);
    const bool restriction = IsRestriction(consent);
    if (restriction && consent["provision"]["type"].is_null()) {
      // What is restricted needs no type: it is a denial.
      if (!root) root.emplace().type = Provision::Type::kDeny;
      if (root->children.empty() && doubt == "C3") doubt.clear();
    }
    // An authorization permits through V1 to V23 alone; here only what it forbids counts.
    facts.only_denies =
        authorization || IsPart2Consent(consent) || IsConsumerHealthConsent(consent);
    if (!root && facts.doubt != "C.6") {
      // Without a base and without a rule nobody knows what was agreed to (C3), unless the policy
      // says that it is a document of another kind.
      const bool document = facts.only_denies || NamesPolicy(consent);
      if (document) continue;
      doubt = "C3";
    }
    if (root) facts.root = std::move(*root);
    if (facts.doubt.empty()) facts.doubt = doubt;
    if (restriction) {
      context.health.restrictions.push_back(ReadRestriction(consent, std::move(facts), zones));
      continue;
    }
    context.consents.push_back(std::move(facts));
  }
}

}  // namespace consent
