#include <gtest/gtest.h>

#include "fhir/search/text.h"

namespace fhir {
namespace {

TEST(SearchTextTest, CaseMarksAndSpaceDoNotCount) {
  const struct {
    const char *written, *normal;
  } rows[] = {{"Ada", "ada"},
              {"  Ada \t  LOVELACE\n", "ada lovelace"},
              {"José", "jose"},
              {"Jose\xCC\x81", "jose"},  // combining acute
              {"ÅNGSTRÖM", "angstrom"},
              {"Straße", "strasse"},
              {"Ærøskøbing", "aeroskobing"},
              {"Łódź", "lodz"},
              {"Nguyễn Thị", "nguyen thi"},
              {"İstanbul ışık", "istanbul isik"},
              {"ﬁn", "fin"},
              {"ΑΘΉΝΑ", "αθηνα"},
              {"МОСКВА", "москва"},
              {"O'Neil-Smith", "o'neil-smith"},
              {"a\xC2\xA0\xE3\x80\x80"
               "b",
               "a b"},
              {"東京", "東京"},
              {"😀", "😀"},
              {"a\x01"
               "b\x1f"
               "c",
               "abc"},
              {"", ""}};
  for (const auto& row : rows) {
    EXPECT_EQ(NormalText(row.written), row.normal);
    EXPECT_EQ(NormalText(row.normal), row.normal) << "twice changes nothing";
  }
}

TEST(SearchTextTest, OneEntryHoldsTheTextAsWrittenToo) {
  EXPECT_EQ(IndexText("Ada"),
            "ada\x1f"
            "Ada\x1f");
}

}  // namespace
}  // namespace fhir
