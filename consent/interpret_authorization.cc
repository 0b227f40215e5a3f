// HIPAA authorizations, element by element (45 CFR 164.508(c), V1 to V22).
#include <algorithm>
#include <array>

#include "consent/consent_readers.h"
#include "consent/representative.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::Instant;
using fhir::json::Value;

// Provenance that has signed this consent: R4's own place for a signature.
// When the Provenances of the consent say that it was signed, as they say it.
std::vector<const Value*> SignaturesIn(const Given& given, const fhir::Resource& consent) {
  std::vector<const Value*> signatures;
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Provenance") continue;
    for (const Value& target : resource["target"].items()) {
      const Value& when = resource["signature"].at(0)["when"];
      if (RelativeOf(target) == consent.Relative() && !when.is_null()) signatures.push_back(&when);
    }
  }
  return signatures;
}

std::optional<Instant> SignatureOf(const Given& given, const fhir::Resource& consent) {
  for (const Value* when : SignaturesIn(given, consent)) {
    if (const auto moment = fhir::ParseInstant(when->text()); moment.ok()) return *moment;
  }
  return std::nullopt;
}

std::array<const Value*, 2> DatesOfSignature(const Value& consent) {
  return {&Fact(OurExtension(consent, "authorization"), "signature-date"),
          &Fact(consent, "signature-date")};
}

// The end of what the date may mean; what cannot be read ends nothing that is signed later.
std::optional<Instant> HappenedUntil(const Value& date, const std::vector<std::string>& zones) {
  const auto moment = ReadMoment(date, zones);
  return moment ? std::optional(moment->possible.end) : std::nullopt;
}

// Empty where nobody filled the field out (A.6(ii)).
std::string_view FilledOut(const Value& field, const PermissionPolicy& policy) {
  const std::string_view text = Trim(field.text());
  const bool any_word = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || isalnum(static_cast<unsigned char>(c)) != 0;
  });
  return any_word && !Contains(policy.not_filled_out, Lower(text)) ? text : std::string_view();
}

// What ends the authorization, as the pack knows it; else its words, where there are any.
std::string EventOf(const Value& field, const PermissionPolicy& policy) {
  std::string_view text = Trim(field.text());
  while (text.ends_with('.')) text = Trim(text.substr(0, text.size() - 1));
  if (policy.expiry_events.contains(Lower(text))) return std::string(text);
  return std::string(Contains(policy.not_filled_out, Lower(text)) ? "" : FilledOut(field, policy));
}

void ReadSigner(const Given& given, const Value& consent, const std::vector<std::string>& person,
                const EvaluationContext& context, AuthorizationFacts& facts) {
  const Instant when = facts.signed_at.value_or(context.now);
  const bool under_age = AgeAt(given, person, context, when) == Age::kMinor;
  for (const Value& performer : consent["performer"].items()) {
    const std::string relative = RelativeOf(performer);
    if (Contains(person, relative)) {
      facts.signer_known = true;
      facts.signed_as_minor = under_age;
    }
    if (!relative.starts_with("RelatedPerson/")) continue;
    facts.signer_known = true;
    facts.signer_is_representative = true;
    facts.signed_for_minor = under_age;
    // The document says by what right; the record says what has become known since.
    if (given.Find(relative) != nullptr) {
      facts.signer = std::max(facts.signer, AuthorityOf(given, relative, person, context, when));
      facts.signer_belonged =
          facts.signer_belonged && BelongedTo(given, relative, person, context, when);
    }
  }
}

}  // namespace

std::optional<Validity> SignedAt(const Given& given, const fhir::Resource& resource,
                                 const std::vector<std::string>& zones) {
  for (const Value* date : DatesOfSignature(resource.json())) {
    if (const auto moment = ReadMoment(*date, zones)) return moment;
  }
  const auto at = SignatureOf(given, resource);
  if (!at) return std::nullopt;
  const fhir::Span moment{*at, *at + std::chrono::milliseconds{1}};
  return Validity{moment, moment};
}

