#include "consent/case_file.h"

#include <gtest/gtest.h>

#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::Json;

fhir::json::Value Example() {
  fhir::json::Value json = Json(R"({"note": "n", "source": "s", "want": {"outcome": "DENY"}})");
  json.Set("given", WriteGiven(testing::Reminder()));
  return json;
}

TEST(CaseFileTest, SaysEveryDifference) {
  fhir::json::Value json = Example();
  json.Set("want", Json(R"({"outcome": "DENY", "class": "marketing", "reasons": ["A.4"],
                            "obligations": [], "notBefore": "2026-11-23T20:00:00Z"})"));
  const auto test_case = ReadCase(json);
  ASSERT_TRUE(test_case.ok()) << test_case.error().path;
  const CaseResult result = RunCase(*test_case);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.differences.size(), 5U);
}

TEST(CaseFileTest, IncludesAndExcludes) {
  fhir::json::Value json = Example();
  json.Set("want", Json(R"({"reasons": {"include": ["M3"], "exclude": ["A.4"]}})"));
  EXPECT_TRUE(RunCase(*ReadCase(json)).ok);
  json.Set("want", Json(R"({"reasons": {"include": ["A.4"], "exclude": ["M3"]}})"));
  EXPECT_EQ(RunCase(*ReadCase(json)).differences.size(), 2U);
}

TEST(CaseFileTest, RefusesUnknownKeys) {
  const auto path = [](std::string_view name, std::string_view value) {
    fhir::json::Value json = Example();
    json.Set(name, Json(value));
    const auto test_case = ReadCase(json);
    return test_case.ok() ? "ok" : test_case.error().path;
  };
  EXPECT_EQ(path("nota", "1"), "case.nota");
  EXPECT_EQ(path("want", R"({"outcom": "DENY"})"), "want.outcom");
  EXPECT_EQ(path("want", R"({"outcome": "MAYBE"})"), "want.outcome");
  EXPECT_EQ(path("want", R"({"reasons": {"includes": []}})"), "want.reasons.includes");
  EXPECT_EQ(path("note", "\"\""), "case.note");
}

TEST(CaseFileTest, FixturesAreNamedAndChanged) {
  fhir::json::Value given = WriteGiven(testing::Reminder());
  fhir::json::Value file = Json(R"({"fixtures": {}, "cases": [
    {"note": "a", "source": "s", "given": "@world", "want": {}},
    {"note": "b", "source": "s", "given": {"@world": {"channel": "email"}}, "want": {}},
    {"note": "c", "source": "s", "given": {"@world": {"resources": ["@patient"]}}, "want": {}}]})");
  file.Mutable("fixtures").Set("world", given);
  file.Mutable("fixtures").Set("patient", testing::Reminder().resources[1].json());
  const auto cases = ReadCases(file);
  ASSERT_TRUE(cases.ok()) << cases.error().path;
  ASSERT_EQ(cases->size(), 3U);
  EXPECT_EQ((*cases)[1].given.channel, fhir::Channel::kEmail);
  EXPECT_EQ((*cases)[2].given.resources.size(), 1U);
}

TEST(CaseFileTest, FixtureThatIsNotThereOrNamesItself) {
  const auto path = [](std::string_view fixtures, std::string_view given) {
    fhir::json::Value file = Json(R"({"cases": [{"note": "a", "source": "s", "want": {}}]})");
    file.Set("fixtures", Json(fixtures));
    (*file.Mutable("cases").mutable_items())[0].Set("given", Json(given));
    const auto cases = ReadCases(file);
    return cases.ok() ? std::string("ok") : cases.error().path;
  };
  EXPECT_EQ(path("{}", R"("@x")"), "cases[0].given");
  EXPECT_EQ(path(R"({"x": {"now": "@x"}})", R"("@x")").substr(0, 14), "cases[0].given");
}

TEST(CaseFileTest, RefusesWithThePlaceInTheFile) {
  const auto refused = [](fhir::json::Value file) {
    const auto cases = ReadCases(file);
    return cases.ok() ? std::string("ok") : cases.error().path;
  };
  EXPECT_EQ(refused(Json(R"({"cases": [], "casse": []})")), "casse");
  fhir::json::Value second = Example();
  second.Set("note", Json("\"another\""));
  EXPECT_EQ(refused(fhir::json::Value::Array({Example(), second})), "ok");
  second.Set("wnat", Json("{}"));
  EXPECT_EQ(refused(fhir::json::Value::Array({Example(), second})), "cases[1].case.wnat");
}

TEST(CaseFileTest, AFileMayBeOneCase) {
  const auto cases = ReadCases(Example());
  ASSERT_TRUE(cases.ok()) << cases.error().path;
  ASSERT_EQ(cases->size(), 1U);
  EXPECT_EQ(cases->front().note, "n");
}

TEST(CaseFileTest, ABadFixtureIsRefusedWhereverItIsNamed) {
  const auto path = [](std::string_view given) {
    fhir::json::Value file = Json(R"({"fixtures": {"list": ["@none"], "good": {}},
      "cases": [{"note": "a", "source": "s", "want": {}}]})");
    (*file.Mutable("cases").mutable_items())[0].Set("given", Json(given));
    const auto cases = ReadCases(file);
    return cases.ok() ? std::string("ok") : cases.error().path;
  };
  EXPECT_EQ(path(R"({"now": "@none"})"), "cases[0].given.now");
  EXPECT_EQ(path(R"({"resources": ["@good", "@none"]})"), "cases[0].given.resources[1]");
  EXPECT_EQ(path(R"({"resources": "@list"})"), "cases[0].given.resources[0]");
  EXPECT_EQ(path(R"({"programme": {"@none": {}}})"), "cases[0].given.programme");
  EXPECT_EQ(path(R"({"programme": {"@good": {"id": "@none"}}})"), "cases[0].given.programme.id");
}

TEST(CaseFileTest, SaysWhatItGotWhereSomethingElseWasWanted) {
  fhir::json::Value json = Example();
  Given night = testing::Reminder();
  night.now = testing::At("2026-11-24T08:00:00Z");
  json.Set("given", WriteGiven(night));
  json.Set("want", Json(R"({"outcome": "DEFER", "notBefore": "2026-11-24T16:00:00Z",
                            "obligations": []})"));
  EXPECT_TRUE(RunCase(*ReadCase(json)).ok);
  json.Set("want", Json(R"({"notBefore": "2026-11-24T15:00:00Z", "rerouteTo": "portal"})"));
  const CaseResult result = RunCase(*ReadCase(json));
  ASSERT_EQ(result.differences.size(), 2U);
  EXPECT_EQ(result.differences[0], "rerouteTo: want portal, got nothing");
  EXPECT_NE(result.differences[1].find("got 2026-11-24T16:00:00"), std::string::npos);
}

TEST(CaseFileTest, NotesAreUnique) {
  fhir::json::Value list = fhir::json::Value::Array({Example(), Example()});
  const auto cases = ReadCases(list);
  ASSERT_FALSE(cases.ok());
  EXPECT_EQ(cases.error().path, "cases[1].note");
}

}  // namespace
}  // namespace consent
