// Restrictions (45 CFR 164.522(a)), Part 2 consents (42 CFR 2.31) and consumer health consents
// (RCW 19.373), read from Consent.
#include <algorithm>

#include "consent/consent_readers.h"
#include "consent/interpret_health_data.h"
#include "consent/representative.h"
#include "consent/words.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::string_view kOurCategories =
    "https://psgateway.example/fhir/CodeSystem/consent-category";

bool HasPolicy(const Value& consent, std::string_view code) {
  return HasCode(consent["policyRule"], code);
}

bool HasCategory(const Value& consent, std::string_view code) {
  for (const Value& category : consent["category"].items()) {
    if (fhir::HasCoding(category, kOurCategories, code)) return true;
  }
  return false;
}

std::optional<fhir::Instant> Moment(const Value& text, const std::vector<std::string>& zones) {
  const auto moment = ReadMoment(text, zones);
  if (!moment) return std::nullopt;
  return moment->possible.begin;
}

std::vector<std::string> Texts(const Value& form, std::string_view name) {
  std::vector<std::string> texts;
  for (const Value* value : Facts(form, name)) {
    if (!Trim(value->text()).empty()) texts.emplace_back(Trim(value->text()));
  }
  return texts;
}

std::vector<std::string> Purposes(const Value& consent) {
  std::vector<std::string> purposes;
  for (const Value& purpose : consent["provision"]["purpose"].items()) {
    if (!purpose["code"].text().empty()) purposes.push_back(purpose["code"].text());
  }
  return purposes;
}

// The patient, or somebody for the patient; a clinician or a witness is neither.
bool HasSigner(const Value& consent, const std::vector<std::string>& person) {
  return std::any_of(consent["performer"].items().begin(), consent["performer"].items().end(),
                     [&](const Value& performer) {
                       const std::string relative = RelativeOf(performer);
                       return Contains(person, relative) || relative.starts_with("RelatedPerson/");
                     });
}

Part2ConsentFacts ReadPart2(const Given& given, const fhir::Resource& resource,
                            const std::vector<std::string>& person,
                            const EvaluationContext& context) {
  const Value& consent = resource.json();
  const auto& zones = context.patient.zones;
  // One document may meet 45 CFR 164.508 and 42 CFR 2.31; the elements they share stand once.
  const Value& own = OurExtension(consent, "part2-consent");
  const Value& form = own.is_null() ? OurExtension(consent, "authorization") : own;
  Part2ConsentFacts facts;
  facts.reference = resource.Versioned();
  facts.status = StatusOf(consent);
  facts.unusable = HasUnknownModifier(consent);
  facts.purposes = Purposes(consent);
  facts.disclosers = Texts(form, "discloser");
  facts.recipients = Texts(form, "recipient");
  facts.statements = Texts(form, "statement");
  facts.has_information = !Texts(form, "information").empty();
  facts.signer_known = HasSigner(consent, person);
  facts.signed_at = Moment(Fact(form, "signature-date"), zones);
  for (const Value& performer : consent["performer"].items()) {
    const std::string relative = RelativeOf(performer);
    if (!relative.starts_with("RelatedPerson/")) continue;
    const fhir::Instant when = facts.signed_at.value_or(context.now);
    if (Texts(form, "representative-authority").empty() ||
        !BelongedTo(given, relative, person, context, when)) {
      facts.signer_lacks_authority = true;
    }
  }
  facts.revoked_at = Happened(Fact(consent, "revoked-at"), zones, context.now);
  if (!facts.revoked_at) facts.revoked_at = Happened(Fact(form, "revoked-at"), zones, context.now);
  const Value& period = consent["provision"]["period"];
  if (!period.is_null()) facts.period = ReadPeriod(period, zones);
  facts.has_end = !period["end"].text().empty();
  facts.expiration_event = Lower(Trim(Fact(form, "expiration-event").text()));
  facts.counseling_notes = Speaks(Fact(form, "counseling-notes"));
  facts.known_false = Speaks(Fact(form, "known-false"));
  return facts;
}

std::optional<fhir::Instant> MonthsAfter(const Value& text, int months,
                                         const std::vector<std::string>& zones) {
  const auto moment = ReadMoment(text, zones);
  if (!moment) return std::nullopt;
  // Calendar months; the strictest zone ends it.
  const auto day = std::chrono::floor<std::chrono::days>(moment->possible.begin);
  const auto time = moment->possible.begin - day;
  std::chrono::year_month_day date{day};
  date += std::chrono::months{months};
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return std::chrono::sys_days{date} + time;
}

