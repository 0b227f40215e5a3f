#include "fhir/date_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace fhir {
namespace {

Instant At(std::string_view text) {
  auto instant = ParseInstant(text);
  EXPECT_TRUE(instant.ok()) << text;
  return instant.ok() ? *instant : Instant{};
}

std::string SpanOf(std::string_view text, std::string_view zone = "UTC") {
  auto parsed = DateTime::Parse(text);
  if (!parsed.ok()) return "refused";
  const Span span = parsed->Covers(zone);
  return FormatInstant(span.begin) + " " + FormatInstant(span.end);
}

TEST(DateTimeTest, YearCoversTheWholeYear) {
  EXPECT_EQ(SpanOf("2026"), "2026-01-01T00:00:00.000Z 2027-01-01T00:00:00.000Z");
}

TEST(DateTimeTest, MonthCoversTheWholeMonth) {
  EXPECT_EQ(SpanOf("2024-02"), "2024-02-01T00:00:00.000Z 2024-03-01T00:00:00.000Z");
  EXPECT_EQ(SpanOf("2026-12"), "2026-12-01T00:00:00.000Z 2027-01-01T00:00:00.000Z");
}

TEST(DateTimeTest, DayCoversTheWholeDay) {
  EXPECT_EQ(SpanOf("2026-12-31"), "2026-12-31T00:00:00.000Z 2027-01-01T00:00:00.000Z");
  EXPECT_EQ(SpanOf("2024-02-29"), "2024-02-29T00:00:00.000Z 2024-03-01T00:00:00.000Z");
}

TEST(DateTimeTest, SecondAndFractionCoverWhatIsWritten) {
  EXPECT_EQ(SpanOf("2026-01-01T00:00:00Z"), "2026-01-01T00:00:00.000Z 2026-01-01T00:00:01.000Z");
  EXPECT_EQ(SpanOf("2026-01-01T00:00:00.5Z"), "2026-01-01T00:00:00.500Z 2026-01-01T00:00:00.501Z");
  EXPECT_EQ(SpanOf("2026-01-01T00:00:00.123987654321Z"),
            "2026-01-01T00:00:00.123Z 2026-01-01T00:00:00.124Z");
}

TEST(DateTimeTest, OffsetIsTakenOff) {
  EXPECT_EQ(At("2026-01-01T02:00:00+02:00"), At("2026-01-01T00:00:00Z"));
  EXPECT_EQ(At("2025-12-31T17:00:00-07:00"), At("2026-01-01T00:00:00Z"));
  EXPECT_EQ(At("2026-01-01T14:00:00+14:00"), At("2026-01-01T00:00:00Z"));
}

TEST(DateTimeTest, DatesBefore1970Count) {
  EXPECT_EQ(SpanOf("1931-05-04"), "1931-05-04T00:00:00.000Z 1931-05-05T00:00:00.000Z");
  EXPECT_EQ(FormatInstant(At("1969-12-31T23:59:59.999Z")), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(SpanOf("0001").substr(0, 10), "0001-01-01");
}

TEST(DateTimeTest, LeapSecondIsTheNextMinute) {
  EXPECT_EQ(At("2016-12-31T23:59:60Z"), At("2017-01-01T00:00:00Z"));
}

TEST(DateTimeTest, TheTextIsKept) {
  auto parsed = DateTime::Parse("2026-01-01T00:00:00.1200+00:00");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->text(), "2026-01-01T00:00:00.1200+00:00");
  EXPECT_EQ(parsed->precision(), Precision::kFraction);
  EXPECT_TRUE(parsed->has_offset());
  EXPECT_FALSE(DateTime::Parse("2026-01-01")->has_offset());
  EXPECT_EQ(DateTime::Parse("2026-01")->precision(), Precision::kMonth);
}

TEST(DateTimeTest, WhatHasNotTheGrammarIsRefused) {
  for (const char* text : {"",
                           "26",
                           "2026-",
                           "2026-1",
                           "2026-1-1",
                           "2026-01-",
                           "20260101",
                           "2026-01-01T",
                           " 2026",
                           "2026 ",
                           "2026-01-01T10",
                           "2026-01-01T10:00",
                           "2026-01-01T10:00Z",
                           "2026-01-01T10:00:00",
                           "2026-01-01 10:00:00Z",
                           "2026-01-01t10:00:00z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T10:60:00Z",
                           "2026-01-01T10:00:61Z",
                           "2026-01-01T10:00:00.Z",
                           "2026-01-01T10:00:00+0200",
                           "2026-01-01T10:00:00+14:01",
                           "2026-01-01T10:00:00-15:00",
                           "2026-01-01T10:00:00+02:60",
                           "2026-01-01T10:00:00ZZ",
                           "+2026",
                           "-2026",
                           "12026",
                           "2026-01-01T1:00:00Z",
                           "2026-01T10:00:00Z"}) {
    auto parsed = DateTime::Parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMalformed);
  }
}

