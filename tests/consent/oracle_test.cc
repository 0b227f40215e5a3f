// The engine against the oracle, over random facts. By hand, more of them:
// PSG_ORACLE_CONTEXTS=5000000 PSG_ORACLE_SEED=2 build/tests/consent/consent_test
//     --gtest_filter=OracleTest.*
#include "tests/consent/oracle.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

#include "consent/decide.h"
#include "consent/mutant.h"
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

// The facts that most often tell why two answers differ.
std::string Facts(const EvaluationContext& x) {
  std::ostringstream out;
  out << "\n  now " << fhir::FormatInstant(x.now) << ", regime " << Code(x.programme.regime);
  if (x.programme.acts_for) out << " for " << Code(*x.programme.acts_for);
  out << ", channel " << (x.request.channel ? fhir::Code(*x.request.channel) : "none");
  for (const std::string& each : x.request.purposes) out << ", purpose " << each;
  for (const DescribedProduct& each : x.content.products) out << ", product " << each.catalogue;
  for (const Therapy& each : x.therapies) {
    out << ", therapy " << each.catalogue << (each.current.Surely(x.now) ? " now" : "");
  }
  for (const FundingFacts& each : x.content.funding) {
    out << ", funding form " << static_cast<int>(each.form) << " of " << each.payer;
  }
  for (const GiftFacts& each : x.content.gifts) {
    out << ", gift " << each.value_micros.value_or(0) << (each.cash ? " cash" : "") << each.giver;
  }
  out << ", caps " << x.programme.cap_per_day << " " << x.programme.cap_per_week;
  for (const Sent& each : x.history) out << ", sent " << fhir::FormatInstant(each.sent_at);
  if (x.request.not_before) out << ", not before " << fhir::FormatInstant(*x.request.not_before);
  if (x.request.not_after) out << ", not after " << fhir::FormatInstant(*x.request.not_after);
  for (const std::string& each : x.calling_states) out << ", " << each;
  for (const std::string& each : x.calling_zones) out << ", " << each;
  for (const OptOut& each : x.opt_outs) {
    out << ", opt-out " << each.channel << " " << each.contact << " " << each.message_class << " "
        << each.seller << " " << fhir::FormatInstant(each.received_at);
  }
  if (x.content.call_to_purchase) out << ", call to purchase";
  for (const AuthorizationFacts& each : x.authorizations) {
    out << "\n  authorization status " << static_cast<int>(each.status) << ", signed "
        << (each.signed_at ? fhir::FormatInstant(*each.signed_at) : "never") << ", signer "
        << each.signer_known << each.signer_is_representative << each.authority_described
        << ", verification failed " << each.verification_failed << ", end " << each.has_end
        << ", event " << each.expiration_event << ", compound " << each.compound
        << each.separately_signed << each.compound_exemption << ", conditioned " << each.conditioned
        << ", seller " << each.seller << ", statements " << each.statements.size() << ", products";
    for (const Coding& product : each.products) out << " " << product.code;
    for (const std::string& word : each.channels) out << ", channel " << word;
    for (const std::string& word : each.recipients) out << ", recipient " << word;
    for (const std::string& word : each.purposes) out << ", purpose " << word;
  }
  for (const ConsentFacts& each : x.consents) {
    out << "\n  consent status " << static_cast<int>(each.status);
    const auto shown = [&](const Provision& p) {
      out << (p.type == Provision::Type::kPermit ? " permit" : " deny");
      for (const std::string& word : p.purposes) out << " " << word;
      out << " actor " << static_cast<int>(p.actor) << " actions " << p.actions.size();
      if (p.period) out << " period " << p.period->Surely(x.now) << p.period->Possibly(x.now);
      out << ";";
    };
    shown(each.root);
    for (const Provision& child : each.root.children) shown(child);
  }
  return out.str();
}

std::string Shown(const Decision& decision) {
  std::string text{Code(decision.outcome)};
  for (const Reason& reason : decision.reasons) {
    text.append(" ").append(reason.rule).append(":").append(Code(reason.effect));
  }
  return text;
}

TEST(OracleTest, EngineAndOracleAgree) {
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
    if (disagreements[text]++ == 0 && disagreements.size() <= 12) {
      ADD_FAILURE() << "context " << i << ": " << text << Facts(context);
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

// Were the engine wrong in one rule, this is where it would show.
TEST(OracleTest, NoticesARuleThatIsInverted) {
  for (const char* rule :
       {"A.4", "A.5", "A.6(i)", "B1-1", "B1-8", "B1-24", "B1-27", "B6-1", "B6-2", "C.4",
        "C7",  "D.1", "G1",     "G2",   "G4",   "G5",    "V1",    "V10",  "V18",  "V19"}) {
    mutant = {rule, Mutant::Kind::kInverted};
    testing::Dice dice(5);
    bool noticed = false;
    for (int i = 0; i < 20'000 && !noticed; ++i) {
      const EvaluationContext context = testing::RandomContext(dice);
      const auto expected = testing::ExpectedDecision(context);
      noticed = expected && Plain(Decide(context).outcome) != expected->outcome;
    }
    EXPECT_TRUE(noticed) << rule;
  }
  mutant = {};
}

}  // namespace
}  // namespace consent
