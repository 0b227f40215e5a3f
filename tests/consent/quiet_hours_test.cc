#include "consent/quiet_hours.h"

#include <gtest/gtest.h>

#include "consent/policy.h"
#include "consent/zones.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::At;

const WeekHours& EveryDay() {
  static const WeekHours hours = WeekHours{}.And(BuiltInPolicy()->channels.every_day);
  return hours;
}

// The hours of solicitations in a state.
WeekHours In(std::string_view state) {
  return EveryDay().And(BuiltInPolicy()->channels.HoursOf(state));
}

bool InsideEveryWindow(fhir::Instant t, const std::vector<std::string>& zones) {
  return consent::InsideEveryWindow(t, zones, EveryDay());
}

fhir::Instant NextInsideEveryWindow(fhir::Instant t, const std::vector<std::string>& zones) {
  return consent::NextInsideEveryWindow(t, zones, EveryDay());
}

std::string Next(std::string_view from, std::vector<std::string> zones,
                 const WeekHours& hours = EveryDay()) {
  return fhir::FormatInstant(consent::NextInsideEveryWindow(At(from), zones, hours));
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

TEST(QuietHoursTest, AStateThatIsNotNamedHasNoHoursOfItsOwn) {
  EXPECT_EQ(Next("2026-11-23T13:00:00Z", {"America/New_York"}, In("GA")),
            "2026-11-23T13:00:00.000Z");
}

TEST(QuietHoursTest, TexasOpensAtNineAndOnSundayAtNoon) {
  const std::vector<std::string> zones = {"America/Chicago"};
  EXPECT_EQ(Next("2026-11-23T14:30:00Z", zones, In("TX")), "2026-11-23T15:00:00.000Z");
  EXPECT_EQ(Next("2026-11-22T16:00:00Z", zones, In("TX")), "2026-11-22T18:00:00.000Z");
  EXPECT_EQ(Next("2026-11-23T02:59:59.999Z", zones, In("TX")), "2026-11-23T02:59:59.999Z");
}

TEST(QuietHoursTest, MississippiIsClosedOnSunday) {
  EXPECT_EQ(Next("2026-11-22T18:00:00Z", {"America/Chicago"}, In("MS")),
            "2026-11-23T14:00:00.000Z");
}

TEST(QuietHoursTest, HolidaysCloseAlabamaAndLouisiana) {
  const std::vector<std::string> zones = {"America/Chicago"};
  // Thanksgiving, then Christmas on a Friday, Mardi Gras, Good Friday, a Fourth of July on a
  // Sunday.
  EXPECT_EQ(Next("2026-11-26T18:00:00Z", zones, In("AL")), "2026-11-27T14:00:00.000Z");
  EXPECT_EQ(Next("2026-12-25T18:00:00Z", zones, In("LA")), "2026-12-26T14:00:00.000Z");
  EXPECT_EQ(Next("2027-02-09T18:00:00Z", zones, In("LA")), "2027-02-10T14:00:00.000Z");
  EXPECT_EQ(Next("2027-03-26T18:00:00Z", zones, In("LA")), "2027-03-27T13:00:00.000Z");
  EXPECT_EQ(Next("2027-03-26T18:00:00Z", zones, In("AL")), "2027-03-26T18:00:00.000Z");
  EXPECT_EQ(Next("2027-07-04T18:00:00Z", zones, In("AL")), "2027-07-06T13:00:00.000Z");
  EXPECT_EQ(Next("2026-11-26T18:00:00Z", zones, In("FL")), "2026-11-26T18:00:00.000Z");
}

TEST(QuietHoursTest, SourcesThatDisagreeAreBothKept) {
  const Hours monday = BuiltInPolicy()->channels.HoursOf("CA").days[1];
  EXPECT_EQ(monday.opens, 9 * 60);
  EXPECT_EQ(monday.closes, 20 * 60);
}

TEST(QuietHoursTest, RhodeIslandHasOtherHoursAtWeekends) {
  EXPECT_EQ(Next("2026-11-20T23:00:00Z", {"America/New_York"}, In("RI")),
            "2026-11-21T15:00:00.000Z");
}

TEST(QuietHoursTest, TheNavajoNationClosesAnHourBeforePhoenixInSummer) {
  EXPECT_TRUE(InsideEveryWindow(At("2026-07-15T03:30:00Z"), {"America/Phoenix"}));
  EXPECT_FALSE(InsideEveryWindow(At("2026-07-15T03:30:00Z"), {"America/Denver"}));
}

TEST(QuietHoursTest, HoursThatNeverMeetAreClosed) {
  const WeekHours none = WeekHours{}.And(Hours{8 * 60, 9 * 60}).And(Hours{10 * 60, 11 * 60});
  const fhir::Instant now = At("2026-11-23T00:00:00Z");
  EXPECT_GT(consent::NextInsideEveryWindow(now, std::vector<std::string>{"UTC"}, none),
            now + std::chrono::days{300});
}

TEST(QuietHoursTest, AZoneThatCannotBeReadIsNeverOpen) {
  EXPECT_FALSE(InsideEveryWindow(At("2026-11-23T20:00:00Z"), {"Nowhere/Atall"}));
}

}  // namespace
}  // namespace consent
