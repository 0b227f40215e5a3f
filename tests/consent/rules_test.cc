#include "consent/rules.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace consent {
namespace {

TEST(RulesTest, AreSortedAndUnique) {
  const auto rules = Rules();
  for (size_t i = 1; i < rules.size(); ++i) EXPECT_LT(rules[i - 1].id, rules[i].id);
}

TEST(RulesTest, EachSaysItsSourceAndASentence) {
  for (const Rule& rule : Rules()) {
    EXPECT_FALSE(rule.source.empty()) << rule.id;
    EXPECT_FALSE(rule.against.empty() && rule.for_it.empty()) << rule.id;
    for (std::string_view text : {rule.against, rule.for_it}) {
      EXPECT_TRUE(text.empty() || text.ends_with('.')) << rule.id;
    }
    EXPECT_TRUE(rule.queue == "nurse" || rule.queue == "compliance" || rule.queue == "privacy");
  }
}

TEST(RulesTest, EachThatStandsInTheWayTellsThePatient) {
  for (const Rule& rule : Rules()) {
    EXPECT_EQ(rule.against.empty(), rule.for_patient.empty()) << rule.id;
    EXPECT_TRUE(rule.for_patient.empty() || rule.for_patient.ends_with('.')) << rule.id;
  }
}

TEST(RulesTest, FindsByIdOnly) {
  EXPECT_NE(FindRule("V5"), nullptr);
  EXPECT_EQ(FindRule("V55"), nullptr);
  EXPECT_EQ(FindRule(""), nullptr);
}

}  // namespace
}  // namespace consent
