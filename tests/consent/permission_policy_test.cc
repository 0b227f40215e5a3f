// What a pack may change of permission, and that it is read strictly.
#include "consent/permission_policy.h"

#include <gtest/gtest.h>

#include "consent/interpret.h"
#include "consent/laid_over.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::HasReason;
using testing::Json;
using testing::Res;

auto Read(const std::string& permission) {
  return ReadPolicy(LaidOver(BuiltInPolicyJson(), Json(R"({"permission": )" + permission + "}")));
}

std::string PathOf(const std::string& permission) {
  const auto policy = Read(permission);
  return policy.ok() ? "ok" : policy.error().path;
}

TEST(PermissionPolicyTest, ErrorsSayWhere) {
  EXPECT_EQ(PathOf(R"({"states": {"WA": {"ageOfMajority": "18"}}})"),
            "policy.permission.states.WA.ageOfMajority");
  EXPECT_EQ(PathOf(R"({"states": {"WA": {"ageOfMajority": 200}}})"),
            "policy.permission.states.WA.ageOfMajority");
  EXPECT_EQ(PathOf(R"({"states": {"WA": {"minorConsent": {"sti": true}}}})"),
            "policy.permission.states.WA.minorConsent.sti");
  EXPECT_EQ(PathOf(R"({"states": []})"), "policy.permission.states");
  EXPECT_EQ(PathOf(R"({"minorServices": {"sti": "STD"}})"), "policy.permission.minorServices.sti");
  EXPECT_EQ(PathOf(R"({"expiryEvents": {"full moon": "moon"}})"),
            "policy.permission.expiryEvents.full moon");
  EXPECT_EQ(PathOf(R"({"implicit": [{"regimes": [], "purposes": [], "answer": "maybe",
                                     "explicitOverrides": true}]})"),
            "policy.permission.implicit[0].answer");
  EXPECT_EQ(PathOf(R"({"implicit": [{"regimes": [], "purposes": [], "answer": "deny"}]})"),
            "policy.permission.implicit[0].explicitOverrides");
  EXPECT_EQ(PathOf(R"({"compoundExemptForms": ["enrolment-7"]})"), "ok");
}

Given WithConsentForPayment() {
  Given given = testing::Reminder();
  given.channel = fhir::Channel::kPortal;
  given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "c1", "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
    "provision": {"type": "permit", "purpose": [{"code": "HPAYMT"}]}})"));
  return given;
}

std::string Implicit(const std::string& answer, const std::string& overrides) {
  return R"({"implicit": [{"regimes": ["CE_PROVIDER"], "purposes": ["TREAT"], "answer": ")" +
         answer + R"(", "explicitOverrides": )" + overrides + "}]}";
}

TEST(PermissionPolicyTest, AnExplicitConsentMayOverrideTheImplicitPermit) {
  Given given = WithConsentForPayment();
  EXPECT_EQ(Decide(given).outcome, Outcome::kPermit);
  given.policy = Read(Implicit("permit", "true")).value();
  EXPECT_EQ(Decide(given).outcome, Outcome::kDeny);
  given.resources.pop_back();
  EXPECT_EQ(Decide(given).outcome, Outcome::kPermit);
}

TEST(PermissionPolicyTest, ThePackSaysWhatHoldsWithoutAConsent) {
  Given given = WithConsentForPayment();
  given.policy = Read(Implicit("deny", "false")).value();
  EXPECT_EQ(Decide(given).outcome, Outcome::kDeny);
  given.policy = Read(R"({"implicit": []})").value();
  EXPECT_TRUE(HasReason(Decide(given), "C7"));
  EXPECT_EQ(Decide(given).outcome, Outcome::kDeny);
}

// The authorization of the promotion, with `parts` added.
Given PromotionWith(const std::string& parts) {
  Given given = testing::Promotion();
  given.channel = fhir::Channel::kPortal;
  std::string text = fhir::json::Write(given.resources.back().json());
  const std::string anchor = R"({"url":"information")";
  text.insert(text.find(anchor), parts + ",");
  given.resources.back() = Res(text);
  return given;
}

TEST(PermissionPolicyTest, AFormThatCounselClearedMayBeCompound) {
  Given given = PromotionWith(R"({"url": "compound", "valueBoolean": true},
                                 {"url": "form", "valueString": "enrolment-7"})");
  EXPECT_TRUE(HasReason(Decide(given), "V14"));
  given.policy = Read(R"({"compoundExemptForms": ["enrolment-7"]})").value();
  EXPECT_EQ(Decide(given).outcome, Outcome::kPermit);
}

TEST(PermissionPolicyTest, ARelaxedRuleOfAnAuthorizationOnlyWarns) {
  Given given = PromotionWith(R"({"url": "copy-given", "valueBoolean": false})");
  EXPECT_EQ(Decide(given).outcome, Outcome::kReview);
  given.policy = ReadPolicy(LaidOver(BuiltInPolicyJson(), Json(R"({"relaxed": ["V13"]})"))).value();
  const Decision decision = Decide(given);
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_TRUE(HasReason(decision, "V13"));
  EXPECT_TRUE(HasReason(decision, "A.5"));
}

}  // namespace
}  // namespace consent