ConsumerHealthConsentFacts ReadConsumerHealth(const fhir::Resource& resource,
                                              const std::vector<std::string>& person,
                                              const EvaluationContext& context) {
  const Value& consent = resource.json();
  const auto& zones = context.patient.zones;
  const Value& form = OurExtension(consent, "consumer-health-consent");
  ConsumerHealthConsentFacts facts;
  facts.reference = resource.Versioned();
  facts.status = StatusOf(consent);
  facts.unusable = HasUnknownModifier(consent);
  facts.collect = HasCategory(consent, "consumer-health-collect");
  facts.share = HasCategory(consent, "consumer-health-share");
  facts.sale = HasCategory(consent, "consumer-health-sale");
  facts.purposes = Purposes(consent);
  facts.recipients = Texts(form, "recipient");
  const auto has = [&](std::string_view name) { return !Texts(form, name).empty(); };
  const auto says = [&](std::string_view code) { return Contains(Texts(form, "statement"), code); };
  const Value& signature = Fact(form, "signature-date");
  facts.signed_at = Moment(signature, zones);
  const bool is_signed =
      HasSigner(consent, person) && facts.signed_at && *facts.signed_at <= context.now;
  facts.complete = is_signed && has("information") && has("purpose") && has("recipient");
  if (facts.sale) {
    facts.complete = facts.complete && has("seller") && says("not-conditioned") &&
                     says("right-to-revoke") && says("redisclosure") &&
                     Fact(form, "copy-given").boolean();
    // The shortest term of the states that may govern.
    int months = 12;
    for (const auto& [state, law] : context.policy->disclosure.consumer_health) {
      months = std::min(months, law.authorization_months);
    }
    facts.sale_ends_at = MonthsAfter(signature, months, zones);
  } else {
    facts.complete = facts.complete && has("withdrawal");
  }
  facts.revoked_at = Happened(Fact(consent, "revoked-at"), zones, context.now);
  if (!consent["provision"]["period"].is_null()) {
    facts.period = ReadPeriod(consent["provision"]["period"], zones);
  }
  return facts;
}

template <class T>
void SortByReference(std::vector<T>& items) {
  std::sort(items.begin(), items.end(),
            [](const T& a, const T& b) { return a.reference < b.reference; });
}

}  // namespace

bool IsRestriction(const Value& consent) {
  return HasPolicy(consent, "hipaa-restrictions") || HasPolicy(consent, "hipaa-self-pay");
}

bool IsPart2Consent(const Value& consent) {
  return HasPolicy(consent, "42CFRPart2") && consent["provision"]["type"].text() != "deny";
}

bool IsConsumerHealthConsent(const Value& consent) {
  return consent["provision"]["type"].text() != "deny" &&
         (HasCategory(consent, "consumer-health-collect") ||
          HasCategory(consent, "consumer-health-share") ||
          HasCategory(consent, "consumer-health-sale"));
}

RestrictionFacts ReadRestriction(const Value& consent, ConsentFacts facts,
                                 const std::vector<std::string>& zones) {
  RestrictionFacts restriction;
  const std::string& status = consent["status"].text();
  restriction.requested_only = status == "proposed" || status == "rejected" || status == "draft";
  const Value& terms = OurExtension(consent, "restriction");
  restriction.paid_in_full =
      HasPolicy(consent, "hipaa-self-pay") || Fact(terms, "paid-in-full").boolean();
  restriction.paid_unread = !restriction.paid_in_full && Speaks(Fact(terms, "paid-in-full"));
  restriction.ended_by_entity = Fact(terms, "ended-by").text() == "covered-entity";
  // R6: of a day or a month nobody knows the hour; only what came after all of it is free.
  if (const auto ended = ReadMoment(Fact(terms, "ended-at"), zones)) {
    restriction.ended_at = ended->possible.end;
  }
  restriction.consent = std::move(facts);
  return restriction;
}

void ReadDataConsents(const Given& given, const std::vector<std::string>& person,
                      EvaluationContext& context) {
  for (const fhir::Resource& resource : given.resources) {
    if (resource.type() != "Consent" || !Contains(person, RelativeOf(resource["patient"]))) {
      continue;
    }
    if (IsPart2Consent(resource.json())) {
      context.health.part2_consents.push_back(ReadPart2(given, resource, person, context));
    }
    if (IsConsumerHealthConsent(resource.json())) {
      context.health.consumer_consents.push_back(ReadConsumerHealth(resource, person, context));
    }
  }
  SortByReference(context.health.part2_consents);
  SortByReference(context.health.consumer_consents);
  std::sort(context.health.restrictions.begin(), context.health.restrictions.end(),
            [](const RestrictionFacts& a, const RestrictionFacts& b) {
              return a.consent.reference < b.consent.reference;
            });
}

}  // namespace consent
