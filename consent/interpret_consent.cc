// Consents of every kind: provision trees, HIPAA authorizations, telephone consents, confidential
// communication requests.
#include <algorithm>

#include "consent/interpret.h"
#include "consent/words.h"
#include "fhir/canonicals.h"
#include "fhir/reference.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::string_view kOurCategories =
    "https://psgateway.example/fhir/CodeSystem/consent-category";

bool HasCode(const Value& codeable, std::string_view code) {
  for (const Value& coding : codeable["coding"].items()) {
    if (coding["code"].text() == code) return true;
  }
  return false;
}

bool OurCategory(const Value& consent, std::string_view code) {
  for (const Value& category : consent["category"].items()) {
    if (fhir::HasCoding(category, kOurCategories, code)) return true;
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

// ---- provisions

ActorMatch MatchActor(const Given& given, const Actors& actors, const Value& reference) {
  for (const std::string& name : actors.names) {
    if (SameName(reference["display"].text(), name)) return ActorMatch::kUs;
  }
  const Value& identifier = reference["identifier"];
  if (!identifier["value"].text().empty() &&
      Contains(actors.identifiers,
               identifier["system"].text() + "|" + identifier["value"].text())) {
    return ActorMatch::kUs;
  }
  const std::string relative = RelativeOf(reference);
  if (relative.empty()) {
    return actors.identifiers.empty() ? ActorMatch::kUnclear : ActorMatch::kOther;
  }
  if (Contains(actors.references, relative)) return ActorMatch::kUs;
  const std::string_view type = std::string_view(relative).substr(0, relative.find('/'));
  if (const fhir::Resource* resource = given.Find(relative)) {
    for (const std::string& known : actors.identifiers) {
      for (const Value& each : (*resource)["identifier"].items()) {
        if (known == each["system"].text() + "|" + each["value"].text()) return ActorMatch::kUs;
      }
    }
    for (const Value& member : (*resource)["member"].items()) {
      if (Contains(actors.references, RelativeOf(member["entity"]))) return ActorMatch::kUs;
    }
    for (const Value& participant : (*resource)["participant"].items()) {
      if (Contains(actors.references, RelativeOf(participant["member"]))) return ActorMatch::kUs;
    }
    return ActorMatch::kOther;
  }
  // Somebody we cannot look up: not us where we know ourselves by that kind of record.
  const bool could_be_us = type == "Organization" || type == "Group" || type == "CareTeam" ||
                           type == "PractitionerRole" || type == "HealthcareService";
  return could_be_us && !actors.Knows(type) ? ActorMatch::kUnclear : ActorMatch::kOther;
}

ActorMatch MatchActors(const Given& given, const Actors& actors, const Value& provision) {
  if (provision["actor"].size() == 0) return ActorMatch::kAny;
  ActorMatch best = ActorMatch::kOther;
  for (const Value& actor : provision["actor"].items()) {
    const ActorMatch match = MatchActor(given, actors, actor["reference"]);
    if (match == ActorMatch::kUs) return match;
    if (match == ActorMatch::kUnclear) best = match;
  }
  return best;
}

Provision ReadProvision(const Given& given, const Actors& actors, const Value& json,
                        const std::vector<std::string>& zones, bool& typed) {
  Provision provision;
  const std::string& type = json["type"].text();
  provision.type = type == "permit" ? Provision::Type::kPermit : Provision::Type::kDeny;
  typed = typed && (type == "permit" || type == "deny");
  if (!json["period"].is_null()) provision.period = ReadPeriod(json["period"], zones);
  provision.actor = MatchActors(given, actors, json);
  for (const Value& action : json["action"].items()) {
    for (Coding& coding : CodingsOf(action)) provision.actions.push_back(std::move(coding.code));
  }
  const auto codes = [&](std::string_view name, std::vector<std::string>& out) {
    for (const Value& coding : json[name].items()) {
      // A coding without a code constrains too: to nothing we know.
      out.push_back(coding["code"].text());
    }
  };
  codes("purpose", provision.purposes);
  codes("securityLabel", provision.labels);
  codes("class", provision.classes);
  for (const Value& code : json["code"].items()) {
    for (Coding& coding : CodingsOf(code)) provision.codes.push_back(std::move(coding));
  }
  for (const Value& data : json["data"].items()) {
    provision.data.push_back(RelativeOf(data["reference"]));
  }
  if (!json["dataPeriod"].is_null()) provision.data_period = ReadPeriod(json["dataPeriod"], zones);
  for (const Value& child : json["provision"].items()) {
    provision.children.push_back(ReadProvision(given, actors, child, zones, typed));
  }
  return provision;
}

enum class Directive : uint8_t { kNone, kPermit, kDeny, kEmergencyOnly };

Directive DirectiveOf(const Value& consent) {
  const Value& rule = consent["policyRule"];
  for (std::string_view code : {"OPTIN", "OPTINR", "IMPLIED", "IMPLIEDD"}) {
    if (HasCode(rule, code)) return Directive::kPermit;
  }
  for (std::string_view code : {"OPTOUT", "OPTOUTE"}) {
    if (HasCode(rule, code)) return Directive::kDeny;
  }
  return HasCode(rule, "EMRGONLY") ? Directive::kEmergencyOnly : Directive::kNone;
}

bool IsConstrained(const Value& provision) {
  for (const auto& member : provision.members()) {
    if (member.name != "id" && member.name != "extension") return true;
  }
  return false;
}

// C3: dialect B as it is, dialect A through this adapter, and where the two would differ: a doubt.
// nullopt when the consent records no decision at all.
std::optional<Provision> ReadTree(const Given& given, const Actors& actors, const Value& consent,
                                  const std::vector<std::string>& zones, std::string& doubt) {
  const Value& json = consent["provision"];
  if (json.is_array() || !consent["decision"].is_null() || !consent["subject"].is_null()) {
    doubt = "C.6";
    return Provision{};
  }
  const Directive directive = DirectiveOf(consent);
  const bool root_typed = !json["type"].is_null();
  bool typed = true;
  Provision root = ReadProvision(given, actors, json, zones, typed);
  if (root_typed) {
    const bool permits = root.type == Provision::Type::kPermit;
    const bool disagrees = (directive == Directive::kPermit && !permits) ||
                           (directive == Directive::kDeny && permits) ||
                           (directive == Directive::kEmergencyOnly && permits);
    if (!typed || disagrees) doubt = "C3";
    return root;
  }
  if (directive == Directive::kNone) {
    if (!IsConstrained(json)) return std::nullopt;
    doubt = "C3";
    return root;
  }
  if (!root.children.empty()) doubt = "C3";
  Provision base;
  base.type = directive == Directive::kPermit ? Provision::Type::kPermit : Provision::Type::kDeny;
  if (IsConstrained(json)) {
    root.type =
        base.type == Provision::Type::kPermit ? Provision::Type::kDeny : Provision::Type::kPermit;
    base.children.push_back(std::move(root));
  }
  if (directive == Directive::kEmergencyOnly) {
    Provision emergency;
    emergency.type = Provision::Type::kPermit;
    emergency.purposes = {"ETREAT"};
    base.children.push_back(std::move(emergency));
  }
  return base;
}

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
    for (const Coding& coding : CodingsOf(codeable))
      parts.push_back(coding.system + "|" + coding.code);
  };
  add(consent["scope"]);
  for (const Value& category : consent["category"].items()) add(category);
  add(consent["policyRule"]);
  for (const Value& policy : consent["policy"].items()) parts.push_back(policy["uri"].text());
  for (const Value& each : consent["organization"].items()) parts.push_back(RelativeOf(each));
  std::sort(parts.begin(), parts.end());
  std::string key;
  for (const std::string& part : parts) key += part + " ";
  return key;
}

