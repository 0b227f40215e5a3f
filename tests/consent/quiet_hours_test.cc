#include "consent/quiet_hours.h"

#include <gtest/gtest.h>

#include "consent/zones.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::At;

std::string Next(std::string_view from, std::vector<std::string> zones) {
  return fhir::FormatInstant(NextInsideEveryWindow(At(from), zones));
}

TEST(QuietHoursTest, OpensAtEightAndClosesAtNine) {
  const std::vector<std::string> zones = {"America/Los_Angeles"};
  EXPECT_FALSE(InsideEveryWindow(At("2026-11-23T15:59:59.999Z"), zones));
  EXPECT_TRUE(InsideEveryWindow(At("2026-11-23T16:00:00Z"), zones));
  EXPECT_TRUE(InsideEveryWindow(At("2026-11-24T04:59:59.999Z"), zones));
  EXPECT_FALSE(InsideEveryWindow(At("2026-11-24T05:00:00Z"), zones));
}

TEST(QuietHoursTest, NextIsNowWhenOpen) {
  EXPECT_EQ(Next("2026-11-23T20:00:00Z", {"America/New_York"}), "2026-11-23T20:00:00.000Z");
}

TEST(QuietHoursTest, NextIsTheLatestOpening) {
  EXPECT_EQ(Next("2026-11-23T09:00:00Z", {"America/New_York", "Pacific/Honolulu"}),
            "2026-11-23T18:00:00.000Z");
}

TEST(QuietHoursTest, DaylightSavingMovesTheOpening) {
  EXPECT_EQ(Next("2027-03-14T09:00:00Z", {"America/New_York"}), "2027-03-14T12:00:00.000Z");
  EXPECT_EQ(Next("2026-11-01T05:00:00Z", {"America/New_York"}), "2026-11-01T13:00:00.000Z");
}

TEST(QuietHoursTest, AllZonesMeetThreeHoursADay) {
  std::vector<std::string> zones;
  for (std::string_view zone : AllUsZones()) zones.emplace_back(zone);
  for (std::string_view day : {"2026-01-15", "2026-07-15"}) {
    const fhir::Instant noon = At(std::string(day) + "T12:00:00Z");
    EXPECT_EQ(NextInsideEveryWindow(noon, zones), At(std::string(day) + "T22:00:00Z"));
    EXPECT_TRUE(InsideEveryWindow(noon + std::chrono::minutes{12 * 60 + 59}, zones));
    EXPECT_FALSE(InsideEveryWindow(noon + std::chrono::hours{13}, zones));
  }
}

TEST(QuietHoursTest, WindowsThatNeverMeetEndInADistantDay) {
  const std::vector<std::string> zones = {"Pacific/Guam", "Atlantic/Cape_Verde",
                                          "Pacific/Pitcairn"};
  const fhir::Instant now = At("2026-11-23T00:00:00Z");
  const fhir::Instant next = NextInsideEveryWindow(now, zones);
  EXPECT_TRUE(InsideEveryWindow(next, zones) || next > now + std::chrono::days{300});
}

}  // namespace
}  // namespace consent
