#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "fhir/json/json.h"

namespace fhir::json {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

std::string RefusalOf(std::string_view text) {
  auto value = Parse(text);
  if (value.ok()) return "accepted";
  EXPECT_EQ(value.error().code, ErrorCode::kMalformed) << value.error().message;
  return value.error().message;
}

std::string Nested(size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonReaderTest, EveryKindOfValueIsRead) {
  auto value = Parse(R"({"a":[1,"x",true,false,null],"b":{"c":-0.50e+10}})");
  ASSERT_TRUE(value.ok());
  const Value& a = (*value)["a"];
  ASSERT_EQ(a.size(), 5u);
  EXPECT_EQ(a.at(0).text(), "1");
  EXPECT_TRUE(a.at(0).is_number());
  EXPECT_TRUE(a.at(1).is_string());
  EXPECT_TRUE(a.at(2).boolean());
  EXPECT_TRUE(a.at(3).is_bool());
  EXPECT_FALSE(a.at(3).boolean());
  EXPECT_TRUE(a.at(4).is_null());
  EXPECT_EQ((*value)["b"]["c"].text(), "-0.50e+10");
}

TEST(JsonReaderTest, NumbersKeepTheirText) {
  for (const char* text : {"1.00", "0", "-0", "123456789012345678901234567890", "1E5", "0.1e-7"}) {
    auto value = Parse(text);
    ASSERT_TRUE(value.ok()) << text;
    EXPECT_EQ(value->text(), text);
  }
}

TEST(JsonReaderTest, EscapesAreDecoded) {
  auto value = Parse(R"("a\"\\\/\n\r\t\u00e9\uD83D\uDE00")");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->text(), "a\"\\/\n\r\t\xC3\xA9\xF0\x9F\x98\x80");
}

TEST(JsonReaderTest, DuplicateNamesAreRefused) {
  EXPECT_THAT(RefusalOf(R"({"a":1,"b":2,"a":3})"), HasSubstr("same name"));
  EXPECT_THAT(RefusalOf(R"({"a":1,"\u0061":2})"), HasSubstr("same name"));
  EXPECT_EQ(RefusalOf(R"([{"a":1},{"a":2}])"), "accepted");
}

TEST(JsonReaderTest, DuplicateNamesInALargeObjectAreRefused) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_EQ(RefusalOf(text + "\"last\":0}"), "accepted");
  EXPECT_THAT(RefusalOf(text + "\"k500\":0}"), HasSubstr("same name"));
}

TEST(JsonReaderTest, LoneSurrogatesAreRefused) {
  EXPECT_THAT(RefusalOf(R"("\uD800")"), HasSubstr("surrogate"));
  EXPECT_THAT(RefusalOf(R"("\uD800x")"), HasSubstr("surrogate"));
  EXPECT_THAT(RefusalOf(R"("\uDC00")"), HasSubstr("surrogate"));
  EXPECT_THAT(RefusalOf(R"("\uDE00\uD83D")"), HasSubstr("surrogate"));
  EXPECT_THAT(RefusalOf(R"({"\uDC00":1})"), HasSubstr("surrogate"));
  EXPECT_NE(RefusalOf("\"\xED\xA0\x80\""), "accepted");
  EXPECT_NE(RefusalOf("\"\xED\xBF\xBF\""), "accepted");
}

TEST(JsonReaderTest, InvalidUtf8IsRefused) {
  const std::string_view bad[] = {
      "\x80", "\xC0\xAF", "\xC3",    "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
      "\xFF", "\xC3(",    "\xE2\x82"};
  for (std::string_view bytes : bad) {
    EXPECT_NE(RefusalOf("\"" + std::string(bytes) + "\""), "accepted");
    EXPECT_NE(RefusalOf("{\"" + std::string(bytes) + "\":1}"), "accepted");
  }
  EXPECT_EQ(RefusalOf("\"\xF4\x8F\xBF\xBF \xED\x9F\xBF \xEE\x80\x80\""), "accepted");
}

