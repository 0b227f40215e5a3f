// The cases notice a rule that is switched off or inverted: here for a few rules of every part of
// the law; `build/tests/consent/mutation` does it for all.
#include <gtest/gtest.h>

#include <vector>

#include "consent/rules.h"
#include "tests/consent/mutants.h"

namespace consent {
namespace {

const std::vector<testing::FiledCase>& Cases() {
  static const auto* cases = new std::vector<testing::FiledCase>(testing::LoadCases());
  return *cases;
}

TEST(MutationTest, CasesNoticeARuleThatIsOffOrInverted) {
  const testing::MutantHunt hunt(Cases());
  for (const char* rule :
       {"A.4", "A.5", "AUD1", "B1-27", "B6-2", "C.4", "C7", "CM1", "G1", "M12", "R5", "V5"}) {
    ASSERT_NE(FindRule(rule), nullptr) << rule;
    for (const auto kind : {Mutant::Kind::kOff, Mutant::Kind::kInverted}) {
      EXPECT_NE(hunt.Catches({rule, kind}), nullptr) << rule << " " << testing::Name(kind);
    }
  }
}

}  // namespace
}  // namespace consent