// V22: the date on the document; Consent.dateTime is only when the record was made.
std::optional<fhir::Instant> SignedAt(const Value& consent, const std::vector<std::string>& zones) {
  const Value& authorization = OurExtension(consent, "authorization");
  for (const Value* date :
       {&Fact(authorization, "signature-date"), &Fact(consent, "signature-date"),
        &consent["verification"].at(0)["verificationDate"]}) {
    if (const auto moment = ReadMoment(*date, zones)) return moment->possible.begin;
  }
  return std::nullopt;
}

ConsentFacts ReadGeneral(const fhir::Resource& resource) {
  const Value& consent = resource.json();
  ConsentFacts facts;
  facts.reference = resource.Versioned();
  facts.status = StatusOf(consent);
  facts.privacy_scope = HasCode(consent["scope"], "patient-privacy");
  facts.unusable = HasUnknownModifier(consent);
  if (consent["scope"]["coding"].size() == 0) facts.doubt = "C.1";
  for (const Value& identifier : consent["identifier"].items()) {
    facts.identifiers.push_back(identifier["system"].text() + "|" + identifier["value"].text());
  }
  facts.policy_key = PolicyKey(consent);
  facts.performer_rank = PerformerRank(consent);
  return facts;
}

// ---- authorizations and telephone consents

