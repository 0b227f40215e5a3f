// What must hold whatever the facts are, over random worlds from a fixed seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/consent/random_givens.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::Dice;
using testing::GivenMaker;
using testing::Res;
using testing::Written;

constexpr int kWorlds = 1500;

fhir::Resource RandomConsent(Dice& dice, int number) {
  static const std::vector<std::string> kPurposes = {"TREAT", "COC", "HMARKT", "HPAYMT", "HOPERAT"};
  static const std::vector<std::string> kStatuses = {"active", "active", "active", "inactive",
                                                     "entered-in-error"};
  static const std::vector<std::string> kEnds = {"2026", "2026-10", "2027-01-31", "2026-11-23"};
  const auto provision = [&](const auto& self, int depth) -> std::string {
    std::string text = R"({"type": ")";
    text += dice.OneIn(2) ? "permit" : "deny";
    text += '"';
    if (dice.OneIn(2)) {
      text.append(R"(, "purpose": [{"code": ")").append(dice.Pick(kPurposes)).append("\"}]");
    }
    if (dice.OneIn(4)) {
      text.append(R"(, "period": {"end": ")").append(dice.Pick(kEnds)).append("\"}");
    }
    if (depth < 2 && dice.OneIn(2)) text += ", \"provision\": [" + self(self, depth + 1) + "]";
    return text + "}";
  };
  std::string text = R"({"resourceType": "Consent", "id": "c)";
  text += std::to_string(number);
  text.append(R"(", "status": ")").append(dice.Pick(kStatuses));
  text += R"(", "scope": {"coding": [{"code": "patient-privacy"}]},
             "patient": {"reference": "Patient/p1"}, "provision": )";
  text += provision(provision, 0);
  return Res(text + "}");
}

Given RandomWorld(Dice& dice) {
  Given given = dice.OneIn(2) ? testing::Promotion() : testing::Reminder();
  given.now += std::chrono::minutes{dice.Below(60 * 24 * 20)};
  const int consents = dice.Below(4);
  for (int i = 0; i < consents; ++i) given.resources.push_back(RandomConsent(dice, i));
  if (dice.OneIn(3)) {
    const int sent = dice.Below(5);
    for (int i = 0; i < sent; ++i) {
      given.history.push_back(
          {"sms", given.now - std::chrono::minutes{dice.Below(60 * 24 * 9)}, "refill-2i"});
    }
  }
  if (dice.OneIn(8)) given.opt_outs.push_back({"sms", "", "marketing", "", given.now, "portal"});
  if (dice.OneIn(3)) given.channel = static_cast<fhir::Channel>(dice.Below(10));
  if (dice.OneIn(6)) given.programme.regime = static_cast<Regime>(dice.Below(6));
  if (dice.OneIn(4)) {
    given.resources[1].mutable_json().Set("address", testing::Json(R"([{"state": "TX"}])"));
  }
  return given;
}

TEST(PropertiesTest, AddingADenyNeverPermits) {
  Dice dice(20261122);
  for (int i = 0; i < kWorlds; ++i) {
    Given given = RandomWorld(dice);
    const Decision before = Decide(given);
    given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "zz", "status": "active",
      "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
      "provision": {"type": "deny"}})"));
    const Decision after = Decide(given);
    ASSERT_FALSE(after.permits()) << Written(after);
    ASSERT_GE(after.outcome, before.outcome);
  }
}

TEST(PropertiesTest, OrderNeverMatters) {
  Dice dice(20261123);
  for (int i = 0; i < kWorlds; ++i) {
    Given given = RandomWorld(dice);
    const std::string before = Written(Decide(given));
    std::shuffle(given.resources.begin(), given.resources.end(), dice.engine());
    std::shuffle(given.history.begin(), given.history.end(), dice.engine());
    std::shuffle(given.opt_outs.begin(), given.opt_outs.end(), dice.engine());
    ASSERT_EQ(Written(Decide(given)), before);
  }
}

TEST(PropertiesTest, RemovingAnAuthorizationNeverPermitsMarketing) {
  Dice dice(20261124);
  int marketing = 0;
  for (int i = 0; i < kWorlds; ++i) {
    Given given = RandomWorld(dice);
    std::erase_if(given.resources, [](const fhir::Resource& r) { return r.id() == "a1"; });
    const Decision decision = Decide(given);
    if (decision.message_class != MessageClass::kMarketing) continue;
    ++marketing;
    ASSERT_FALSE(decision.permits()) << Written(decision);
  }
  EXPECT_GT(marketing, kWorlds / 4);
}

