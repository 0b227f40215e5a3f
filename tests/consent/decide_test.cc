#include "consent/decide.h"

#include <gtest/gtest.h>

#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::HasReason;
using testing::Promotion;
using testing::Reminder;
using testing::Res;
using testing::Written;

TEST(DecideTest, SameGivenSameBytes) {
  EXPECT_EQ(Written(Decide(Promotion())), Written(Decide(Promotion())));
}

TEST(DecideTest, StrongestReasonComesFirst) {
  Given given = Promotion();
  given.resources.pop_back();
  const Decision decision = Decide(given);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  ASSERT_NE(decision.deciding(), nullptr);
  EXPECT_EQ(decision.deciding()->rule, "A.4");
  for (size_t i = 1; i < decision.reasons.size(); ++i) {
    EXPECT_GE(decision.reasons[i - 1].effect, decision.reasons[i].effect);
  }
  EXPECT_TRUE(decision.obligations.empty());
}

TEST(DecideTest, BasisNamesVersions) {
  Given given = Promotion();
  given.resources.back().mutable_json().Set("meta", testing::Json(R"({"versionId": "3"})"));
  const Decision decision = Decide(given);
  const auto found = std::find_if(decision.basis.begin(), decision.basis.end(),
                                  [](const Basis& b) { return b.kind == "authorization"; });
  ASSERT_NE(found, decision.basis.end());
  EXPECT_EQ(found->reference, "Consent/a1/_history/3");
  EXPECT_EQ(found->result, "permit");
}

TEST(DecideTest, ReasonsHoldNoValueOfThePatient) {
  const std::string written = Written(Decide(Reminder()));
  EXPECT_EQ(written.find("206"), std::string::npos);
  EXPECT_EQ(written.find("example.org"), std::string::npos);
}

TEST(DecideTest, EmptyGivenIsADenial) {
  const Decision decision = Decide(Given{});
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_TRUE(HasReason(decision, "G6"));
}

TEST(DecideTest, ContactIsChosenByRank) {
  Given given = Reminder();
  given.resources[1].mutable_json().Set("telecom", testing::Json(R"([
    {"system": "phone", "use": "mobile", "value": "2065550101", "rank": 2},
    {"system": "phone", "use": "mobile", "value": "2065550102", "rank": 1},
    {"system": "sms", "use": "old", "value": "2065550103", "rank": 1},
    {"system": "sms", "value": "2065550104", "period": {"end": "2020"}}])"));
  const EvaluationContext context = Interpret(given);
  ASSERT_TRUE(context.contact.has_value());
  EXPECT_EQ(context.contact->key, "+12065550102");
}

// A consent that cannot be read may be the one that denies.
TEST(DecideTest, AConsentOfAnotherJsonKindIsADoubt) {
  for (const char* broken :
       {R"({"status": 5})", R"({"scope": "patient-privacy"})", R"({"provision": "deny"})",
        R"({"scope": {"coding": [{"code": true}]}})", R"({"category": {"coding": []}})",
        R"({"policyRule": ["hipaa-auth"]})", R"({"patient": {"reference": 7}})"}) {
    Given given = Promotion();
    ASSERT_TRUE(Decide(given).permits());
    fhir::Resource deny = Res(R"({"resourceType": "Consent", "id": "d1", "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
        "provision": {"type": "deny"}})");
    const fhir::json::Value members = testing::Json(broken);
    for (const auto& member : members.members()) {
      deny.mutable_json().Set(member.name, member.value);
    }
    given.resources.push_back(deny);
    const Decision decision = Decide(given);
    EXPECT_EQ(decision.outcome, Outcome::kDeny) << broken;
    EXPECT_TRUE(HasReason(decision, "C.1")) << broken;
  }
}

}  // namespace
}  // namespace consent