AuthorizationFacts ReadAuthorization(const fhir::Resource& resource,
                                     const std::vector<std::string>& zones) {
  const Value& consent = resource.json();
  const Value& form = OurExtension(consent, "authorization");
  AuthorizationFacts facts;
  facts.reference = resource.Versioned();
  facts.status = StatusOf(consent);
  facts.unusable = HasUnknownModifier(consent);
  if (const auto revoked = ReadMoment(Fact(consent, "revoked-at"), zones)) {
    facts.revoked_at = revoked->possible.begin;
  } else if (const auto nested = ReadMoment(Fact(form, "revoked-at"), zones)) {
    facts.revoked_at = nested->possible.begin;
  }
  if (const auto date = ReadMoment(Fact(form, "signature-date"), zones)) {
    facts.signed_at = date->possible.begin;
  }
  const auto texts = [&](std::string_view name, std::vector<std::string>& out) {
    for (const Value* value : Facts(form, name)) {
      if (!Trim(value->text()).empty()) out.emplace_back(Trim(value->text()));
    }
  };
  facts.has_information = !Trim(Fact(form, "information").text()).empty();
  texts("discloser", facts.disclosers);
  texts("recipient", facts.recipients);
  texts("statement", facts.statements);
  texts("channel", facts.channels);
  const Value& provision = consent["provision"];
  for (const Value& purpose : provision["purpose"].items()) {
    if (!purpose["code"].text().empty()) facts.purposes.push_back(purpose["code"].text());
  }
  if (!provision["period"].is_null()) facts.period = ReadPeriod(provision["period"], zones);
  facts.has_end = !provision["period"]["end"].text().empty();
  facts.expiration_event = std::string(Trim(Fact(form, "expiration-event").text()));
  for (const Value& performer : consent["performer"].items()) {
    const std::string relative = RelativeOf(performer);
    facts.signer_known = facts.signer_known || !relative.empty();
    facts.signer_is_representative =
        facts.signer_is_representative || relative.starts_with("RelatedPerson/");
  }
  facts.authority_described = !Trim(Fact(form, "representative-authority").text()).empty();
  bool refused = false;
  bool verified = false;
  for (const Value& verification : consent["verification"].items()) {
    (verification["verified"].boolean() ? verified : refused) = true;
  }
  facts.verification_failed = refused && !verified;
  facts.compound = Fact(form, "compound").boolean();
  facts.conditioned = Fact(form, "conditioned").boolean();
  facts.known_false = Fact(form, "known-false").boolean();
  const Value& copy = Fact(form, "copy-given");
  facts.copy_withheld = copy.is_bool() && !copy.boolean();
  for (const Value* product : Facts(form, "product")) {
    for (Coding& coding : CodingsOf(*product)) facts.products.push_back(std::move(coding));
  }
  facts.seller = std::string(Trim(Fact(form, "seller").text()));
  return facts;
}

