#include "gateway/outreach/settle.h"

#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

using fhir::ErrorCode;
using store::AttemptState;
using store::OutreachState;

TEST(EndingTest, SaysHowSureTheFailureIs) {
  const auto ending = [](ErrorCode code) { return EndingOf(fhir::Fail(code, "it did not work")); };
  EXPECT_EQ(EndingOf(adapters::Receipt{"SM1", "queued"}).state, AttemptState::kAccepted);
  EXPECT_EQ(ending(ErrorCode::kUnavailable).state, AttemptState::kNotSent);
  EXPECT_TRUE(ending(ErrorCode::kUnavailable).may_retry);
  EXPECT_TRUE(ending(ErrorCode::kThrottled).may_retry);
  EXPECT_EQ(ending(ErrorCode::kInvalid).state, AttemptState::kRefused);
  EXPECT_FALSE(ending(ErrorCode::kForbidden).may_retry);
  EXPECT_EQ(ending(ErrorCode::kUncertain).state, AttemptState::kUnknown);
  EXPECT_EQ(ending(ErrorCode::kTimeout).state, AttemptState::kUnknown);
}

class SettleTest : public TenantFixture {
 protected:
  void SetUp() override {
    Put(Refill("cr1"));
    const std::optional<Claim> claim = ClaimNow("cr1");
    ASSERT_TRUE(claim.has_value());
    attempt_ = claim->attempt;
  }
  void End(const Ending& ending) {
    ASSERT_TRUE(store_
                    ->Update([&](store::Transaction& tx) {
                      return Settle(tx, *workshop_, attempt_, ending);
                    })
                    .ok());
  }
  std::string RequestStatus() { return Stored("CommunicationRequest", "cr1")["status"].text(); }

  store::Attempt attempt_;
};

TEST_F(SettleTest, AcceptedCompletesTheRequestAndWritesTheCommunication) {
  End({AttemptState::kAccepted, "SM123", "queued", false});
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kSent);
  EXPECT_EQ(RequestStatus(), "completed");
  const std::vector<fhir::Resource> communications = All("Communication");
  ASSERT_EQ(communications.size(), 1u);
  EXPECT_EQ(communications[0]["status"].text(), "completed");
  EXPECT_EQ(communications[0]["identifier"].at(0)["value"].text(), "SM123");
}

TEST_F(SettleTest, CertainlyNotSentGoesBackToTheQueueForLater) {
  End({AttemptState::kNotSent, "", "down", true});
  const store::Outreach row = OutreachOf("cr1");
  EXPECT_EQ(row.state, OutreachState::kQueued);
  EXPECT_GT(row.due_at, clock_.Now());
  EXPECT_TRUE(All("Communication").empty());
}

TEST_F(SettleTest, AProviderThatIsDownIsTriedForADayAndThenAPersonIsAsked) {
  const Ending down{AttemptState::kNotSent, "", "down", true};
  End(down);
  clock_.Set("2026-11-19T17:00:00Z");  // 23 hours later
  std::optional<Claim> claim = ClaimNow("cr1");
  ASSERT_TRUE(claim.has_value());
  attempt_ = claim->attempt;
  End(down);
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kQueued);
  EXPECT_TRUE(All("Task").empty());
  clock_.Set("2026-11-19T18:00:00Z");
  claim = ClaimNow("cr1");
  ASSERT_TRUE(claim.has_value());
  attempt_ = claim->attempt;
  End(down);
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kFailed);
  EXPECT_EQ(All("Task").size(), 1u);
}

TEST_F(SettleTest, WhatTheProviderAsksToWaitIsTheEarliestNextTry) {
  adapters::Delivery asked = fhir::Fail(ErrorCode::kThrottled, "slow down");
  asked.retry_after = std::chrono::minutes(90);
  End(EndingOf(asked));
  EXPECT_EQ(OutreachOf("cr1").due_at, clock_.Now() + std::chrono::minutes(90));
}

TEST_F(SettleTest, ALostAnswerIsUnknownAndAPersonIsAsked) {
  End({AttemptState::kUnknown, "", "lost", false});
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kUnknown);
  const std::vector<fhir::Resource> tasks = All("Task");
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0]["code"]["coding"].at(0)["code"].text(), "delivery-unknown");
  EXPECT_EQ(All("Communication")[0]["status"].text(), "unknown");
}

TEST_F(SettleTest, RefusedForGoodIsNotDoneAndAPersonIsAsked) {
  End({AttemptState::kRefused, "", "bad address", false});
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kFailed);
  EXPECT_EQ(All("Communication")[0]["statusReason"]["coding"].at(0)["code"].text(), "system-error");
  EXPECT_EQ(All("Task").size(), 1u);
}

TEST_F(SettleTest, AnAbortedAttemptIsDecidedAgain) {
  End({AttemptState::kAborted, "", "aborted", false});
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kQueued);
  EXPECT_EQ(OutreachOf("cr1").attempts, 0) << "it was no try";
  EXPECT_TRUE(ClaimNow("cr1").has_value());
}

TEST_F(SettleTest, SettlingTwiceHasOneEffect) {
  End({AttemptState::kAccepted, "SM123", "", false});
  End({AttemptState::kUnknown, "", "", false});
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kSent);
  EXPECT_EQ(All("Communication").size(), 1u);
}

}  // namespace
}  // namespace gateway::outreach
