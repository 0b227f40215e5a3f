#include "consent/words.h"

#include <gtest/gtest.h>

#include "consent/purpose.h"
#include "consent/zones.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::At;
using testing::Json;

TEST(WordsTest, MicrosAreExactOrNothing) {
  EXPECT_EQ(Micros(Json("2.10")), 2'100'000);
  EXPECT_EQ(Micros(Json("0")), 0);
  EXPECT_EQ(Micros(Json("-1.5")), -1'500'000);
  EXPECT_EQ(Micros(Json("0.000001")), 1);
  EXPECT_EQ(Micros(Json("0.0000001")), std::nullopt);
  EXPECT_EQ(Micros(Json("1e3")), std::nullopt);
  EXPECT_EQ(Micros(Json("99999999999999999999999")), std::nullopt);
  EXPECT_EQ(Micros(Json("\"2\"")), std::nullopt);
  EXPECT_EQ(Micros(Json("1000000000")), 1'000'000'000'000'000);
  EXPECT_EQ(Micros(Json("1000000001")), std::nullopt);
  EXPECT_EQ(Micros(Json("-2000000000")), std::nullopt);
}

TEST(WordsTest, OneContactHasOneSpelling) {
  EXPECT_EQ(NormalContact("(206) 555-0100"), "+12065550100");
  EXPECT_EQ(NormalContact("+1 206 555 0100"), "+12065550100");
  EXPECT_EQ(NormalContact("tel:+1-206-555-0100"), "+12065550100");
  EXPECT_EQ(NormalContact("mailto:Pat@Example.org"), "pat@example.org");
  EXPECT_EQ(NormalContact(" 9 Work Plaza "), "9 work plaza");
  EXPECT_EQ(NormalContact(""), "");
  EXPECT_EQ(NormalContact("12065550100"), "+12065550100");
  EXPECT_EQ(NormalContact("+4420794600"), "+4420794600");
  EXPECT_EQ(NormalContact("+206555010"), "+206555010");
  EXPECT_EQ(NormalContact("555-01"), "555-01");
  EXPECT_EQ(NormalContact("2065550100 EXT 7"), "+12065550100");
  EXPECT_EQ(NormalContact("{2065550100}"), "+12065550100");
}

TEST(WordsTest, WhiteSpaceAroundWordsIsNoPartOfThem) {
  EXPECT_EQ(Trim("\t\r\n a b \n\r\t"), "a b");
  EXPECT_EQ(Trim(" \t\r\n"), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(WordsTest, ANameIsTheSameInCapitalsAndNoOther) {
  EXPECT_TRUE(SameName(" Harbor PHARMACY", "harbor pharmacy "));
  EXPECT_FALSE(SameName("Harbor Pharmacy", "Harbor Pharmacx"));
  EXPECT_FALSE(SameName("Harbor", "Harbor Pharmacy"));
  EXPECT_FALSE(SameName("", ""));
  EXPECT_FALSE(SameName("", "Harbor"));
}

TEST(WordsTest, APartyIsNamedByItsWholeNameAmongOthers) {
  EXPECT_TRUE(NamesParty({"HubOne LLC, Harbor Pharmacy and their agents"}, "harbor pharmacy"));
  EXPECT_TRUE(NamesParty({"nobody", "Harbor Pharmacy"}, "Harbor Pharmacy"));
  EXPECT_FALSE(NamesParty({"Old Harbor Pharmacy"}, "Harbor Pharmacy"));
  EXPECT_FALSE(NamesParty({"HubOne LLC"}, "Harbor Pharmacy"));
  EXPECT_FALSE(NamesParty({"HubOne LLC", ""}, " "));
}

TEST(WordsTest, AnExtensionIsOursByItsWholeUrl) {
  const auto of = [](std::string_view url) {
    return Json(R"({"extension": [{"url": ")" + std::string(url) + R"(", "valueCode": "none"}]})");
  };
  EXPECT_EQ(Fact(of("funding"), "funding").text(), "none");
  EXPECT_EQ(
      Fact(of("https://psgateway.example/fhir/StructureDefinition/funding"), "funding").text(),
      "none");
  EXPECT_TRUE(
      Fact(of("https://psgateway.example/fhir/StructureDefinitioX/funding"), "funding").is_null());
  EXPECT_TRUE(
      Fact(of("https://psgateway.example/fhir/StructureDefinition/fundinX"), "funding").is_null());
  EXPECT_TRUE(Fact(Json(R"({"extension": [{"url": "funding"}]})"), "funding").is_null());
}

TEST(WordsTest, LabelsAreCodesEachOnceAndTellNoOrigin) {
  std::vector<std::string> labels;
  AddLabels(Json(R"({"meta": {"security": [
      {"code": "HIV"}, {"code": "HIV"}, {"display": "no code"},
      {"system": "https://psgateway.example/fhir/CodeSystem/data-origin", "code": "PART2_RECORD"},
      {"code": "R"}]}})"),
            labels);
  EXPECT_EQ(labels, (std::vector<std::string>{"HIV", "R"}));
  EXPECT_TRUE(CodingsOf(Json(R"({"coding": [{"system": "urn:x"}]})")).empty());
}

