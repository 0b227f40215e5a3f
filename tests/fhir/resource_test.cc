#include "fhir/resource.h"

#include <gtest/gtest.h>

#include <utility>

namespace fhir {
namespace {

json::Value Json(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? std::move(value).value() : json::Value();
}

TEST(ResourceTest, TypeIdAndVersionAreRead) {
  auto patient = Resource::Parse(R"({"resourceType":"Patient","id":"1","meta":{"versionId":"3"}})");
  ASSERT_TRUE(patient.ok());
  EXPECT_EQ(patient->type(), "Patient");
  EXPECT_EQ(patient->Relative(), "Patient/1");
  EXPECT_EQ(patient->Versioned(), "Patient/1/_history/3");
}

TEST(ResourceTest, WhatIsNoResourceIsRefused) {
  EXPECT_EQ(Resource::Parse("{").error().code, ErrorCode::kMalformed);
  for (const char* text :
       {"[]", "\"Patient\"", "{}", R"({"resourceType":"Alien"})", R"({"resourceType":1})",
        R"({"resourceType":"Resource"})", R"({"resourceType":"Patient","id":"a b"})",
        R"({"resourceType":"Patient","id":""})", R"({"resourceType":"Patient","id":7})"}) {
    auto resource = Resource::Parse(text);
    ASSERT_FALSE(resource.ok()) << text;
    EXPECT_EQ(resource.error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(ResourceTest, StampPutsIdAndMetaFirstAndKeepsTheRest) {
  auto patient = Resource::Parse(
      R"({"active":true,"meta":{"versionId":"9","tag":[{"code":"t"}]},"resourceType":"Patient"})");
  ASSERT_TRUE(patient.ok());
  patient->Stamp("p1", 2, *ParseInstant("2026-11-22T02:26:24.123Z"));
  EXPECT_EQ(patient->Bytes(),
            R"({"resourceType":"Patient","id":"p1","meta":{"versionId":"2","tag":[{"code":"t"}],)"
            R"("lastUpdated":"2026-11-22T02:26:24.123Z"},"active":true})");
  patient->Stamp("p2", 3, *ParseInstant("2026-11-22T02:26:25Z"));
  EXPECT_EQ(patient->Versioned(), "Patient/p2/_history/3");
  EXPECT_EQ(patient->json().size(), 4u);
}

TEST(ResourceTest, ExtensionIsFoundByItsUrl) {
  const json::Value element = Json(
      R"({"extension":[{"url":"u:a","valueString":"x"},
          {"url":"u:b","extension":[{"url":"c","valueCode":"y"}]}]})");
  EXPECT_EQ(ExtensionValue(element, "u:a").text(), "x");
  EXPECT_EQ(ExtensionValue(Extension(element, "u:b"), "c").text(), "y");
  EXPECT_TRUE(ExtensionValue(element, "u:b").is_null());
  EXPECT_TRUE(Extension(element, "u:z").is_null());
}

TEST(ResourceTest, CodingIsFoundInConceptsAndLists) {
  const json::Value concepts =
      Json(R"([{"text":"none"},{"coding":[{"system":"s","code":"a"},{"code":"b"}]}])");
  EXPECT_TRUE(HasCoding(concepts, "s", "a"));
  EXPECT_TRUE(HasCoding(concepts, "", "a"));
  EXPECT_TRUE(HasCoding(concepts.at(1), "", "b"));
  EXPECT_FALSE(HasCoding(concepts, "s", "b"));
  EXPECT_FALSE(HasCoding(concepts, "", "none"));
  EXPECT_FALSE(HasCoding(json::Value(), "", ""));
  EXPECT_TRUE(HasCoding(Json(R"([{"system":"s","code":"a"}])"), "s", "a"));
}

}  // namespace
}  // namespace fhir
