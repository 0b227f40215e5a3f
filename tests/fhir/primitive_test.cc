#include "fhir/primitive.h"

#include <gtest/gtest.h>

#include <string>

namespace fhir {
namespace {

using enum Primitive;

bool Is(Primitive primitive, const std::string& text) {
  return DefectOf(primitive, json::Value::String(text)).empty();
}

bool IsNumber(Primitive primitive, const std::string& text) {
  return DefectOf(primitive, json::Value::Number(text)).empty();
}

TEST(PrimitiveTest, Dates) {
  for (const char* good : {"1980", "1980-02", "2024-02-29"}) EXPECT_TRUE(Is(kDate, good)) << good;
  for (const char* bad : {"80", "1980-2", "2023-02-29", "1980-13", "1980-01-01T00:00:00Z", " 1980",
                          "1980-01-01 ", "0000"}) {
    EXPECT_FALSE(Is(kDate, bad)) << bad;
  }
}

TEST(PrimitiveTest, DateTimesAndInstants) {
  EXPECT_TRUE(Is(kDateTime, "2026-01-01T00:00:00+02:00"));
  EXPECT_TRUE(Is(kDateTime, "2026-01"));
  EXPECT_FALSE(Is(kDateTime, "2026-01-01T00:00Z"));
  EXPECT_FALSE(Is(kDateTime, "2026-01-01T24:00:00Z"));
  EXPECT_FALSE(Is(kDateTime, "2026-01-01T00:00:00"));
  EXPECT_TRUE(Is(kInstant, "2026-01-01T00:00:00.123456Z"));
  EXPECT_FALSE(Is(kInstant, "2026-01-01"));
  EXPECT_TRUE(Is(kTime, "23:59:59.5"));
  EXPECT_FALSE(Is(kTime, "23:59"));
  EXPECT_FALSE(Is(kTime, "24:00:00"));
  EXPECT_FALSE(Is(kTime, "10:00:00Z"));
}

TEST(PrimitiveTest, Base64) {
  EXPECT_TRUE(Is(kBase64Binary, "QUJD"));
  EXPECT_TRUE(Is(kBase64Binary, "QU\nI="));
  EXPECT_TRUE(Is(kBase64Binary, "QQ=="));
  for (const char* bad : {"QUJ", "Q===", "QQ=A", "QUJ!", "=QQQ", " "}) {
    EXPECT_FALSE(Is(kBase64Binary, bad)) << bad;
  }
}

TEST(PrimitiveTest, Identifiers) {
  EXPECT_TRUE(Is(kId, "a-1.B"));
  EXPECT_FALSE(Is(kId, "a_1"));
  EXPECT_FALSE(Is(kId, std::string(65, 'a')));
  EXPECT_TRUE(Is(kOid, "urn:oid:1.2.840.0"));
  EXPECT_FALSE(Is(kOid, "urn:oid:3.1"));
  EXPECT_FALSE(Is(kOid, "urn:oid:1.02"));
  EXPECT_FALSE(Is(kOid, "1.2.3"));
  EXPECT_TRUE(Is(kUuid, "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"));
  EXPECT_FALSE(Is(kUuid, "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"));
  EXPECT_FALSE(Is(kUuid, "c757873d-ec9a-4326-a141-556f43239520"));
  EXPECT_TRUE(Is(kUri, "urn:x"));
  EXPECT_FALSE(Is(kCanonical, "http://x y"));
}

TEST(PrimitiveTest, CodesAndStrings) {
  EXPECT_TRUE(Is(kCode, "a b"));
  for (const char* bad : {" a", "a ", "a  b", "\ta", "a\tb"}) EXPECT_FALSE(Is(kCode, bad)) << bad;
  EXPECT_TRUE(Is(kString, " a\r\n\tb "));
  EXPECT_FALSE(Is(kString, " \n"));
  EXPECT_FALSE(Is(kString, "a\x01"));
  EXPECT_FALSE(Is(kMarkdown, std::string(1024 * 1024 + 1, 'a')));
  EXPECT_FALSE(IsNumber(kString, "1"));
}

TEST(PrimitiveTest, Numbers) {
  EXPECT_TRUE(IsNumber(kInteger, "-2147483648"));
  EXPECT_FALSE(IsNumber(kInteger, "2147483648"));
  EXPECT_FALSE(IsNumber(kInteger, "1.0"));
  EXPECT_FALSE(IsNumber(kInteger, "1e2"));
  EXPECT_TRUE(IsNumber(kUnsignedInt, "0"));
  EXPECT_FALSE(IsNumber(kUnsignedInt, "-1"));
  EXPECT_FALSE(IsNumber(kPositiveInt, "0"));
  EXPECT_TRUE(IsNumber(kDecimal, "-1.50e-3"));
  EXPECT_FALSE(Is(kDecimal, "1"));
  EXPECT_FALSE(Is(kBoolean, "true"));
}

TEST(PrimitiveTest, DecimalsCompareExactly) {
  EXPECT_EQ(CompareDecimals("1.00", "1"), 0);
  EXPECT_EQ(CompareDecimals("-0.0", "0"), 0);
  EXPECT_EQ(CompareDecimals("100", "1e2"), 0);
  EXPECT_EQ(CompareDecimals("0.001e3", "1"), 0);
  EXPECT_LT(CompareDecimals("0.1", "0.10000000000000000000000001"), 0);
  EXPECT_LT(CompareDecimals("9", "10"), 0);
  EXPECT_GT(CompareDecimals("0.5", "0.06"), 0);
  EXPECT_LT(CompareDecimals("-10", "-9"), 0);
  EXPECT_LT(CompareDecimals("-1", "1"), 0);
  EXPECT_GT(CompareDecimals("1e999999999", "9"), 0);
  EXPECT_GT(CompareDecimals("1e-999999999999999999999", "0"), 0);
}

}  // namespace
}  // namespace fhir
