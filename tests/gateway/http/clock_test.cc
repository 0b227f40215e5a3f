#include "gateway/clock.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <thread>
#include <vector>

namespace gateway {
namespace {

TEST(ClockTest, IdsAreVersion7AndCarryTheTime) {
  const fhir::Instant at{std::chrono::milliseconds(0x017f22e279b0)};  // RFC 9562 A.6
  const std::string id = NewId(at);
  EXPECT_TRUE(
      std::regex_match(id, std::regex("017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
      << id;
}

TEST(ClockTest, LaterIdsSortLater) {
  const fhir::Instant at = SystemClock().Now();
  EXPECT_LT(NewId(at), NewId(at + std::chrono::milliseconds(1)));
}

TEST(ClockTest, ManyThreadsMakeDifferentIds) {
  std::vector<std::vector<std::string>> ids(4);
  std::vector<std::thread> threads;
  for (auto& mine : ids) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 1'000; ++i) mine.push_back(NewId(fhir::Instant{}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : ids) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4'000u);
}

TEST(ClockTest, RandomBytesHaveTheirSizeAndDiffer) {
  EXPECT_EQ(RandomBytes(0), "");
  EXPECT_EQ(RandomBytes(32).size(), 32u);
  EXPECT_NE(RandomBytes(32), RandomBytes(32));
}

TEST(ClockTest, TheSystemClockIsNow) {
  const auto now = std::chrono::system_clock::now();
  EXPECT_LT(now - SystemClock().Now(), std::chrono::seconds(5));
}

}  // namespace
}  // namespace gateway
