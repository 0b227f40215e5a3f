#include "consent/content_policy.h"

#include <gtest/gtest.h>

#include "consent/laid_over.h"
#include "consent/policy.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::HasReason;
using testing::Json;

std::string PathOf(std::string_view over) {
  const auto policy = ReadPolicy(LaidOver(BuiltInPolicyJson(), Json(over)));
  return policy.ok() ? "" : policy.error().path;
}

TEST(ContentPolicyTest, DefectsAreNamedWithTheirPlace) {
  EXPECT_EQ(PathOf(R"({"content": {"promotional": {"en": ["?"]}}})"),
            "policy.content.promotional.en");
  EXPECT_EQ(PathOf(R"({"content": {"promotional": {"en": ["a b c d e f g h i j k l m"]}}})"),
            "policy.content.promotional.en");
  EXPECT_EQ(PathOf(R"({"content": {"promotional": []}})"), "policy.content.promotional");
  EXPECT_EQ(PathOf(R"({"content": {"identifiedOnlyFrom": "HIGH"}})"),
            "policy.content.identifiedOnlyFrom");
  EXPECT_EQ(PathOf(R"({"content": {"twoPersonRules": ["CM99"]}})"),
            "policy.content.twoPersonRules");
  EXPECT_EQ(PathOf(R"({"content": {"optInWordingRequired": null}})"),
            "policy.content.optInWordingRequired");
  EXPECT_EQ(PathOf(R"({"content": {"promotional": {"fr": ["offre"]}}})"), "");
}

TEST(ContentPolicyTest, ALabelIncludesWhatStandsUnderIt) {
  const ContentPolicy& policy = BuiltInPolicy()->content;
  EXPECT_TRUE(policy.IdentifiedOnly("OPIOIDUD"));
  EXPECT_TRUE(policy.IdentifiedOnly("V"));
  EXPECT_FALSE(policy.IdentifiedOnly("N"));
  EXPECT_FALSE(policy.IdentifiedOnly("DIA"));
  EXPECT_TRUE(policy.IsSensitivity("DIA"));
  EXPECT_FALSE(policy.IsSensitivity("N"));
}

TEST(ContentPolicyTest, BothParentsOfAnOpioidLabelCount) {
  ContentPolicy policy;
  policy.identified_only_labels = {"ETH"};
  EXPECT_TRUE(policy.IdentifiedOnly("OPIOIDUD"));
  policy.identified_only_labels = {"SPI"};
  EXPECT_TRUE(policy.IdentifiedOnly("OPIOIDUD"));
}

TEST(ContentPolicyTest, APackMayWantAWordingUnderEveryOptIn) {
  Given given = testing::Promotion();
  EXPECT_FALSE(HasReason(Decide(given), "CM2"));
  auto policy = std::make_shared<Policy>(*BuiltInPolicy());
  policy->content.opt_in_wording_required = true;
  given.policy = policy;
  const Decision decision = Decide(given);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_TRUE(HasReason(decision, "CM2"));
}

}  // namespace
}  // namespace consent
