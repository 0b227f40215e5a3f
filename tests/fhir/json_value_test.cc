#include <gtest/gtest.h>

#include "fhir/json/json.h"

namespace fhir::json {
namespace {

TEST(JsonValueTest, AbsentPathsReadAsNull) {
  const Value value;
  EXPECT_TRUE(value["provision"]["period"].at(3)["end"].is_null());
  EXPECT_EQ(value["provision"]["period"]["end"].text(), "");
  EXPECT_EQ(value.Find("provision"), nullptr);
  EXPECT_EQ(value.size(), 0u);
}

TEST(JsonValueTest, AnotherKindAnswersWithEmpty) {
  const Value text = Value::String("x");
  EXPECT_FALSE(text.boolean());
  EXPECT_TRUE(text.items().empty());
  EXPECT_TRUE(text["a"].is_null());
  EXPECT_EQ(Value::Bool(true).text(), "");
  EXPECT_EQ(Value::Int(-7).text(), "-7");
}

TEST(JsonValueTest, SetReplacesInPlaceAndAppendsAtTheEnd) {
  Value value;
  value.Set("a", Value::Int(1));
  value.Set("b", Value::Int(2));
  value.Set("a", Value::Int(3)) = Value::Int(4);
  EXPECT_EQ(Write(value), R"({"a":4,"b":2})");
  value.Remove("a");
  EXPECT_EQ(Write(value), R"({"b":2})");
}

TEST(JsonValueTest, MutableAndAddBuildWhatIsMissing) {
  Value value;
  value.Mutable("meta").Mutable("tag").Add(Value::String("x"));
  EXPECT_EQ(Write(value), R"({"meta":{"tag":["x"]}})");
}

TEST(JsonValueTest, EqualityCountsOrderAndNumberText) {
  auto equal = [](std::string_view a, std::string_view b) { return *Parse(a) == *Parse(b); };
  EXPECT_TRUE(equal(R"({"a":[1,null]})", R"({ "a" : [1, null] })"));
  EXPECT_FALSE(equal("1.0", "1.00"));
  EXPECT_FALSE(equal("1", "\"1\""));
  EXPECT_FALSE(equal(R"({"a":1,"b":2})", R"({"b":2,"a":1})"));
  EXPECT_FALSE(equal("[1]", "[1,2]"));
  EXPECT_FALSE(equal("{}", "[]"));
}

TEST(JsonValueTest, CopiesAreDeep) {
  Value original;
  original.Mutable("a").Set("b", Value::Int(1));
  Value copy = original;
  copy.Mutable("a").Set("b", Value::Int(2));
  EXPECT_EQ(original["a"]["b"].text(), "1");
}

}  // namespace
}  // namespace fhir::json
