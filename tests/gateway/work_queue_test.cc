#include "gateway/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace gateway {

TEST(WorkQueueTest, OneClientDoesNotHoldEveryThread) {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::promise<void> small_done;
  std::atomic<int> huge{0};
  WorkQueue queue(4, 100, 3);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(queue.Post("huge", [&huge, gate] {
      gate.wait();
      ++huge;
    }));
  }
  ASSERT_TRUE(queue.Post("small", [&] { small_done.set_value(); }));
  small_done.get_future().wait();  // would wait for ever behind the others
  EXPECT_EQ(huge, 0);
  open.set_value();
}

TEST(WorkQueueTest, OneClientDoesNotFillTheQueue) {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::promise<void> begun;
  WorkQueue queue(1, 10);
  ASSERT_TRUE(queue.Post([&begun, gate] {
    begun.set_value();
    gate.wait();
  }));
  begun.get_future().wait();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.Post("huge", [] {}));
  EXPECT_FALSE(queue.Post("huge", [] {}));
  EXPECT_TRUE(queue.Post("small", [] {}));
  open.set_value();
}

TEST(WorkQueueTest, ItsEndRunsWhatIsQueued) {
  std::atomic<int> done{0};
  {
    WorkQueue queue(2, 100, 1);
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(queue.Post("one", [&done] { ++done; }));
  }
  EXPECT_EQ(done, 40);
}

}  // namespace gateway