TEST(PropertiesTest, DeferredIsNotDeferredForTheSameReasonAtItsTime) {
  Dice dice(20261125);
  int deferred = 0;
  for (int i = 0; i < kWorlds; ++i) {
    Given given = RandomWorld(dice);
    const Decision before = Decide(given);
    if (before.outcome != Outcome::kDefer) continue;
    ++deferred;
    ASSERT_TRUE(before.not_before.has_value());
    ASSERT_GT(*before.not_before, given.now);
    given.now = *before.not_before;
    ASSERT_NE(Decide(given).outcome, Outcome::kDefer) << Written(before);
  }
  EXPECT_GT(deferred, 50);
}

TEST(PropertiesTest, PastEveryPeriodNothingIsMarketed) {
  Dice dice(20261126);
  for (int i = 0; i < kWorlds; ++i) {
    Given given = RandomWorld(dice);
    given.now = testing::At("2031-01-01T20:00:00Z");
    const Decision decision = Decide(given);
    const bool marketing = decision.message_class == MessageClass::kMarketing;
    ASSERT_FALSE(marketing && decision.permits());
  }
}

TEST(PropertiesTest, ObligationsComeWithAPermitOnly) {
  Dice dice(20261127);
  for (int i = 0; i < kWorlds; ++i) {
    const Decision decision = Decide(RandomWorld(dice));
    ASSERT_EQ(decision.outcome == Outcome::kPermitWithObligations, !decision.obligations.empty());
    ASSERT_EQ(decision.outcome == Outcome::kDefer, decision.not_before.has_value());
    ASSERT_EQ(decision.outcome == Outcome::kReroute, decision.reroute_to.has_value());
    ASSERT_EQ(decision.outcome == Outcome::kReview, !decision.review_queue.empty());
    ASSERT_FALSE(decision.reasons.empty());
  }
}

// ---- over the cases, mixed

constexpr int kMixtures = 6000;

bool MarketingPermitted(const Decision& decision) {
  return decision.permits() && decision.message_class == MessageClass::kMarketing;
}

// What a failure shows: the Given can be run again as a case.
std::string Shown(const Given& given) { return fhir::json::Write(WriteGiven(given)); }

fhir::json::Value& PatientOf(Given& given) {
  for (fhir::Resource& each : given.resources) {
    if (each.type() == "Patient") return each.mutable_json();
  }
  static fhir::json::Value none;
  return none;
}

TEST(MixturesTest, SayAllOutcomes) {
  GivenMaker maker(1);
  std::array<int, 6> outcomes{};
  int marketed = 0;
  for (int i = 0; i < kMixtures; ++i) {
    const Decision decision = Decide(maker.Next());
    ++outcomes.at(static_cast<size_t>(decision.outcome));
    if (MarketingPermitted(decision)) ++marketed;
  }
  for (const int each : outcomes) EXPECT_GT(each, kMixtures / 200);
  EXPECT_GT(marketed, kMixtures / 100);
}

TEST(MixturesTest, ARefusalAnOptOutOrADeathNeverPermits) {
  GivenMaker maker(2);
  for (int i = 0; i < kMixtures; ++i) {
    Given given = maker.Next();
    const Decision before = Decide(given);
    switch (maker.dice().Below(3)) {
      case 0:
        given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "zz", "status": "active",
              "scope": {"coding": [{"code": "patient-privacy"}]},
              "patient": {"reference": "Patient/p1"}, "provision": {"type": "deny"}})"));
        break;
      case 1:
        given.opt_outs.push_back({"all", "", "all", "", given.now, "portal"});
        break;
      default:
        PatientOf(given).Remove("deceasedDateTime");
        PatientOf(given).Set("deceasedBoolean", fhir::json::Value::Bool(true));
    }
    // The one text that confirms an opt-out is permitted by it (B1-21).
    const Decision after = Decide(given);
    const bool confirms = testing::HasReason(after, "B1-21");
    ASSERT_FALSE(after.permits() && !before.permits() && !confirms) << Shown(given);
  }
}

TEST(MixturesTest, OrderNeverMatters) {
  GivenMaker maker(3);
  for (int i = 0; i < kMixtures; ++i) {
    Given given = maker.Next();
    const std::string before = Written(Decide(given));
    const std::string shown = Shown(given);
    std::shuffle(given.resources.begin(), given.resources.end(), maker.dice().engine());
    std::shuffle(given.history.begin(), given.history.end(), maker.dice().engine());
    std::shuffle(given.opt_outs.begin(), given.opt_outs.end(), maker.dice().engine());
    std::shuffle(given.overrides.begin(), given.overrides.end(), maker.dice().engine());
    ASSERT_EQ(Written(Decide(given)), before) << shown;
  }
}

bool NeedsNoAuthorization(const Decision& decision) {
  return testing::HasReason(decision, "M9") || testing::HasReason(decision, "M12") ||
         testing::HasReason(decision, "M14");
}

