#include "consent/members.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/consent/world.h"

namespace consent {
namespace {

using fhir::json::Value;

// What `read` makes of the member "n" of `json`; nullopt: refused, with its place.
template <class Read>
std::optional<int> Number(std::string_view json, Read read) {
  const Value object = testing::Json(json);
  Members members(object, "o");
  int number = -7;
  read(members, number);
  const fhir::Status status = members.Finish();
  if (status.ok()) return number;
  EXPECT_EQ(status.error().path, "o.n") << json;
  return std::nullopt;
}

std::optional<int> Count(std::string_view json) {
  return Number(json, [](Members& members, int& out) { members.Count("n", out); });
}

std::optional<int> Integer(std::string_view json) {
  return Number(json, [](Members& members, int& out) { members.Integer("n", out); });
}

std::optional<int> Minute(std::string_view text) {
  const std::string json = R"({"n": ")" + std::string(text) + "\"}";
  return Number(json, [](Members& members, int& out) { members.MinuteOfDay("n", out); });
}

TEST(MembersTest, ACountIsAWholeNumberThatIsNotTooLarge) {
  EXPECT_EQ(Count(R"({"n": 0})"), 0);
  EXPECT_EQ(Count(R"({"n": 1000000})"), 1'000'000);
  EXPECT_EQ(Count("{}"), -7);
  for (const char* json : {R"({"n": -1})", R"({"n": 1000001})", R"({"n": 1.0})", R"({"n": 1e3})",
                           R"({"n": 99999999999})", R"({"n": "5"})", R"({"n": true})"}) {
    EXPECT_EQ(Count(json), std::nullopt) << json;
  }
}

TEST(MembersTest, AnIntegerMayBeNegative) {
  EXPECT_EQ(Integer(R"({"n": -1000000})"), -1'000'000);
  EXPECT_EQ(Integer(R"({"n": 1000000})"), 1'000'000);
  for (const char* json : {R"({"n": -1000001})", R"({"n": 1000001})", R"({"n": 1.5})",
                           R"({"n": -99999999999})", R"({"n": "5"})"}) {
    EXPECT_EQ(Integer(json), std::nullopt) << json;
  }
}

TEST(MembersTest, ATimeOfDayHasTwoDigitsEach) {
  EXPECT_EQ(Minute("00:00"), 0);
  EXPECT_EQ(Minute("08:30"), 510);
  EXPECT_EQ(Minute("24:00"), 1440);
  for (const char* text : {"", "8:00", "08:000", "x8:00", "/8:00", "0x:00", "0/:00", "08.00",
                           "08:x0", "08:/0", "08:0x", "08:0/", "08:60", "24:01", "25:00"}) {
    EXPECT_EQ(Minute(text), std::nullopt) << text;
  }
}

TEST(MembersTest, TheFirstRefusalStays) {
  const Value object = testing::Json(R"({"a": 1, "b": 2})");
  Members members(object, "o");
  std::string text;
  members.Text("a", text);
  members.Text("b", text);
  members.Fail("b", "x");
  members.Refuse(fhir::Fail(fhir::ErrorCode::kInvalid, "y", "o.b"));
  members.Each("b", [](const Value&, const std::string&) -> fhir::Status { return {}; });
  EXPECT_EQ(members.Finish().error().path, "o.a");
}

TEST(MembersTest, AMapHoldsStrings) {
  const Value object = testing::Json(R"({"a": {"x": "1"}, "b": {"x": 1}})");
  std::map<std::string, std::string> map;
  Members good(object, "o");
  good.Map("a", map);
  good.Map("c", map);
  good.Take("b");
  EXPECT_TRUE(good.Finish().ok());
  EXPECT_EQ(map.at("x"), "1");
  Members bad(object, "o");
  bad.Map("b", map);
  EXPECT_EQ(bad.Finish().error().path, "o.b");
}

}  // namespace
}  // namespace consent
