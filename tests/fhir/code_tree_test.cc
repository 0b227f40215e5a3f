#include "fhir/code_tree.h"

#include <gtest/gtest.h>

namespace fhir {
namespace {

TEST(CodeTreeTest, AncestorsCoverTheirDescendants) {
  const CodeTree purposes("PurposeOfUse");
  EXPECT_TRUE(purposes.Covers("TREAT", "COC"));
  EXPECT_TRUE(purposes.Covers("HOPERAT", "LABELING"));
  EXPECT_TRUE(purposes.Covers("HSYSADMIN", "LABELING"));
  EXPECT_TRUE(purposes.Covers("PurposeOfUse", "BTG"));
  EXPECT_TRUE(purposes.Covers("COC", "COC"));
  EXPECT_FALSE(purposes.Covers("COC", "TREAT"));
  EXPECT_FALSE(purposes.Covers("TREAT", "CAREMGT"));
  EXPECT_FALSE(purposes.Covers("DSRCH", "POARCH"));
}

TEST(CodeTreeTest, SensitivitiesHangUnderTheirAbstractCodes) {
  const CodeTree labels("_InformationSensitivityPolicy");
  EXPECT_TRUE(labels.Covers("SPI", "OPIOIDUD"));
  EXPECT_TRUE(labels.Covers("_ActInformationSensitivityPolicy", "HIV"));
  EXPECT_FALSE(labels.Covers("ETH", "ETHUD"));
  EXPECT_TRUE(labels.Has("ADOL"));
}

TEST(CodeTreeTest, WhatIsNotInTheTreeCoversItselfOnly) {
  const CodeTree purposes("PurposeOfUse");
  EXPECT_FALSE(purposes.Has("CLINTRLNPC"));
  EXPECT_TRUE(purposes.Covers("own", "own"));
  EXPECT_FALSE(purposes.Covers("PurposeOfUse", "own"));
  EXPECT_FALSE(CodeTree("nothing").Has("TREAT"));
}

}  // namespace
}  // namespace fhir
