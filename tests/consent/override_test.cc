#include "consent/override.h"

#include <gtest/gtest.h>

#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::At;
using testing::HasReason;
using testing::Json;
using testing::Reminder;
using testing::Res;

Given Unapproved() {
  Given given = Reminder();
  given.resources[3].mutable_json().Set("status", Json(R"("draft")"));
  return given;
}

Override Approval() {
  return {.request = "CommunicationRequest/cr1",
          .rules = {"CM1"},
          .approved_by = {"a.lopez"},
          .approved_at = At("2026-11-23T19:00:00Z"),
          .expires = At("2026-11-24T19:00:00Z"),
          .text_hash = TextHash("Your refill is due."),
          .module = {}};
}

const Reason* Find(const Decision& decision, std::string_view rule) {
  for (const Reason& reason : decision.reasons) {
    if (reason.rule == rule) return &reason;
  }
  return nullptr;
}

TEST(OverrideTest, WhatIsLiftedStaysVisibleAsAPermit) {
  Given given = Unapproved();
  ASSERT_EQ(Decide(given).outcome, Outcome::kReview);
  given.overrides.push_back(Approval());
  const Decision decision = Decide(given);
  EXPECT_EQ(decision.outcome, Outcome::kPermitWithObligations);
  ASSERT_NE(Find(decision, "CM1"), nullptr);
  EXPECT_EQ(Find(decision, "CM1")->effect, Outcome::kPermit);
  EXPECT_EQ(Find(decision, "CM1")->for_patient, "");
  EXPECT_TRUE(HasReason(decision, "OV1"));
}

TEST(OverrideTest, NeverWeakensWhatIsNoReview) {
  for (std::string_view status : {"revoked", "completed", "draft"}) {
    Given given = Unapproved();
    given.resources[0].mutable_json().Set("status", fhir::json::Value::String(std::string(status)));
    given.overrides.push_back(Approval());
    given.overrides.back().rules = {"CM1", "D.1"};
    EXPECT_EQ(Decide(given).outcome, Outcome::kDeny) << status;
  }
}

TEST(OverrideTest, TheHashIsReadInAnyCase) {
  Given given = Unapproved();
  given.overrides.push_back(Approval());
  for (char& c : given.overrides.back().text_hash) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  EXPECT_TRUE(Decide(given).permits());
}

TEST(OverrideTest, ThePackSaysWhichRulesNeedTwoPersons) {
  Given given = Unapproved();
  auto policy = std::make_shared<Policy>(*BuiltInPolicy());
  policy->content.two_person_rules = {"CM1"};
  given.policy = policy;
  given.overrides.push_back(Approval());
  EXPECT_TRUE(HasReason(Decide(given), "OV4"));
  given.overrides.back().approved_by.emplace_back("b.meyer");
  EXPECT_TRUE(Decide(given).permits());
}

}  // namespace
}  // namespace consent