TEST(DateTimeTest, WhatIsNotInTheCalendarIsRefused) {
  for (const char* text : {"0000", "2026-00", "2026-13", "2026-02-29", "1900-02-29", "2026-04-31",
                           "2026-01-00", "2026-01-32"}) {
    EXPECT_FALSE(DateTime::Parse(text).ok()) << text;
  }
  EXPECT_TRUE(DateTime::Parse("2000-02-29").ok());
}

TEST(DateTimeTest, DayWithoutOffsetIsTheDayOfTheZone) {
  EXPECT_EQ(SpanOf("2026-07-01", "America/Chicago"),
            "2026-07-01T05:00:00.000Z 2026-07-02T05:00:00.000Z");
  EXPECT_EQ(SpanOf("2026-07-01", "Nowhere/Land"), SpanOf("2026-07-01"));
  EXPECT_EQ(SpanOf("2026-07-01T00:00:00Z", "America/Chicago"), SpanOf("2026-07-01T00:00:00Z"));
}

TEST(DateTimeTest, DayOfAClockChangeIsShorterOrLonger) {
  EXPECT_EQ(SpanOf("2026-03-08", "America/New_York"),
            "2026-03-08T05:00:00.000Z 2026-03-09T04:00:00.000Z");
  EXPECT_EQ(SpanOf("2026-11-01", "America/New_York"),
            "2026-11-01T04:00:00.000Z 2026-11-02T05:00:00.000Z");
}

TEST(DateTimeTest, DayThatBeginsInAGapBeginsAtItsEnd) {
  // Sao Paulo went from 00:00 to 01:00 on 4 November 2018.
  EXPECT_EQ(SpanOf("2018-11-04", "America/Sao_Paulo"),
            "2018-11-04T03:00:00.000Z 2018-11-05T02:00:00.000Z");
}

TEST(DateTimeTest, SpanIsHalfOpen) {
  const Span day = DateTime::Parse("2026-12-31")->Covers();
  EXPECT_TRUE(day.Contains(At("2026-12-31T00:00:00Z")));
  EXPECT_TRUE(day.Contains(At("2026-12-31T23:59:59.999Z")));
  EXPECT_FALSE(day.Contains(At("2027-01-01T00:00:00Z")));
}

TEST(DateTimeTest, InstantNeedsSecondsAndOffset) {
  EXPECT_FALSE(ParseInstant("2026-01-01").ok());
  EXPECT_FALSE(ParseInstant("2026").ok());
  EXPECT_TRUE(ParseInstant("2026-01-01T00:00:00.000Z").ok());
}

TEST(DateTimeTest, InstantsAreWrittenWithMilliseconds) {
  EXPECT_EQ(FormatInstant(At("2026-11-22T02:26:24.1239Z")), "2026-11-22T02:26:24.123Z");
}

