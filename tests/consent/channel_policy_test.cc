#include "consent/channel_policy.h"

#include <gtest/gtest.h>

#include "consent/laid_over.h"
#include "consent/policy.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::Json;

std::string Refused(std::string_view channels) {
  const std::string over = std::string(R"({"channels": )") + std::string(channels) + "}";
  const auto policy = ReadPolicy(LaidOver(BuiltInPolicyJson(), Json(over)));
  return policy.ok() ? "" : policy.error().path;
}

TEST(ChannelPolicyTest, EachBadValueIsRefusedWithItsPath) {
  EXPECT_EQ(Refused(R"({"opensAt": "21:00", "closesAt": "08:00"})"), "policy.channels.closesAt");
  EXPECT_EQ(Refused(R"({"stateHours": [{"states": ["Texas"], "opensAt": "09:00",
                                        "closesAt": "21:00"}]})"),
            "policy.channels.stateHours[0].states");
  EXPECT_EQ(Refused(R"({"stateHours": [{"states": ["TX"], "days": ["monday"], "opensAt": "09:00",
                                        "closesAt": "21:00"}]})"),
            "policy.channels.stateHours[0].days");
  EXPECT_EQ(Refused(R"({"sameSubject": [{"states": ["FL"], "most": 3}]})"),
            "policy.channels.sameSubject[0].hours");
  EXPECT_EQ(Refused(R"({"revocation": {"revokeAllEffective": "soon"}})"),
            "policy.channels.revocation.revokeAllEffective");
  EXPECT_EQ(Refused(R"({"revocation": {"stopToExempted": "some"}})"),
            "policy.channels.revocation.stopToExempted");
  EXPECT_EQ(Refused(R"({"exempted": {"maxChars": null}})"), "policy.channels.exempted.maxChars");
  EXPECT_EQ(Refused(R"({"email": {"commercialWords": null}})"),
            "policy.channels.email.commercialWords");
  EXPECT_EQ(Refused(R"({"email": {"maxSpamPer100000": 100}})"), "");
}

TEST(ChannelPolicyTest, AHolidayHasOneForm) {
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x"}]})"), "policy.channels.holidays[0].name");
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x", "date": "07-04", "easter": 1}]})"),
            "policy.channels.holidays[0].name");
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x", "date": "02-31"}]})"),
            "policy.channels.holidays[0].date");
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x", "date": "4 July"}]})"),
            "policy.channels.holidays[0].date");
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x", "weekday": "mon", "week": 5, "month": 1}]})"),
            "policy.channels.holidays[0].weekday");
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x", "easter": "two"}]})"),
            "policy.channels.holidays[0].easter");
}

TEST(ChannelPolicyTest, ADayOfTheYearIsAMonthAndADay) {
  for (const char* date : {"", "7-4", "07/04", "x7-04", "0x-04", "0:-04", "07-x4", "07-0x",
                           "07-0:", "/7-04", "07-/4", "13-01", "00-10", "02-30", "07-045"}) {
    const std::string holiday = std::string(R"({"name": "x", "date": ")") + date + "\"}";
    EXPECT_NE(Refused(R"({"holidays": [)" + holiday + "]}"), "") << date;
  }
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x", "date": "02-29"}]})"), "");
  for (const char* rest :
       {R"("weekday": "noday", "week": 1, "month": 1)",
        R"("weekday": "mon", "week": 0, "month": 1)", R"("weekday": "mon", "week": -2, "month": 1)",
        R"("weekday": "mon", "week": 1, "month": 0)", R"("weekday": "mon", "week": 1, "month": 13)",
        R"("weekday": "mon", "week": 1)"}) {
    const std::string holiday = std::string(R"({"name": "x", )") + rest + "}";
    EXPECT_EQ(Refused(R"({"holidays": [)" + holiday + "]}"), "policy.channels.holidays[0].weekday")
        << rest;
  }
  EXPECT_EQ(Refused(R"({"holidays": [{"name": "x", "weekday": "mon", "week": -1, "month": 12}]})"),
            "");
}

TEST(ChannelPolicyTest, AHolidayMovesToTheNearestWeekdayOnly) {
  Holiday fourth;
  fourth.month = 7;
  fourth.day = 4;
  EXPECT_TRUE(fourth.IsOn(2026, 7, 4));  // a Saturday, and the Friday before it
  EXPECT_TRUE(fourth.IsOn(2026, 7, 3));
  EXPECT_FALSE(fourth.IsOn(2026, 7, 6));
  EXPECT_FALSE(fourth.IsOn(2026, 7, 10));  // another Friday
  EXPECT_FALSE(fourth.IsOn(2028, 7, 3));   // the fourth is a Tuesday
  EXPECT_FALSE(fourth.IsOn(2026, 8, 4));
}

TEST(ChannelPolicyTest, HolidaysFallWhereTheCalendarPutsThem) {
  const auto on = [](std::string_view name, int year, unsigned month, unsigned day) {
    for (const Holiday& holiday : BuiltInPolicy()->channels.holidays) {
      if (holiday.name == name) return holiday.IsOn(year, month, day);
    }
    ADD_FAILURE() << name;
    return false;
  };
  EXPECT_TRUE(on("Martin Luther King Jr. Day", 2027, 1, 18));
  EXPECT_FALSE(on("Martin Luther King Jr. Day", 2027, 1, 11));
  EXPECT_TRUE(on("Memorial Day", 2027, 5, 31));
  EXPECT_FALSE(on("Memorial Day", 2027, 5, 24));
  EXPECT_TRUE(on("Thanksgiving Day", 2026, 11, 26));
  EXPECT_TRUE(on("Good Friday", 2024, 3, 29));
  EXPECT_TRUE(on("Good Friday", 2038, 4, 23));  // the latest Easter there is
  EXPECT_TRUE(on("Mardi Gras", 2028, 2, 29));
  EXPECT_TRUE(on("Independence Day", 2026, 7, 3));  // the fourth is a Saturday
  EXPECT_TRUE(on("Independence Day", 2027, 7, 5));  // a Sunday
  EXPECT_FALSE(on("Independence Day", 2028, 7, 5));
}

}  // namespace
}  // namespace consent
