#include "fhir/decimal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fhir {
namespace {

std::string Ordered(std::string_view text) {
  const auto decimal = Decimal::Parse(text);
  EXPECT_TRUE(decimal) << text;
  return decimal ? decimal->Ordered() : "";
}

TEST(DecimalTest, BytesAreInTheOrderOfTheValues) {
  const std::vector<std::string> ascending = {"-1e9999",
                                              "-123456789012345678901234567890",
                                              "-124",
                                              "-123.5",
                                              "-123",
                                              "-12.3",
                                              "-12",
                                              "-1.1",
                                              "-1",
                                              "-0.9",
                                              "-0.12",
                                              "-0.1",
                                              "-1e-9",
                                              "0",
                                              "1e-9",
                                              "0.0000000010001",
                                              "0.1",
                                              "0.11",
                                              "0.12",
                                              "0.9",
                                              "1",
                                              "1.0000000000000000000001",
                                              "1.1",
                                              "9",
                                              "10",
                                              "12",
                                              "12.3",
                                              "99.5",
                                              "100",
                                              "100.5",
                                              "123456789012345678901234567890",
                                              "123456789012345678901234567891",
                                              "1e9999"};
  for (size_t i = 0; i + 1 < ascending.size(); ++i) {
    EXPECT_LT(Ordered(ascending[i]), Ordered(ascending[i + 1])) << ascending[i];
    EXPECT_LT(LowestDecimal(), Ordered(ascending[i]));
    EXPECT_LT(Ordered(ascending[i]), HighestDecimal());
  }
}

TEST(DecimalTest, OneValueWrittenInTwoWaysHasOneKey) {
  EXPECT_EQ(Ordered("1.0"), Ordered("1.000"));
  EXPECT_EQ(Ordered("100"), Ordered("1e2"));
  EXPECT_EQ(Ordered("1.5E+3"), Ordered("1500"));
  EXPECT_EQ(Ordered("0.0"), Ordered("-0"));
  EXPECT_EQ(Ordered("007"), Ordered("7"));
}

TEST(DecimalTest, WhatIsNoDecimalIsRefused) {
  for (const char* text :
       {"", "-", "1.", ".5", "1e", "1e+", "+1", "1,5", "0x1", "1 ", "NaN", "1e10000"}) {
    EXPECT_FALSE(Decimal::Parse(text)) << text;
  }
  EXPECT_FALSE(Decimal::Parse(std::string(401, '9')));
}

// http://hl7.org/fhir/R4/search.html#number
TEST(DecimalTest, ImpliedPrecisionIsThatOfTheSearchPage) {
  const struct {
    const char *text, *low, *high;
  } rows[] = {{"100", "99.5", "100.5"},   {"100.00", "99.995", "100.005"},
              {"1e2", "95", "105"},       {"-1", "-1.5", "-0.5"},
              {"0", "-0.5", "0.5"},       {"0.0", "-0.05", "0.05"},
              {"9.99", "9.985", "9.995"}, {"-0.2", "-0.25", "-0.15"}};
  for (const auto& row : rows) {
    EXPECT_EQ(Decimal::Parse(row.text)->ImpliedLow().Ordered(), Ordered(row.low)) << row.text;
    EXPECT_EQ(Decimal::Parse(row.text)->ImpliedHigh().Ordered(), Ordered(row.high)) << row.text;
  }
}

TEST(DecimalTest, ATenthMoreAndLess) {
  EXPECT_EQ(Decimal::Parse("50")->TenthLess().Ordered(), Ordered("45"));
  EXPECT_EQ(Decimal::Parse("50")->TenthMore().Ordered(), Ordered("55"));
  EXPECT_EQ(Decimal::Parse("-1.5")->TenthLess().Ordered(), Ordered("-1.65"));
  EXPECT_EQ(Decimal::Parse("-1.5")->TenthMore().Ordered(), Ordered("-1.35"));
}

}  // namespace
}  // namespace fhir