TEST(DateTimeTest, HttpDateIsOfRfc9110) {
  EXPECT_EQ(FormatHttpDate(At("2026-11-22T02:26:24.9Z")), "Sun, 22 Nov 2026 02:26:24 GMT");
  EXPECT_EQ(FormatHttpDate(At("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), At("1994-11-06T08:49:37Z"));
  for (const char* text : {"", "1994-11-06", "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 GMT ", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

TEST(DateTimeTest, WallClockFollowsTheZone) {
  auto summer = InZone(At("2026-07-01T02:30:00Z"), "America/Los_Angeles");
  ASSERT_TRUE(summer.ok());
  EXPECT_EQ(summer->year, 2026);
  EXPECT_EQ(summer->month, 6u);
  EXPECT_EQ(summer->day, 30u);
  EXPECT_EQ(summer->minute_of_day, 19 * 60 + 30);
  EXPECT_EQ(summer->weekday, 2);
  auto winter = InZone(At("2026-01-01T02:30:00Z"), "America/Los_Angeles");
  EXPECT_EQ(winter->minute_of_day, 18 * 60 + 30);
  EXPECT_FALSE(InZone(At("2026-01-01T02:30:00Z"), "").ok());
}

TEST(DateTimeTest, ZonesAreKnownByTheirIanaName) {
  EXPECT_TRUE(KnownZone("America/New_York"));
  EXPECT_TRUE(KnownZone("UTC"));
  EXPECT_FALSE(KnownZone("Mars/Olympus"));
  EXPECT_FALSE(KnownZone(""));
  EXPECT_FALSE(KnownZone("../../etc/passwd"));
}

TEST(DateTimeTest, ZoneDataNamesItsRelease) {
  EXPECT_THAT(TzdbVersion(), testing::MatchesRegex("20[0-9][0-9][a-z]+|unknown"));
}

std::string Next(std::string_view from, int minute, std::string_view zone) {
  auto next = NextLocalMinute(At(from), minute, zone);
  return next.ok() ? FormatInstant(*next) : "refused";
}

TEST(DateTimeTest, NextLocalMinuteIsTodayOrTomorrow) {
  EXPECT_EQ(Next("2026-07-01T11:00:00Z", 8 * 60, "America/New_York"), "2026-07-01T12:00:00.000Z");
  EXPECT_EQ(Next("2026-07-01T13:00:00Z", 8 * 60, "America/New_York"), "2026-07-02T12:00:00.000Z");
}

TEST(DateTimeTest, NextLocalMinuteIsNowWhileTheClockShowsIt) {
  EXPECT_EQ(Next("2026-07-01T12:00:30Z", 8 * 60, "America/New_York"), "2026-07-01T12:00:30.000Z");
}

TEST(DateTimeTest, NextLocalMinuteFollowsTheClockChange) {
  EXPECT_EQ(Next("2026-03-07T14:00:00Z", 8 * 60, "America/New_York"), "2026-03-08T12:00:00.000Z");
}

TEST(DateTimeTest, MinuteInAGapIsThatOfTheNextDay) {
  // 02:30 does not exist on 8 March 2026 in New York.
  EXPECT_EQ(Next("2026-03-08T06:00:00Z", 150, "America/New_York"), "2026-03-09T06:30:00.000Z");
}

TEST(DateTimeTest, MinuteShownTwiceIsTheNearerOne) {
  // 01:30 comes twice on 1 November 2026 in New York, at 05:30Z and 06:30Z.
  EXPECT_EQ(Next("2026-11-01T05:00:00Z", 90, "America/New_York"), "2026-11-01T05:30:00.000Z");
  EXPECT_EQ(Next("2026-11-01T05:45:00Z", 90, "America/New_York"), "2026-11-01T06:30:00.000Z");
}

TEST(DateTimeTest, MinutesOutsideADayAreRefused) {
  EXPECT_EQ(Next("2026-11-01T05:45:00Z", 1440, "UTC"), "refused");
  EXPECT_EQ(Next("2026-11-01T05:45:00Z", -1, "UTC"), "refused");
  EXPECT_EQ(Next("2026-11-01T05:45:00Z", 0, "Nowhere"), "refused");
}

TEST(DateTimeTest, ManyThreadsMayAsk) {
  std::vector<std::thread> threads;
  std::vector<std::string> seen(8);
  for (size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([&seen, i] { seen[i] = SpanOf("2026-07-01", "Europe/Berlin"); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& span : seen) {
    EXPECT_EQ(span, "2026-06-30T22:00:00.000Z 2026-07-01T22:00:00.000Z");
  }
}

}  // namespace
}  // namespace fhir
