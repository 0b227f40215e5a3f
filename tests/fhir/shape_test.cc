#include "fhir/shape.h"

#include <gtest/gtest.h>

#include "fhir/json/json.h"

namespace fhir {
namespace {

bool Has(std::string_view text) {
  auto json = json::Parse(text);
  EXPECT_TRUE(json.ok()) << text;
  return json.ok() && HasShape(*json);
}

TEST(ShapeTest, WhatR4WritesHasShape) {
  EXPECT_TRUE(Has(R"({"resourceType": "Consent", "status": "active",
      "scope": {"coding": [{"code": "patient-privacy"}]}, "extension": [{"url": "u", "valueBoolean": true}],
      "provision": {"type": "deny", "provision": [{"type": "permit", "purpose": [{"code": "TREAT"}]}]}})"));
  EXPECT_TRUE(Has(R"({"resourceType": "Patient", "active": true, "name": [{"given": ["A", null],
      "_given": [null, {"extension": []}]}], "multipleBirthInteger": 2})"));
}

TEST(ShapeTest, UnknownMembersArePassedOver) {
  EXPECT_TRUE(Has(R"({"resourceType": "Patient", "shoeSize": {"a": [1]}})"));
}

TEST(ShapeTest, AnotherKindOfJsonHasNone) {
  EXPECT_FALSE(Has(R"({"resourceType": "Consent", "status": 5})"));
  EXPECT_FALSE(Has(R"({"resourceType": "Consent", "status": ["active"]})"));
  EXPECT_FALSE(Has(R"({"resourceType": "Consent", "scope": "patient-privacy"})"));
  EXPECT_FALSE(
      Has(R"({"resourceType": "Consent", "scope": {"coding": {"code": "patient-privacy"}}})"));
  EXPECT_FALSE(Has(R"({"resourceType": "Consent", "scope": {"coding": [{"code": true}]}})"));
  EXPECT_FALSE(Has(
      R"({"resourceType": "Consent", "provision": {"provision": [{"provision": [{"type": 1}]}]}})"));
  EXPECT_FALSE(Has(R"({"resourceType": "Patient", "active": "true"})"));
  EXPECT_FALSE(Has(R"({"resourceType": "Patient", "multipleBirthInteger": "2"})"));
  EXPECT_FALSE(Has(R"({"resourceType": "Patient", "name": [null]})"));
}

TEST(ShapeTest, WhatIsNoResourceHasNone) {
  EXPECT_FALSE(Has(R"({"resourceType": "Wombat"})"));
  EXPECT_FALSE(Has(R"({})"));
  EXPECT_FALSE(Has(R"([])"));
}

}  // namespace
}  // namespace fhir