bool HasUnreadableSignature(const Given& given, const fhir::Resource& resource,
                            const std::vector<std::string>& zones) {
  for (const Value* date : DatesOfSignature(resource.json())) {
    if (!date->is_null() && !ReadMoment(*date, zones)) return true;
  }
  const Value& verified = resource["verification"].at(0)["verificationDate"];
  if (!verified.is_null() && !ReadMoment(verified, zones)) return true;
  for (const Value* when : SignaturesIn(given, resource)) {
    if (!fhir::ParseInstant(when->text()).ok()) return true;
  }
  return false;
}

AuthorizationFacts ReadAuthorization(const Given& given, const fhir::Resource& resource,
                                     const ConsentFacts& general,
                                     const std::vector<std::string>& person,
                                     const EvaluationContext& context) {
  const Value& consent = resource.json();
  const auto& zones = context.patient.zones;
  const PermissionPolicy& policy = context.policy->permission;
  const OurFacts form(OurExtension(consent, "authorization"));
  AuthorizationFacts facts;
  facts.reference = general.reference;
  facts.status = general.status;
  facts.unusable = general.unusable;
  facts.revoked_at = Happened(Fact(consent, "revoked-at"), zones, context.now);
  facts.revoked_until = HappenedUntil(Fact(consent, "revoked-at"), zones);
  if (!facts.revoked_at) {
    facts.revoked_at = Happened(form["revoked-at"], zones, context.now);
    facts.revoked_until = HappenedUntil(form["revoked-at"], zones);
  }
  if (const auto date = ReadMoment(form["signature-date"], zones)) {
    facts.signed_at = date->possible.begin;
  } else {
    facts.signed_at = SignatureOf(given, resource);
  }
  const auto texts = [&](std::string_view name, std::vector<std::string>& out) {
    for (const Value* value : form.All(name)) {
      if (std::string_view text = FilledOut(*value, policy); !text.empty()) out.emplace_back(text);
    }
  };
  const auto text = [&](std::string_view name) { return std::string(Trim(form[name].text())); };
  facts.has_information = !FilledOut(form["information"], policy).empty();
  texts("discloser", facts.disclosers);
  texts("recipient", facts.recipients);
  texts("statement", facts.statements);
  texts("channel", facts.channels);
  texts("product-class", facts.product_classes);
  const Value& provision = consent["provision"];
  for (const Value& purpose : provision["purpose"].items()) {
    if (!purpose["code"].text().empty()) facts.purposes.push_back(purpose["code"].text());
  }
  facts.individual_initiated = form["individual-initiated"].boolean();
  // The individual began it and states no purpose: "at the request of the individual" (V4).
  if (facts.purposes.empty() && facts.individual_initiated) facts.purposes = {"PATRQT"};
  const Value& period = provision["period"];
  if (!period.is_null()) facts.period = ReadPeriod(period, zones);
  facts.has_end = !period["end"].text().empty();
  facts.end_unreadable = facts.has_end && !ReadMoment(period["end"], zones);
  facts.expiration_event = EventOf(form["expiration-event"], policy);
  facts.event_occurred = Happened(form["expiration-event-occurred"], zones, context.now);
  if (const auto reviewed = ReadMoment(form["expiration-event-reviewed"], zones)) {
    facts.event_reviewed = reviewed->possible.begin;
  }
  ReadSigner(given, consent, person, context, facts);
  facts.authority_described = !FilledOut(form["representative-authority"], policy).empty();
  bool refused = false;
  bool verified = false;
  for (const Value& verification : consent["verification"].items()) {
    (verification["verified"].boolean() ? verified : refused) = true;
  }
  facts.verification_failed = refused && !verified;
  facts.form = text("form");
  facts.compound = Speaks(form["compound"]);
  facts.compound_exemption = text("compound-exemption");
  facts.separately_signed = form["separately-signed"].boolean();
  facts.conditioned = Speaks(form["conditioned"]);
  facts.conditioned_exemption = text("conditioned-exemption");
  facts.known_false = Speaks(form["known-false"]);
  facts.copy_withheld = Denies(form["copy-given"]);
  facts.not_plain = Denies(form["plain-language"]);
  for (const Value* product : form.All("product")) {
    for (Coding& coding : CodingsOf(*product)) facts.products.push_back(std::move(coding));
  }
  facts.seller = text("seller");
  return facts;
}

}  // namespace consent
