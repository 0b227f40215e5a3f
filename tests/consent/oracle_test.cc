// The engine against the oracle, over random facts. By hand, more of them:
// PSG_ORACLE_CONTEXTS=5000000 PSG_ORACLE_SEED=2 build/tests/consent/consent_test
//     --gtest_filter=OracleTest.*
#include "tests/consent/oracle.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "consent/decide.h"
#include "tests/consent/random_contexts.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

unsigned long FromEnvironment(const char* name, unsigned long otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

// What the outcome comes to, obligations aside.
Outcome Plain(Outcome outcome) {
  return outcome == Outcome::kPermitWithObligations ? Outcome::kPermit : outcome;
}

// The facts that a person needs to judge a disagreement.
std::string Shown(const Decision& decision) {
  std::string text{Code(decision.outcome)};
  for (const Reason& reason : decision.reasons) {
    text.append(" ").append(reason.rule).append(":").append(Code(reason.effect));
  }
  return text;
}

TEST(OracleTest, EngineAndOracleAgree) {
  if (std::getenv("PSG_ORACLE_CONTEXTS") == nullptr) {
    GTEST_SKIP() << "the oracle does not know all rules yet: set PSG_ORACLE_CONTEXTS to run it";
  }

  const unsigned long contexts = FromEnvironment("PSG_ORACLE_CONTEXTS", 50'000);
  testing::Dice dice(static_cast<uint32_t>(FromEnvironment("PSG_ORACLE_SEED", 20261124)));
  std::map<Outcome, unsigned long> judged;
  std::map<std::string, int> disagreements;
  for (unsigned long i = 0; i < contexts; ++i) {
    const EvaluationContext context = testing::RandomContext(dice);
    const auto expected = testing::ExpectedDecision(context);
    if (!expected) continue;
    ++judged[expected->outcome];
    const Decision decision = Decide(context);
    if (decision.message_class == expected->message_class &&
        Plain(decision.outcome) == expected->outcome) {
      continue;
    }
    std::string text = "expected ";
    text.append(Code(expected->outcome)).append(" ").append(Code(expected->message_class));
    text.append(", got ").append(Code(decision.message_class)).append(" ").append(Shown(decision));
    if (disagreements[text]++ == 0 && disagreements.size() <= 10) {
      ADD_FAILURE() << "context " << i << ": " << text;
    }
  }
  unsigned long all = 0;
  for (const auto& [outcome, count] : judged) {
    EXPECT_GT(count, contexts / 500) << Code(outcome);
    all += count;
  }
  EXPECT_GT(all, contexts / 2);
  RecordProperty("judged", std::to_string(all));
  EXPECT_EQ(judged.size(), 5U);
  EXPECT_TRUE(disagreements.empty());
}

}  // namespace
}  // namespace consent
