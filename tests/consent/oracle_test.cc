// The engine against the oracle, over random facts. By hand, more of them:
// PSG_ORACLE_CONTEXTS=5000000 PSG_ORACLE_SEED=2 build/tests/consent/consent_test
//     --gtest_filter=OracleTest.*
#include "tests/consent/oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

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

std::set<std::string> Obligations(const Decision& decision) {
  std::set<std::string> shown;
  for (const Obligation& each : decision.obligations) {
    shown.insert(each.value.empty() ? each.code : each.code + " " + each.value);
  }
  return shown;
}

std::string Joined(const std::set<std::string>& items) {
  std::string text;
  for (const std::string& each : items) text.append(" [").append(each).append("]");
  return text;
}

std::string Shown(const Decision& decision) {
  std::string text{Code(decision.outcome)};
  for (const Reason& reason : decision.reasons) {
    text.append(" ").append(reason.rule).append(":").append(Code(reason.effect));
  }
  return text;
}

// The rules that the oracle knows.
const std::vector<std::string> kKnown = {
    "A.4",   "A.5",   "A.6(i)", "A.6(v)", "B.2",   "B1-1",      "B1-10", "B1-11", "B1-12", "B1-13",
    "B1-14", "B1-15", "B1-16",  "B1-17",  "B1-18", "B1-19",     "B1-2",  "B1-20", "B1-21", "B1-22",
    "B1-23", "B1-24", "B1-25",  "B1-26",  "B1-27", "B1-28",     "B1-3",  "B1-4",  "B1-5",  "B1-6",
    "B1-7",  "B1-8",  "B1-9",   "B3-1",   "B3-2",  "B3-3",      "B3-4",  "B3-5",  "B6-1",  "B6-2",
    "C.3",   "C.4",   "C2",     "C5",     "C6",    "C7",        "CP1",   "D.1",   "E.3",   "G1",
    "G2",    "G3",    "G4",     "G5",     "G6",    "G6(clock)", "M0",    "M10",   "M12",   "M13",
    "M14",   "M3",    "M4",     "M5",     "V1",    "V10",       "V12",   "V13",   "V14",   "V15",
    "V16",   "V17",   "V18",    "V19",    "V2",    "V20",       "V21",   "V3",    "V4",    "V5",
    "V6",    "V7",    "V8",     "V9"};

// Those of which each word must be the same: of authorizations the closest one speaks alone, and an
// unclear consent has a rule for each kind of doubt (G5 for one that has a modifier).
bool Compared(const std::string& rule) {
  static const std::set<std::string> kNot = {"A.4", "C.3", "C7", "G5", "M12", "M13", "M14"};
  return rule.front() != 'V' && !rule.starts_with("A.6") && !kNot.contains(rule);
}

// What the engine's reasons lack of the oracle's, or the other way round.
std::set<std::string> Differences(const testing::Expected& expected, const Decision& decision) {
  std::set<std::string> wanted;
  std::set<std::string> got;
  const auto stands = [](Outcome effect) { return effect > Outcome::kPermitWithObligations; };
  for (const auto& [rule, effect] : expected.rules) {
    if (stands(effect) && Compared(rule)) wanted.insert(rule);
  }
  for (const Reason& reason : decision.reasons) {
    if (!stands(reason.effect)) continue;
    const auto known = std::find(kKnown.begin(), kKnown.end(), reason.rule);
    if (known != kKnown.end() && Compared(reason.rule)) got.insert(reason.rule);
  }
  std::set<std::string> differences;
  std::set_symmetric_difference(wanted.begin(), wanted.end(), got.begin(), got.end(),
                                std::inserter(differences, differences.end()));
  return differences;
}

TEST(OracleTest, EngineAndOracleAgree) {
  const unsigned long contexts = FromEnvironment("PSG_ORACLE_CONTEXTS", 50'000);
  testing::Dice dice(static_cast<uint32_t>(FromEnvironment("PSG_ORACLE_SEED", 20261124)));
  std::map<Outcome, unsigned long> judged;
  std::map<std::string, unsigned long> spoken;
  std::map<std::string, int> disagreements;
  unsigned long open = 0;
  for (unsigned long i = 0; i < contexts; ++i) {
    const EvaluationContext context = testing::RandomContext(dice);
    const auto expected = testing::ExpectedDecision(context);
    if (!expected) {
      ++open;
      continue;
    }
    ++judged[expected->outcome];
    for (const auto& [rule, effect] : expected->rules) ++spoken[rule];
    const Decision decision = Decide(context);
    const std::set<std::string> differences = Differences(*expected, decision);
    if (decision.message_class == expected->message_class &&
        Plain(decision.outcome) == expected->outcome && differences.empty() &&
        (!decision.permits() || Obligations(decision) == expected->obligations)) {
      continue;
    }
    std::string text = "expected ";
    text.append(Code(expected->outcome)).append(" ").append(Code(expected->message_class));
    text.append(Joined(expected->obligations)).append(", got ");
    text.append(Code(decision.message_class)).append(" ").append(Shown(decision));
    if (decision.permits()) text.append(Joined(Obligations(decision)));
    text.append(", rules that differ:").append(Joined(differences));
    if (disagreements[text]++ == 0 && disagreements.size() <= 12) {
      ADD_FAILURE() << "context " << i << ": " << text << Facts(context);
    }
  }
  for (const auto& [outcome, count] : judged) EXPECT_GT(count, contexts / 500) << Code(outcome);
  EXPECT_EQ(judged.size(), 5U);
  EXPECT_LT(open * 50, contexts) << open << " contexts are left open";
  for (const std::string& rule : kKnown) {
    EXPECT_GE(spoken[rule], contexts / 10'000) << rule;
    RecordProperty("spoken " + rule, std::to_string(spoken[rule]));
    spoken.erase(rule);
  }
  for (const auto& [rule, count] : spoken) ADD_FAILURE() << rule << " is not listed as known";
  RecordProperty("open", std::to_string(open));
  EXPECT_TRUE(disagreements.empty()) << disagreements.size() << " kinds of them";
}

// Were the engine wrong in one rule, this is where it would show.
TEST(OracleTest, NoticesARuleThatIsInverted) {
  for (const char* rule :
       {"A.4",   "A.5",   "A.6(i)", "B.2",   "B1-1",  "B1-13", "B1-14", "B1-18", "B1-2", "B1-20",
        "B1-21", "B1-23", "B1-24",  "B1-25", "B1-26", "B1-27", "B1-28", "B1-5",  "B1-7", "B1-8",
        "B3-2",  "B3-5",  "B6-1",   "B6-2",  "C.4",   "C7",    "D.1",   "E.3",   "G1",   "G2",
        "G4",    "G5",    "V1",     "V10",   "V18",   "V19",   "V20",   "V21"}) {
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
