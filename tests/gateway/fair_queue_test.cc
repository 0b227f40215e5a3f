#include "gateway/fair_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace gateway {

using std::chrono::milliseconds;

namespace {

// Takes the next one, says it took so long, and answers it.
std::string RunNext(FairQueue<std::string>& queue, milliseconds took) {
  auto taken = queue.Take();
  queue.Done(taken.lane, took);
  return taken.item;
}

}  // namespace

TEST(FairQueueTest, ALaneIsServedInItsOrder) {
  FairQueue<std::string> queue;
  for (const char* item : {"a1", "a2", "a3"}) queue.Push("a", item);
  EXPECT_EQ(RunNext(queue, milliseconds(1)), "a1");
  EXPECT_EQ(RunNext(queue, milliseconds(1)), "a2");
  EXPECT_EQ(RunNext(queue, milliseconds(1)), "a3");
  EXPECT_FALSE(queue.ready());
  EXPECT_EQ(queue.size(), 0u);
}

TEST(FairQueueTest, AFewSmallOnesGoBetweenManyLongOnes) {
  FairQueue<std::string> queue;
  for (int i = 0; i < 100; ++i) queue.Push("huge", "long");
  EXPECT_EQ(RunNext(queue, milliseconds(100)), "long");
  for (int i = 0; i < 50; ++i) queue.Push("small", "short");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(RunNext(queue, milliseconds(1)), "short") << i;
  EXPECT_EQ(RunNext(queue, milliseconds(100)), "long");
}

TEST(FairQueueTest, TimeIsSharedOutEvenlyNotTurns) {
  FairQueue<std::string> queue;
  for (int i = 0; i < 1000; ++i) {
    queue.Push("huge", "long");
    queue.Push("small", "short");
  }
  int long_ones = 0;
  int short_ones = 0;
  while (long_ones < 10) {
    auto [lane, item] = queue.Take();
    ++(item == "long" ? long_ones : short_ones);
    queue.Done(lane, item == "long" ? milliseconds(50) : milliseconds(1));
  }
  EXPECT_GE(short_ones, 9 * 50);
  EXPECT_LE(short_ones, 10 * 50);
}

TEST(FairQueueTest, WhoWasSilentHasNoClaimOnThatTime) {
  FairQueue<std::string> queue;
  queue.Push("late", "one");
  RunNext(queue, milliseconds(1));
  for (int i = 0; i < 200; ++i) queue.Push("busy", "b");
  for (int i = 0; i < 100; ++i) RunNext(queue, milliseconds(10));
  for (int i = 0; i < 100; ++i) queue.Push("late", "l");
  int late = 0;
  for (int i = 0; i < 20; ++i) late += RunNext(queue, milliseconds(10)) == "l" ? 1 : 0;
  EXPECT_GE(late, 9);
  EXPECT_LE(late, 11);
}

TEST(FairQueueTest, ALaneHoldsNoMoreThanItsShare) {
  FairQueue<std::string> queue(2);
  for (int i = 0; i < 5; ++i) queue.Push("huge", "h");
  const auto first = queue.Take();
  queue.Take();
  EXPECT_FALSE(queue.ready());
  EXPECT_EQ(queue.size(), 3u);
  queue.Push("small", "s");
  EXPECT_EQ(queue.Take().item, "s");
  EXPECT_FALSE(queue.ready());
  queue.Done(first.lane, milliseconds(1));
  ASSERT_TRUE(queue.ready());
  EXPECT_EQ(queue.Take().item, "h");
}

}  // namespace gateway
