#include "fhir/value_set.h"

#include <gtest/gtest.h>

namespace fhir {
namespace {

TEST(ValueSetTest, CodesAreThoseOfTheDefinitions) {
  const ValueSet gender("administrative-gender");
  ASSERT_TRUE(gender.is_bound());
  EXPECT_TRUE(gender.Has("female"));
  EXPECT_FALSE(gender.Has("Female"));
  EXPECT_FALSE(gender.Has("fe"));
  EXPECT_FALSE(gender.Has("female|male"));
  EXPECT_FALSE(gender.Has(""));
  EXPECT_TRUE(gender.Has("http://hl7.org/fhir/administrative-gender", "female"));
  EXPECT_FALSE(gender.Has("http://other.example", "female"));
}

// all-types is made of three code systems, resource-types and data-types among them.
TEST(ValueSetTest, SetOfSeveralSystemsHoldsEach) {
  const ValueSet types("all-types");
  EXPECT_TRUE(types.Has("http://hl7.org/fhir/resource-types", "Patient"));
  EXPECT_TRUE(types.Has("http://hl7.org/fhir/data-types", "HumanName"));
  EXPECT_FALSE(types.Has("http://hl7.org/fhir/resource-types", "HumanName"));
  EXPECT_TRUE(types.Has("Any"));
}

TEST(ValueSetTest, NestedConceptsAreCodes) {
  EXPECT_TRUE(ValueSet("detectedissue-status").Has("final") ||
              ValueSet("observation-status").Has("final"));
  EXPECT_TRUE(ValueSet("allergyintolerance-clinical").Has("resolved"));  // below inactive
}

TEST(ValueSetTest, UnknownNameBindsNothing) {
  EXPECT_FALSE(ValueSet("no-such-set").is_bound());
  EXPECT_FALSE(ValueSet().is_bound());
}

TEST(ValueSetTest, SetsWithoutAListAreBoundByGrammar) {
  EXPECT_TRUE(ValueSet("mimetypes").Has("text/plain"));
  EXPECT_TRUE(ValueSet("currencies").Has("urn:iso:std:iso:4217", "USD"));
  EXPECT_FALSE(ValueSet("currencies").Has("http://other.example", "USD"));
  EXPECT_TRUE(ValueSet("all-languages").is_bound());
  EXPECT_TRUE(ValueSet("ucum-units").is_bound());
}

TEST(ValueSetTest, MimeTypes) {
  for (const char* good :
       {"text/plain", "text/plain; charset=utf-8", "application/fhir+json",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "image/*",
        "json"}) {
    EXPECT_TRUE(IsMimeType(good)) << good;
  }
  for (const char* bad :
       {"", "text", "/plain", "text/", "text/pl ain", "text/plain;", "text/a/b"}) {
    EXPECT_FALSE(IsMimeType(bad)) << bad;
  }
}

TEST(ValueSetTest, LanguageTags) {
  for (const char* good : {"en", "en-US", "zh-Hant-TW", "x-own", "i-klingon", "de-CH-1996"}) {
    EXPECT_TRUE(IsLanguageTag(good)) << good;
  }
  for (const char* bad : {"", "e", "en_US", "en-", "-en", "english language", "en-toolongsubtag"}) {
    EXPECT_FALSE(IsLanguageTag(bad)) << bad;
  }
}

TEST(ValueSetTest, Currencies) {
  EXPECT_TRUE(IsCurrency("USD"));
  EXPECT_FALSE(IsCurrency("usd"));
  EXPECT_FALSE(IsCurrency("US$"));
  EXPECT_FALSE(IsCurrency("USDX"));
  EXPECT_TRUE(IsCurrency("ZWG"));
  EXPECT_TRUE(IsCurrency("HRK")) << "of amounts before 2023";
  EXPECT_FALSE(IsCurrency("ABC"));
}

TEST(ValueSetTest, UcumUnits) {
  for (const char* good : {"mg", "mm[Hg]", "10*9/L", "{score}", "{a b}", "kg/(m.s2)", "%", "1"}) {
    EXPECT_TRUE(IsUcumUnit(good)) << good;
  }
  for (const char* bad : {"", "m g", "mm[Hg", "mm]Hg", "(mg", "mg)", "mg/", "{a{b}}", "µg"}) {
    EXPECT_FALSE(IsUcumUnit(bad)) << bad;
  }
}

}  // namespace
}  // namespace fhir
