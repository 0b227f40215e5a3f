#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "fhir/json/json.h"

namespace fhir::json {
namespace {

Value Read(std::string_view text) {
  auto value = Parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? std::move(value).value() : Value();
}

TEST(JsonWriterTest, WhatWasReadIsWrittenAsItCame) {
  for (const char* text :
       {"null", "true", "[]", "{}", "1.00", R"({"b":1.0,"a":[{},[],"x"],"c":{"d":null}})",
        R"("quote\" back\\ line\n tab\t")", "\"\xC3\xA9 \xF0\x9F\x98\x80\""}) {
    EXPECT_EQ(Write(Read(text)), text);
  }
}

TEST(JsonWriterTest, ControlCharactersAreEscaped) {
  EXPECT_EQ(Write(Value::String(std::string("\x01\x1f\b\f\r\0", 6))),
            R"("\u0001\u001f\b\f\r\u0000")");
  EXPECT_EQ(Write(Value::String("\x7f/")), "\"\x7f/\"");
}

TEST(JsonWriterTest, PrettyIndentsByTwo) {
  EXPECT_EQ(Pretty(Read(R"({"a":[1,{"b":2}],"c":[],"d":{}})")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n  \"c\": [],\n"
            "  \"d\": {}\n}");
}

TEST(JsonWriterTest, CanonicalSortsMembersAtEveryLevel) {
  const Value value = Read(R"({ "b" : {"z":1,"y":[{"n":1,"m":2}]}, "a":1.0, "ab":0 })");
  EXPECT_EQ(Canonical(value), R"({"a":1.0,"ab":0,"b":{"y":[{"m":2,"n":1}],"z":1}})");
}

TEST(JsonWriterTest, DocumentsThatDifferInMemberOrderHaveOneCanonicalText) {
  const Value a = Read(R"({"x":1,"y":{"p":1,"q":2}})");
  const Value b = Read(R"({"y":{"q":2,"p":1},"x":1})");
  EXPECT_EQ(Canonical(a), Canonical(b));
  EXPECT_FALSE(a == b);
}

TEST(JsonWriterTest, WhatIsWrittenStaysAsItIs) {
  Value entry = Value::Object();
  entry.Set("resource", Value::Written(R"({"decimal":1.00,"text":"\u0001"})"));
  entry.Set("mode", Value::String("match"));
  EXPECT_EQ(Write(entry), R"({"resource":{"decimal":1.00,"text":"\u0001"},"mode":"match"})");
  EXPECT_TRUE(entry["resource"].members().empty());
}

TEST(JsonWriterTest, DeepHandBuiltValuesAreWritten) {
  constexpr int kDepth = 3000;
  Value value;
  for (int i = 0; i < kDepth; ++i) {
    Value outer = Value::Array();
    outer.Add(std::move(value));
    value = std::move(outer);
  }
  const std::string text = Write(value);
  EXPECT_EQ(text, std::string(kDepth, '[') + "null" + std::string(kDepth, ']'));
  EXPECT_EQ(Canonical(value), text);
}

}  // namespace
}  // namespace fhir::json