TEST(JsonReaderTest, ControlCharactersAreRefused) {
  EXPECT_NE(RefusalOf("\"\x01\""), "accepted");
  EXPECT_NE(RefusalOf("\"a\nb\""), "accepted");
  EXPECT_THAT(RefusalOf(R"("\u0001")"), HasSubstr("control"));
  EXPECT_THAT(RefusalOf(R"("\b")"), HasSubstr("control"));
  EXPECT_THAT(RefusalOf(R"("\u0000")"), HasSubstr("control"));
  EXPECT_EQ(RefusalOf(R"("\t\r\n")"), "accepted");
}

TEST(JsonReaderTest, ByteOrderMarkAndNulAreRefused) {
  EXPECT_THAT(RefusalOf("\xEF\xBB\xBF{}"), HasSubstr("byte-order mark"));
  EXPECT_THAT(RefusalOf("{}\0"s), HasSubstr("NUL"));
  EXPECT_THAT(RefusalOf("{\"a\":\"\0\"}"s), HasSubstr("NUL"));
  EXPECT_THAT(RefusalOf("\0{}"s), HasSubstr("NUL byte at byte 0"));
}

TEST(JsonReaderTest, WhatIsNotJsonIsRefused) {
  for (const char* text :
       {"",        " ",       "{",     "}",       "[1,]",      "{\"a\":1,}", "{a:1}", "{'a':1}",
        "[1 2]",   "01",      "1.",    ".5",      "+1",        "1e",         "NaN",   "Infinity",
        "nul",     "tru",     "\"a",   "\"\\x\"", "\"\\u12\"", "{} {}",      "{}x",   "// c\n{}",
        "[1]/**/", "{\"a\"}", "{1:2}", "--1",     "0x10"}) {
    EXPECT_NE(RefusalOf(text), "accepted") << text;
  }
}

TEST(JsonReaderTest, ErrorNamesTheByte) {
  EXPECT_EQ(RefusalOf("[1,2,x]"), "the text is not JSON at byte 5");
}

TEST(JsonReaderTest, ErrorNeverHoldsAValue) {
  EXPECT_THAT(RefusalOf(R"({"name":"Chalmers","name":"Chalmers"})"),
              testing::Not(HasSubstr("Chalmers")));
}

TEST(JsonReaderTest, DepthIsLimited) {
  EXPECT_TRUE(Parse(Nested(64)).ok());
  auto deep = Parse(Nested(65));
  ASSERT_FALSE(deep.ok());
  EXPECT_EQ(deep.error().code, ErrorCode::kTooCostly);
  auto deeper = Parse(std::string(1'000'000, '['));
  ASSERT_FALSE(deeper.ok());
  EXPECT_EQ(deeper.error().code, ErrorCode::kTooCostly);
}

TEST(JsonReaderTest, NodesAreLimited) {
  auto row = [](int n) {
    std::string text = "[0";
    for (int i = 1; i < n; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_TRUE(Parse(row(99'999)).ok());
  auto many = Parse(row(100'000));
  ASSERT_FALSE(many.ok());
  EXPECT_EQ(many.error().code, ErrorCode::kTooCostly);
  EXPECT_FALSE(Parse("[1,2,3]", Limits{.max_nodes = 3}).ok());
  EXPECT_TRUE(Parse("[1,2,3]", Limits{.max_nodes = 4}).ok());
}

TEST(JsonReaderTest, CommentsAreReadInConfigurationOnly) {
  auto value = ParseWithComments("// head\n{ /* in // side */ \"a\": \"// text\" } // end");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ((*value)["a"].text(), "// text");
}

TEST(JsonReaderTest, ConfigurationErrorNamesLineAndColumn) {
  auto value = ParseWithComments("{\n  // comment\n  \"a\": x\n}");
  ASSERT_FALSE(value.ok());
  EXPECT_THAT(value.error().message, HasSubstr("line 3, column 8"));
  auto first = ParseWithComments("x");
  ASSERT_FALSE(first.ok());
  EXPECT_THAT(first.error().message, HasSubstr("line 1, column 1"));
}

TEST(JsonReaderTest, UnclosedCommentIsRefused) { EXPECT_FALSE(ParseWithComments("{} /* x").ok()); }

}  // namespace
}  // namespace fhir::json
