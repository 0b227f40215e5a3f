#include "gateway/outreach/vendor_health.h"

#include <gtest/gtest.h>

namespace gateway::outreach {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using store::AttemptState;

class VendorHealthTest : public ::testing::Test {
 protected:
  void Fail(int times) {
    for (int i = 0; i < times; ++i) {
      health_.Note("sms-main", {AttemptState::kNotSent, "", "down", true}, now_);
    }
  }
  bool MayTry() { return health_.NextTry("sms-main", now_) == now_; }

  Metrics metrics_;
  VendorHealth health_{metrics_, seconds(10), hours(24)};
  fhir::Instant now_ = *fhir::ParseInstant("2026-11-18T18:00:00Z");
};

TEST_F(VendorHealthTest, OfAVendorThatIsDownOneMessageTriesAndTheOthersWait) {
  Fail(2);
  EXPECT_TRUE(MayTry());
  Fail(1);
  EXPECT_FALSE(MayTry());
  EXPECT_EQ(health_.NextTry("smtp-main", now_), now_);
  EXPECT_NE(metrics_.Text().find("psgateway_vendor_down{vendor=\"sms-main\"} 1"),
            std::string::npos);
  now_ += seconds(15);
  EXPECT_TRUE(MayTry());
  EXPECT_FALSE(MayTry()) << "the turn is taken";
  health_.Note("sms-main", {AttemptState::kAccepted, "SM1", "queued", false}, now_);
  EXPECT_TRUE(MayTry());
  EXPECT_NE(metrics_.Text().find("psgateway_vendor_down{vendor=\"sms-main\"} 0"),
            std::string::npos);
}

TEST_F(VendorHealthTest, NobodyWaitsForEverAndAClockThatWentBackHoldsNobody) {
  Fail(50);
  EXPECT_LE(health_.NextTry("sms-main", now_) - now_, seconds(300));
  now_ -= hours(3);
  EXPECT_TRUE(MayTry());
  now_ += hours(28);
  EXPECT_TRUE(MayTry());
  EXPECT_TRUE(MayTry());
}

TEST_F(VendorHealthTest, AnAttemptThatNeverLeftSaysNothingOfTheVendor) {
  Fail(3);
  health_.Note("sms-main", {AttemptState::kAborted, "", "too old", false}, now_);
  EXPECT_FALSE(MayTry());
}

}  // namespace
}  // namespace gateway::outreach