TelephoneConsentFacts ReadTelephone(const fhir::Resource& resource, bool written,
                                    const std::vector<std::string>& zones) {
  const Value& consent = resource.json();
  TelephoneConsentFacts facts;
  facts.reference = resource.Versioned();
  facts.written = written;
  facts.in_force = StatusOf(consent) == ConsentStatus::kActive && !HasUnknownModifier(consent) &&
                   consent["provision"]["type"].text() != "deny";
  facts.number = NormalContact(Fact(consent, "contact-point")["value"].text());
  facts.seller = Fact(consent, "seller").text();
  facts.period = ReadPeriod(consent["provision"]["period"], zones);
  facts.refused =
      StatusOf(consent) == ConsentStatus::kActive && consent["provision"]["type"].text() == "deny";
  if (const auto revoked = ReadMoment(Fact(consent, "revoked-at"), zones)) {
    facts.revoked_at = revoked->possible.begin;
  }
  facts.signed_at = SignedAt(consent, zones);
  for (const Value& purpose : consent["provision"]["purpose"].items()) {
    facts.purposes.push_back(purpose["code"].text());
  }
  for (const Value* channel : Facts(consent, "channel")) facts.channels.push_back(channel->text());
  // B1-2: written is what is signed, names the seller and the number, discloses, and is no
  // condition.
  facts.written = written && facts.signed_at && consent["performer"].size() > 0 &&
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

ConfidentialCommunication ReadConfidential(const fhir::Resource& resource,
                                           const std::vector<std::string>& zones) {
  using fhir::Channel;
  const Value& consent = resource.json();
  ConfidentialCommunication asked;
  asked.reference = resource.Versioned();
  for (const Value* channel : Facts(consent, "channel")) {
    if (const auto known = fhir::ChannelFromCode(channel->text())) asked.channels.push_back(*known);
  }
  const Value& point = Fact(consent, "contact-point");
  const Value& address = Fact(consent, "contact-address");
  asked.contact = address.is_object() ? AddressLine(address) : point["value"].text();
  if (asked.channels.empty()) {
    const std::string& system = point["system"].text();
    if (address.is_object()) asked.channels = {Channel::kMail};
    if (system == "email") asked.channels = {Channel::kEmail};
    if (system == "sms") asked.channels = {Channel::kSms};
    if (system == "fax") asked.channels = {Channel::kFax};
    if (system == "phone") asked.channels = {Channel::kVoiceLive};
  }
  asked.period = ReadPeriod(consent["provision"]["period"], zones);
  return asked;
}

template <class T>
void SortByReference(std::vector<T>& items) {
  std::sort(items.begin(), items.end(),
            [](const T& a, const T& b) { return a.reference < b.reference; });
}

}  // namespace

void ReadConsents(const Given& given, const std::vector<std::string>& person, const Actors& actors,
                  EvaluationContext& context) {
  const auto& zones = context.patient.zones;
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Consent") continue;
    const Value& consent = resource.json();
    const std::string patient = RelativeOf(consent["patient"]);
    const bool nobodys = patient.empty();
    if (!nobodys && !Contains(person, patient)) continue;
    if (!nobodys && (OurCategory(consent, "tcpa-pec") || OurCategory(consent, "tcpa-pewc"))) {
      context.telephone_consents.push_back(
          ReadTelephone(resource, OurCategory(consent, "tcpa-pewc"), zones));
      continue;
    }
    if (!nobodys && OurCategory(consent, "confidential-communication")) {
      if (StatusOf(consent) == ConsentStatus::kActive) {
        context.confidential.push_back(ReadConfidential(resource, zones));
      }
      continue;
    }
    ConsentFacts facts = ReadGeneral(resource);
    facts.signed_at = SignedAt(consent, zones);
    if (nobodys) facts.doubt = "C.1";
    const bool authorization = HasCode(consent["policyRule"], "hipaa-auth") &&
                               consent["provision"]["type"].text() != "deny";
    if (authorization && !nobodys) {
      context.authorizations.push_back(ReadAuthorization(resource, zones));
    }
    std::string doubt;
    const auto root = ReadTree(given, actors, consent, zones, doubt);
    if (!root) continue;
    facts.root = *root;
    if (facts.doubt.empty()) facts.doubt = doubt;
    // An authorization permits through V1 to V23 alone; here only what it forbids counts.
    facts.only_denies = authorization;
    context.consents.push_back(std::move(facts));
  }
  SortByReference(context.consents);
  SortByReference(context.authorizations);
  SortByReference(context.telephone_consents);
  SortByReference(context.confidential);
}

}  // namespace consent
