#include "fhir/patch/json_patch.h"

#include <gtest/gtest.h>

#include "fhir/json/json.h"

namespace fhir {
namespace {

json::Value Read(std::string_view text) { return json::Parse(text).value(); }

std::string Patched(std::string_view target, std::string_view patch) {
  auto result = ApplyJsonPatch(Read(target), Read(patch));
  return result.ok() ? json::Write(*result) : "";
}

Error Refused(std::string_view target, std::string_view patch) {
  auto result = ApplyJsonPatch(Read(target), Read(patch));
  EXPECT_FALSE(result.ok()) << patch;
  return result.ok() ? Error() : result.error();
}

// RFC 6902, appendix A.
TEST(JsonPatchTest, DoesTheExamplesOfTheRfc) {
  const struct {
    const char *target, *patch, *want;
  } kExamples[] = {
      {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])",
       R"({"foo":"bar","baz":"qux"})"},
      {R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])",
       R"({"foo":["bar","qux","baz"]})"},
      {R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})"},
      {R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])",
       R"({"foo":["bar","baz"]})"},
      {R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])",
       R"({"baz":"boo","foo":"bar"})"},
      {R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
       R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
       R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
      {R"({"foo":["all","grass","cows","eat"]})",
       R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
       R"({"foo":["all","cows","eat","grass"]})"},
      {R"({"baz":"qux","foo":["a",2,"c"]})",
       R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
       R"({"baz":"qux","foo":["a",2,"c"]})"},
      {R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])",
       R"({"foo":["bar",["abc","def"]]})"},
      {R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})"},
      {R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/c"}])",
       R"({"a":{"b":1},"c":{"b":1}})"},
      {R"({"a":{"b":1,"c":2}})", R"([{"op":"test","path":"/a","value":{"c":2,"b":1}}])",
       R"({"a":{"b":1,"c":2}})"},
  };
  for (const auto& example : kExamples) {
    EXPECT_EQ(Patched(example.target, example.patch), example.want) << example.patch;
  }
}

TEST(JsonPatchTest, PathsThatLeadNowhereAreInvalidAndNamed) {
  for (const char* step :
       {R"({"op":"remove","path":"/b"})", R"({"op":"replace","path":"/b","value":1})",
        R"({"op":"add","path":"/b/c","value":1})", R"({"op":"add","path":"/a/2","value":1})",
        R"({"op":"add","path":"/a/01","value":1})", R"({"op":"remove","path":"/a/-"})",
        R"({"op":"test","path":"/a/0","value":2})", R"({"op":"remove","path":""})",
        R"({"op":"move","from":"/o","path":"/o/p"})"}) {
    const Error error =
        Refused(R"({"a":[1],"o":{"p":1}})",
                std::string(R"([{"op":"test","path":"/a/0","value":1},)") + step + "]");
    EXPECT_EQ(error.code, ErrorCode::kInvalid) << step;
    EXPECT_EQ(error.path, "patch[1]") << step;
  }
}

TEST(JsonPatchTest, WhatIsNoPatchIsMalformed) {
  for (const char* patch :
       {R"({"op":"add"})", R"([1])", R"([{"op":"add","path":"a","value":1}])",
        R"([{"op":"add","path":"/a"}])", R"([{"op":"spell","path":"/a","value":1}])",
        R"([{"op":"add","path":"/~2","value":1}])", R"([{"op":"move","path":"/a"}])",
        R"([{"path":"/a","value":1}])"}) {
    EXPECT_EQ(Refused(R"({"a":1})", patch).code, ErrorCode::kMalformed) << patch;
  }
}

TEST(JsonPatchTest, CopiesOfCopiesAreStopped) {
  std::string patch = "[";
  for (int i = 0; i < 40; ++i) {
    if (i > 0) patch += ",";
    patch += R"({"op":"copy","from":"","path":"/c)" + std::to_string(i) + "\"}";
  }
  EXPECT_EQ(Refused(R"({"a":1})", patch + "]").code, ErrorCode::kTooCostly);
}

TEST(JsonPatchTest, NestingCannotBeDoubledForEver) {
  std::string patch = "[";
  std::string path = "/a";
  for (int i = 0; i < 8; ++i) {
    if (i > 0) patch += ",";
    patch += R"({"op":"copy","from":"","path":")" + path + "\"}";
    path = path + path;
  }
  EXPECT_EQ(Refused(R"({"a":{}})", patch + "]").code, ErrorCode::kTooCostly);
}

TEST(JsonPatchTest, DecimalsKeepTheirDigits) {
  EXPECT_EQ(Patched(R"({"a":1.00})", R"([{"op":"add","path":"/b","value":2.50}])"),
            R"({"a":1.00,"b":2.50})");
}

}  // namespace
}  // namespace fhir
