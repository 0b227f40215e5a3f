// G6: a clock that was ahead once, or has stepped back.
#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

using ClockTest = TenantFixture;

TEST_F(ClockTest, NothingIsPermittedWhileTheLastCommitLiesAheadOfTheClock) {
  clock_.Set("2027-11-18T18:00:00Z");
  Put(R"({"resourceType":"Organization","id":"o1","name":"Somebody"})");
  clock_.Set("2026-11-18T18:00:00Z");
  Put(Refill("cr1"));
  EXPECT_EQ(OutreachOf("cr1").state, store::OutreachState::kHeld);
  EXPECT_EQ(FactsOf("cr1").given.unavailable, std::vector<std::string>{"clock"});

  ASSERT_TRUE(store_
                  ->Update([](store::Transaction& tx) -> fhir::Status {
                    EXPECT_GT(tx.ClockLag(), std::chrono::hours(24 * 364));
                    tx.FollowClock();
                    return {};
                  })
                  .ok());
  EXPECT_TRUE(FactsOf("cr1").given.unavailable.empty());
  Put(Refill("cr2"));
  EXPECT_EQ(OutreachOf("cr2").state, store::OutreachState::kQueued);
}

TEST_F(ClockTest, AFewSecondsAreNoReason) {
  clock_.Set("2026-11-18T18:00:10Z");
  Put(R"({"resourceType":"Organization","id":"o1","name":"Somebody"})");
  clock_.Set("2026-11-18T18:00:00Z");
  EXPECT_TRUE((Put(Refill("cr1")), FactsOf("cr1").given.unavailable.empty()));
}

}  // namespace
}  // namespace gateway::outreach
