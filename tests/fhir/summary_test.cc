#include "fhir/summary.h"

#include <gtest/gtest.h>

#include "fhir/json/json.h"

namespace fhir {
namespace {

std::string SummaryOf(std::string_view text) {
  auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  if (!resource.ok()) return "";
  KeepSummary(*resource);
  return json::Write(resource->json());
}

TEST(SummaryTest, TopElementsAreThoseOfTheDefinition) {
  EXPECT_EQ(
      SummaryOf(
          R"({"resourceType":"Patient","id":"1","language":"de","text":{"status":"empty","div":"x"},
          "contained":[{"resourceType":"Basic"}],"extension":[{"url":"u"}],"birthDate":"1970",
          "deceasedBoolean":false,"contact":[{"name":{"text":"x"}}],"photo":[{"url":"u"}],
          "link":[{"other":{"reference":"Patient/2"},"type":"seealso"}],"unknown":1})"),
      R"({"resourceType":"Patient","id":"1","birthDate":"1970","deceasedBoolean":false,)"
      R"("link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]})");
}

// An attachment's data and a provision's provisions are no part of the summary.
TEST(SummaryTest, ElementsWithinElementsAreJudgedByTheirOwnMark) {
  EXPECT_EQ(
      SummaryOf(
          R"({"resourceType":"Consent","status":"active","scope":{"id":"x","coding":[{"code":"c","id":"y"}]},
          "category":[{"text":"t"}],"policy":[{"uri":"u"}],
          "sourceAttachment":{"url":"https://x","data":"AAAA"},
          "provision":{"type":"permit","actor":[{"role":{"text":"r"},"reference":{"display":"d"}}],
          "data":[{"meaning":"instance","reference":{"reference":"Task/1"},"extension":[{"url":"u"}]}],
          "provision":[{"type":"deny"}]}})"),
      R"({"resourceType":"Consent","status":"active","scope":{"coding":[{"code":"c"}]},)"
      R"("category":[{"text":"t"}],"sourceAttachment":{"url":"https://x"},)"
      R"("provision":{"type":"permit",)"
      R"("data":[{"meaning":"instance","reference":{"reference":"Task/1"}}]}})");
}

TEST(SummaryTest, WhatIsDemandedOrModifiesTheMeaningStays) {
  EXPECT_EQ(SummaryOf(R"({"resourceType":"Consent","status":"active",
          "modifierExtension":[{"url":"u","valueString":"x"}],
          "verification":[{"verified":true,"verificationDate":"2020"}],
          "provision":{"modifierExtension":[{"url":"v","valueCode":"y"}]}})"),
            R"({"resourceType":"Consent","status":"active",)"
            R"("modifierExtension":[{"url":"u","valueString":"x"}],)"
            R"("verification":[{"verified":true}],)"
            R"("provision":{"modifierExtension":[{"url":"v","valueCode":"y"}]}})");
}

TEST(SummaryTest, ThePrimitivesExtensionsStayWithIt) {
  EXPECT_EQ(SummaryOf(R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"u"}]},
                          "_language":{"id":"x"}})"),
            R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"u"}]}})");
}

TEST(SummaryTest, NothingIsLeftEmpty) {
  EXPECT_EQ(SummaryOf(R"({"resourceType":"Patient","name":[{"id":"x"},{"family":"y"}],
                          "address":[{"extension":[{"url":"u"}]}],"gender":"other"})"),
            R"({"resourceType":"Patient","name":[{"family":"y"}],"gender":"other"})");
}

TEST(SummaryTest, AResourceInsideStaysWhole) {
  const char* bundle = R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)"
                       R"({"resourceType":"Patient","contact":[{"name":{"text":"x"}}]}}]})";
  EXPECT_EQ(SummaryOf(bundle), bundle);
}

}  // namespace
}  // namespace fhir
