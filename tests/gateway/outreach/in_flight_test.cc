#include "gateway/outreach/in_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gateway::outreach {
namespace {

using std::chrono::milliseconds;

TEST(InFlightTest, AnAttemptThatWasAbortedNeverBegins) {
  InFlight in_flight;
  EXPECT_TRUE(in_flight.AbortAndWait({{"acme", 1}}, milliseconds(0)));
  EXPECT_FALSE(in_flight.Begin({"acme", 1}));
  EXPECT_TRUE(in_flight.Begin({"other", 1}));
}

TEST(InFlightTest, AnAttemptThatHasBegunIsWaitedFor) {
  InFlight in_flight;
  ASSERT_TRUE(in_flight.Begin({"acme", 1}));
  std::atomic<bool> settled{false};
  std::thread sender([&] {
    std::this_thread::sleep_for(milliseconds(30));
    settled = true;
    in_flight.Settled({"acme", 1});
  });
  EXPECT_TRUE(in_flight.AbortAndWait({{"acme", 1}}, milliseconds(5000)));
  EXPECT_TRUE(settled);
  sender.join();
}

TEST(InFlightTest, TheWaitEndsAtTheDeadline) {
  InFlight in_flight;
  ASSERT_TRUE(in_flight.Begin({"acme", 1}));
  EXPECT_FALSE(in_flight.AbortAndWait({{"acme", 1}}, milliseconds(10)));
}

TEST(InFlightTest, BeginAndAbortRaceWithoutBothWinning) {
  for (int i = 0; i < 200; ++i) {
    InFlight in_flight;
    std::atomic<bool> begun{false};
    std::thread sender([&] {
      begun = in_flight.Begin({"acme", 7});
      if (begun) in_flight.Settled({"acme", 7});
    });
    EXPECT_TRUE(in_flight.AbortAndWait({{"acme", 7}}, milliseconds(5000)));
    const bool begun_at_acknowledgement = begun;
    sender.join();
    // After the wait nothing begins any more.
    if (!begun_at_acknowledgement && begun) ADD_FAILURE() << "began after the wait";
    begun = false;
  }
}

}  // namespace
}  // namespace gateway::outreach