TEST(MixturesTest, WithoutAuthorizationsOnlyWhatNeedsNoneIsMarketed) {
  GivenMaker maker(4);
  for (int i = 0; i < kMixtures; ++i) {
    Given given = maker.Next();
    std::erase_if(given.resources, testing::IsAuthorization);
    const Decision decision = Decide(given);
    if (!MarketingPermitted(decision)) continue;
    ASSERT_TRUE(NeedsNoAuthorization(decision)) << Shown(given);
  }
}

TEST(MixturesTest, PastEveryPeriodOnlyWhatNeedsNoAuthorizationIsMarketed) {
  GivenMaker maker(5);
  for (int i = 0; i < kMixtures; ++i) {
    Given given = maker.Next();
    std::erase_if(given.resources, [](const fhir::Resource& each) {
      return each.json()["provision"]["period"]["end"].is_null() && testing::IsAuthorization(each);
    });
    given.now = testing::At("2061-03-01T20:00:00Z");
    const Decision decision = Decide(given);
    if (!MarketingPermitted(decision)) continue;
    ASSERT_TRUE(NeedsNoAuthorization(decision)) << Shown(given);
  }
}

TEST(MixturesTest, DeferredIsNotDeferredForTheSameReasonAtItsTime) {
  GivenMaker maker(6);
  for (int i = 0; i < kMixtures; ++i) {
    Given given = maker.Next();
    const Decision before = Decide(given);
    if (before.outcome != Outcome::kDefer) continue;
    ASSERT_GT(*before.not_before, given.now) << Shown(given);
    given.now = *before.not_before;
    for (const Reason& reason : Decide(given).reasons) {
      if (reason.effect != Outcome::kDefer) continue;
      ASSERT_NE(reason.rule, before.deciding()->rule) << Shown(given);
    }
  }
}

TEST(MixturesTest, WrittenAndReadAgainTheyDecideTheSame) {
  GivenMaker maker(7);
  for (int i = 0; i < kMixtures; ++i) {
    const Given given = maker.Next();
    const auto again = ReadGiven(WriteGiven(given), [&](std::string_view) { return given.policy; });
    ASSERT_TRUE(again.ok()) << again.error().message << " at " << again.error().path;
    ASSERT_EQ(Written(Decide(*again)), Written(Decide(given))) << Shown(given);
  }
}

TEST(MixturesTest, AnElementThatNobodyKnowsInAConsentNeverPermitsMarketing) {
  GivenMaker maker(8);
  for (int i = 0; i < kMixtures; ++i) {
    Given given = maker.Next();
    const Decision before = Decide(given);
    const std::string shown = Shown(given);
    std::vector<fhir::Resource*> consents;
    for (fhir::Resource& each : given.resources) {
      if (each.type() == "Consent") consents.push_back(&each);
    }
    if (consents.empty()) continue;
    testing::Inject(maker.dice().Pick(consents)->mutable_json(), maker.dice());
    ASSERT_FALSE(MarketingPermitted(Decide(given)) && !before.permits()) << shown << "\n"
                                                                         << Shown(given);
  }
}

// `spoil` changes one record of what is not permitted, and it must not be permitted then.
template <class Spoil>
int NeverPermits(uint32_t seed, Spoil spoil) {
  GivenMaker maker(seed);
  int spoilt = 0;
  for (int i = 0; i < kMixtures; ++i) {
    const Given given = maker.Next();
    if (given.resources.empty() || Decide(given).permits()) continue;
    for (int tries = 0; tries < 4; ++tries) {
      Given other = given;
      const int place = maker.dice().Below(static_cast<int>(given.resources.size()));
      fhir::Resource& record = other.resources[static_cast<size_t>(place)];
      if (!spoil(record.mutable_json(), maker.dice())) continue;
      ++spoilt;
      const bool permitted = Decide(other).permits();
      EXPECT_FALSE(permitted) << Shown(given) << "\n" << record.Bytes();
      if (permitted) return 0;
    }
  }
  return spoilt;
}

// Validation refuses such a record before it is stored. Should one be there all the same, what it
// said may have been what forbids.
TEST(MixturesTest, AnElementOfAnotherJsonKindNeverPermits) {
  EXPECT_GT(NeverPermits(10, testing::ChangeKind), kMixtures);
}

TEST(MixturesTest, WhateverCannotBeReadItIsDecided) {
  GivenMaker maker(9);
  for (int i = 0; i < kMixtures; ++i) {
    Given given = maker.Next();
    for (fhir::Resource& each : given.resources) {
      testing::Scramble(each.mutable_json(), maker.dice());
    }
    ASSERT_FALSE(Decide(given).reasons.empty()) << Shown(given);
  }
}

}  // namespace
}  // namespace consent
