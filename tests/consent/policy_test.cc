#include "consent/policy.h"

#include <gtest/gtest.h>

#include "consent/facts.h"
#include "consent/laid_over.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::HasReason;
using testing::Json;
using testing::Promotion;

auto Read(std::string_view over) { return ReadPolicy(LaidOver(BuiltInPolicyJson(), Json(over))); }

TEST(PolicyTest, TheBuiltInPackIsStrictAndNamed) {
  EXPECT_TRUE(BuiltInPolicy()->relaxed.empty());
  EXPECT_EQ(BuiltInPolicy()->version, "us-federal-2026-08");
  EXPECT_EQ(BuiltInPolicy()->hash.size(), 64U);
}

TEST(PolicyTest, AnUnknownKeyIsRefusedWithItsPath) {
  const auto policy = Read(R"({"channels": {"opensat": "08:00"}})");
  ASSERT_FALSE(policy.ok());
  EXPECT_EQ(policy.error().path, "policy.channels.opensat");
}

TEST(PolicyTest, AMissingValueIsRefusedWithItsPath) {
  const auto policy = Read(R"({"channels": {"opensAt": null}})");
  ASSERT_FALSE(policy.ok());
  EXPECT_EQ(policy.error().path, "policy.channels.opensAt");
}

TEST(PolicyTest, ATimeOfDayHasHoursAndMinutes) {
  EXPECT_FALSE(Read(R"({"channels": {"opensAt": "8:00"}})").ok());
  EXPECT_FALSE(Read(R"({"channels": {"opensAt": "08:60"}})").ok());
  EXPECT_FALSE(Read(R"({"channels": {"closesAt": "24:01"}})").ok());
  EXPECT_TRUE(Read(R"({"channels": {"closesAt": "24:00"}})").ok());
}

TEST(PolicyTest, LawCannotBeRelaxed) {
  EXPECT_EQ(Read(R"({"relaxed": ["V5"]})").error().path, "policy.relaxed");
  EXPECT_EQ(Read(R"({"relaxed": ["V55"]})").error().path, "policy.relaxed");
  EXPECT_TRUE(Read(R"({"relaxed": ["CM1"]})").ok());
}

TEST(PolicyTest, ARelaxedRuleStandsInNobodysWay) {
  Given given = Promotion();
  given.programme.postal_address.clear();
  given.channel = fhir::Channel::kEmail;
  const Decision strict = Decide(given);
  given.policy = Read(R"({"relaxed": ["B.2"]})").value();
  const Decision relaxed = Decide(given);
  EXPECT_EQ(strict.outcome, Outcome::kDeny);
  EXPECT_TRUE(HasReason(relaxed, "B.2"));
  EXPECT_NE(relaxed.outcome, Outcome::kDeny);
  EXPECT_NE(relaxed.policy_hash, strict.policy_hash);
}

TEST(PolicyTest, RulesReadDeclaredFactsOnly) {
  const fhir::Status status = CheckRulesReadDeclaredFacts();
  EXPECT_TRUE(status.ok()) << status.error().message;
}

}  // namespace
}  // namespace consent
