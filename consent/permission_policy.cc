#include "consent/permission_policy.h"

#include <array>

#include "consent/words.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr int kOldest = 150;

struct EventName {
  std::string_view name;
  ExpiryEvent event;
};
constexpr auto kEvents = std::to_array<EventName>({
    {"never", ExpiryEvent::kNever},
    {"study-over", ExpiryEvent::kStudyOver},
    {"therapy-discontinued", ExpiryEvent::kTherapyDiscontinued},
    {"programme-exit", ExpiryEvent::kProgrammeExit},
    {"age-of-majority", ExpiryEvent::kAgeOfMajority},
});

// Calls `read` with every member of the object `name` and its path.
template <class Read>
void EachMember(Members& members, std::string_view name, Read read) {
  const Value& object = members.Take(name);
  if (!object.is_object()) return members.Fail(name, "must be an object");
  for (const auto& member : object.members()) {
    fhir::Status status = read(member.name, member.value, members.Path(name) + "." + member.name);
    if (!status.ok()) return members.Refuse(status.error());
  }
}

fhir::Status ReadStateLaw(const Value& json, const std::string& path, StateLaw& law) {
  Members members(json, path);
  members.Present({"ageOfMajority"});
  members.Count("ageOfMajority", law.age_of_majority);
  if (law.age_of_majority > kOldest) members.Fail("ageOfMajority", "is no age");
  if (!json["minorConsent"].is_null()) {
    Members services(json["minorConsent"], members.Path("minorConsent"));
    for (const auto& member : members.Take("minorConsent").members()) {
      services.Count(member.name, law.minor_consent[member.name]);
    }
    if (fhir::Status status = services.Finish(); !status.ok()) return status;
  }
  return members.Finish();
}

fhir::Status ReadImplicitPolicy(const Value& json, const std::string& path, ImplicitPolicy& rule) {
  Members members(json, path);
  members.Present({"regimes", "purposes", "explicitOverrides"});
  members.Texts("regimes", rule.regimes);
  members.Texts("purposes", rule.purposes);
  std::string answer;
  members.Required("answer", answer);
  if (answer == "permit") {
    rule.answer = ImplicitPolicy::Answer::kPermit;
  } else if (answer == "authorization") {
    rule.answer = ImplicitPolicy::Answer::kAuthorization;
  } else if (answer != "deny") {
    members.Fail("answer", "must be permit, authorization or deny");
  }
  members.Bool("explicitOverrides", rule.explicit_overrides);
  return members.Finish();
}

}  // namespace

fhir::Status ReadPermissionPolicy(const Value& json, const std::string& path,
                                  PermissionPolicy& policy) {
  Members members(json, path);
  members.Present({"ageOfMajority", "states", "minorServices", "evidenceRequired", "implicit",
                   "notPrivacyCategories", "consentCopyMaxAgeDays", "expiryEvents",
                   "expiryReviewDays", "compoundExemptForms", "notFilledOut"});
  members.Count("ageOfMajority", policy.age_of_majority);
  EachMember(members, "states",
             [&](const std::string& name, const Value& value, const std::string& place) {
               return ReadStateLaw(value, place, policy.states[name]);
             });
  Members services(members.Take("minorServices"), members.Path("minorServices"));
  for (const auto& member : json["minorServices"].members()) {
    services.Texts(member.name, policy.minor_services[member.name]);
  }
  if (fhir::Status status = services.Finish(); !status.ok()) members.Refuse(status.error());
  EachMember(members, "expiryEvents",
             [&](const std::string& name, const Value& value, const std::string& place) {
               for (const EventName& each : kEvents) {
                 if (each.name == value.text()) {
                   policy.expiry_events[Lower(name)] = each.event;
                   return fhir::Status();
                 }
               }
               return fhir::Status(
                   fhir::Fail(fhir::ErrorCode::kInvalid, "is not an event we can compute", place));
             });
  members.Each("implicit", [&](const Value& item, const std::string& place) {
    return ReadImplicitPolicy(item, place, policy.implicit.emplace_back());
  });
  members.Texts("evidenceRequired", policy.evidence_required);
  members.Texts("notPrivacyCategories", policy.not_privacy_categories);
  members.Count("consentCopyMaxAgeDays", policy.consent_copy_max_age_days);
  members.Count("expiryReviewDays", policy.expiry_review_days);
  members.Texts("compoundExemptForms", policy.compound_exempt_forms);
  members.Texts("notFilledOut", policy.not_filled_out);
  for (std::string& text : policy.not_filled_out) text = Lower(text);
  return members.Finish();
}

}  // namespace consent