TEST(WordsTest, APeriodIsSureOnlyWhereEveryZoneAgrees) {
  const auto json = Json(R"({"start": "2026-03-01", "end": "2026-12-31"})");
  const Validity validity = ReadPeriod(json, {"America/New_York", "Pacific/Honolulu"});
  // New York's new year's eve is over, Honolulu's is not.
  EXPECT_FALSE(validity.Surely(At("2027-01-01T06:00:00Z")));
  EXPECT_TRUE(validity.Possibly(At("2027-01-01T06:00:00Z")));
  EXPECT_FALSE(validity.Surely(At("2026-03-01T06:00:00Z")));
  EXPECT_TRUE(validity.Possibly(At("2026-03-01T06:00:00Z")));
  EXPECT_TRUE(validity.Surely(At("2026-07-01T00:00:00Z")));
}

TEST(WordsTest, AnUnreadableBoundIsNeverSure) {
  const Validity validity = ReadPeriod(Json(R"({"end": "soon"})"), {"UTC"});
  EXPECT_FALSE(validity.Surely(At("2026-07-01T00:00:00Z")));
  EXPECT_TRUE(validity.Possibly(At("2026-07-01T00:00:00Z")));
  for (const char* period : {R"({"start": "soon"})", R"({"start": "2026", "end": "soon"})",
                             R"("2026")", R"({"end": 2026})"}) {
    EXPECT_FALSE(ReadPeriod(Json(period), {"UTC"}).Surely(At("2026-07-01T00:00:00Z"))) << period;
  }
  EXPECT_TRUE(ReadPeriod(Json("null"), {"UTC"}).Surely(At("2026-07-01T00:00:00Z")));
}

TEST(WordsTest, ModifiersAreFoundAtEveryDepth) {
  EXPECT_TRUE(HasUnknownModifier(Json(R"({"modifierExtension": [{"url": "x"}]})")));
  EXPECT_TRUE(HasUnknownModifier(Json(R"({"implicitRules": "x"})")));
  EXPECT_TRUE(HasUnknownModifier(
      Json(R"({"provision": {"provision": [{"modifierExtension": [{"url": "x"}]}]}})")));
  EXPECT_FALSE(HasUnknownModifier(Json(R"({"extension": [{"url": "x"}]})")));
  EXPECT_FALSE(HasUnknownModifier(Json(R"({"modifierExtension": []})")));
}

TEST(PurposeTest, CoversByTheTree) {
  EXPECT_TRUE(Covers("TREAT", "COC"));
  EXPECT_TRUE(Covers("HPAYMT", "ELIGVER"));
  EXPECT_TRUE(Covers("HRESCH", "CLINTRCHPC"));
  EXPECT_FALSE(Covers("TREAT", "CAREMGT"));
  EXPECT_FALSE(Covers("COC", "TREAT"));
  EXPECT_FALSE(Covers("TREAT", "BTG"));
  EXPECT_FALSE(Covers("ETREAT", "BTG"));
  EXPECT_TRUE(Covers("BTG", "BTG"));
  EXPECT_TRUE(Covers("PurposeOfUse", "HMARKT"));
  EXPECT_FALSE(IsPurpose("MARKETING"));
  EXPECT_TRUE(IsTpo("PATSFTY"));
  EXPECT_FALSE(IsTpo("HMARKT"));
}

TEST(ZonesTest, EveryZoneIsKnownAndSplitStatesHaveTwo) {
  for (std::string_view state :
       {"TX", "FL", "TN", "KY", "IN", "MI", "ND", "SD", "NE", "KS", "ID", "OR", "AZ", "AK"}) {
    EXPECT_GE(ZonesOfState(state).size(), 2U) << state;
  }
  for (std::string_view state : {"WA", "Texas", "hi", "WY", "PR", "GU", "AS", "MP", "FM", "PW"}) {
    EXPECT_FALSE(ZonesOfState(state).empty()) << state;
    for (std::string_view zone : ZonesOfState(state)) EXPECT_TRUE(fhir::KnownZone(zone)) << zone;
  }
  for (std::string_view zone : AllUsZones()) EXPECT_TRUE(fhir::KnownZone(zone)) << zone;
  EXPECT_TRUE(ZonesOfState("Bavaria").empty());
}

}  // namespace
}  // namespace consent
