#include "consent/places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/date_time.h"

namespace consent {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PlacesTest, AZipCodeHasItsZoneAndState) {
  const Places seattle = PlacesOfZip("98101");
  EXPECT_THAT(seattle.zones, ElementsAre("America/Los_Angeles"));
  EXPECT_THAT(seattle.states, ElementsAre("WA"));
  EXPECT_THAT(PlacesOfZip(" 10001-1234 ").zones, ElementsAre("America/New_York"));
}

TEST(PlacesTest, WhatIsNoZipCodeIsNowhere) {
  for (const char* zip : {"", "9810", "9810a", "981011", "98101x", "98/01", "98:01"}) {
    EXPECT_THAT(PlacesOfZip(zip).zones, IsEmpty()) << zip;
    EXPECT_THAT(PlacesOfZip(zip).states, IsEmpty()) << zip;
  }
  EXPECT_THAT(PlacesOfZip("98101 1234").states, ElementsAre("WA"));
}

TEST(PlacesTest, WhatIsNoAmericanNumberIsNowhere) {
  for (const char* number : {"", "+442079460", "+44207946000", "12065550100x", "+19995550100"}) {
    EXPECT_THAT(PlacesOfNumber(number).states, IsEmpty()) << number;
  }
  EXPECT_THAT(PlacesOfNumber("+12065550100").states, ElementsAre("WA"));
}

TEST(PlacesTest, AClockHasOneNameAndAnUnknownOneItsOwn) {
  EXPECT_EQ(SameClock("America/Los_Angeles"), SameClock("US/Pacific"));
  for (const char* zone : {"A/Nowhere", "Mars/Olympus", "zzz"}) EXPECT_EQ(SameClock(zone), zone);
}

TEST(PlacesTest, AZipCodeSettlesASplitState) {
  EXPECT_THAT(PlacesOfZip("46360").zones, ElementsAre("America/Chicago"));      // Michigan City, IN
  EXPECT_THAT(PlacesOfZip("46204").zones, ElementsAre("America/New_York"));     // Indianapolis
  EXPECT_THAT(PlacesOfZip("79901").zones, ElementsAre("America/Denver"));       // El Paso, TX
  EXPECT_THAT(PlacesOfZip("32501").zones, ElementsAre("America/Chicago"));      // Pensacola, FL
  EXPECT_THAT(PlacesOfZip("83501").zones, ElementsAre("America/Los_Angeles"));  // Lewiston, ID
  EXPECT_THAT(PlacesOfZip("99546").zones, ElementsAre("America/Adak"));
}

TEST(PlacesTest, TheNavajoNationSavesDaylightAndPhoenixDoesNot) {
  EXPECT_THAT(PlacesOfZip("86515").zones, ElementsAre("America/Denver"));  // Window Rock
  EXPECT_THAT(PlacesOfZip("85004").zones, ElementsAre("America/Phoenix"));
  EXPECT_THAT(PlacesOfZip("86039").zones,
              ElementsAre("America/Denver", "America/Phoenix"));  // Hopi
}

TEST(PlacesTest, TerritoriesHaveTheirOwnZonesAndStates) {
  EXPECT_THAT(PlacesOfZip("00901").zones, ElementsAre("America/Puerto_Rico"));
  EXPECT_THAT(PlacesOfZip("00802").states, ElementsAre("VI"));
  EXPECT_THAT(PlacesOfZip("96910").zones, ElementsAre("Pacific/Guam"));
  EXPECT_THAT(PlacesOfZip("96799").zones, ElementsAre("Pacific/Pago_Pago"));
  EXPECT_THAT(PlacesOfZip("96799").states, ElementsAre("AS"));
  EXPECT_THAT(PlacesOfZip("96950").states, ElementsAre("MP"));
}

TEST(PlacesTest, ACodeNotInUseIsWhereItsPrefixIs) {
  EXPECT_THAT(PlacesOfZip("98199").zones, ElementsAre("America/Los_Angeles"));
  EXPECT_THAT(PlacesOfZip("46399").zones, ElementsAre("America/Chicago"));
  EXPECT_THAT(PlacesOfZip("86599").zones, ElementsAre("America/Denver", "America/Phoenix"));
}

TEST(PlacesTest, WhatIsNoZipCodeHasNoPlace) {
  for (const char* text : {"", "9810", "981011", "SW1A 1AA", "9810A"}) {
    EXPECT_THAT(PlacesOfZip(text).zones, IsEmpty()) << text;
    EXPECT_THAT(PlacesOfZip(text).states, IsEmpty()) << text;
  }
  EXPECT_THAT(PlacesOfZip("00000").states, IsEmpty());
}

TEST(PlacesTest, ANumberIsWhereItsPrefixIs) {
  EXPECT_THAT(PlacesOfNumber("+12065550100").zones, ElementsAre("America/Los_Angeles"));
  EXPECT_THAT(PlacesOfNumber("+12065550100").states, ElementsAre("WA"));
  EXPECT_THAT(PlacesOfNumber("+18085550100").zones, ElementsAre("Pacific/Honolulu"));
  EXPECT_THAT(PlacesOfNumber("+12085550100").zones,
              ElementsAre("America/Denver", "America/Los_Angeles"));
  EXPECT_THAT(PlacesOfNumber("+17875550100").states, ElementsAre("PR"));
}

TEST(PlacesTest, TheLongestPrefixCounts) {
  EXPECT_THAT(PlacesOfNumber("+12083200100").zones,
              ElementsAre("America/Denver", "America/Los_Angeles"));
  EXPECT_THAT(PlacesOfNumber("+12083340100").zones, ElementsAre("America/Denver"));  // Boise
}

TEST(PlacesTest, ANumberWithoutAPlaceAddsNone) {
  for (const char* number : {"+18005550100", "+442079460000", "2065550100", "", "+1206555010"}) {
    EXPECT_THAT(PlacesOfNumber(number).zones, IsEmpty()) << number;
    EXPECT_THAT(PlacesOfNumber(number).states, IsEmpty()) << number;
  }
}

TEST(PlacesTest, ZonesWithOneClockAreOne) {
  EXPECT_EQ(SameClock("America/Detroit"), "America/New_York");
  EXPECT_EQ(SameClock("America/Indiana/Knox"), "America/Chicago");
  EXPECT_EQ(SameClock("US/Hawaii"), "Pacific/Honolulu");
  EXPECT_EQ(SameClock("America/Phoenix"), "America/Phoenix");
  EXPECT_EQ(SameClock("Europe/Paris"), "Europe/Paris");
}

TEST(PlacesTest, EveryZoneIsKnown) {
  for (int zip = 500; zip < 100000; zip += 37) {
    std::string text = std::to_string(100000 + zip).substr(1);
    for (std::string_view zone : PlacesOfZip(text).zones)
      EXPECT_TRUE(fhir::KnownZone(zone)) << zone;
  }
}

}  // namespace
}  // namespace consent
