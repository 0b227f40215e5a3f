#include "gateway/outreach/verdict.h"

#include "consent/decide.h"
#include "fhir/json/json.h"
#include "gateway/outreach/compose.h"
#include "gateway/writes.h"
#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

class VerdictTest : public TenantFixture {
 protected:
  Verdict PrepareNow(const std::string& request) {
    Verdict verdict;
    EXPECT_TRUE(store_
                    ->View([&](store::Reader& reader) -> fhir::Status {
                      auto loaded = LoadResource(reader, "aurora", "CommunicationRequest", request);
                      if (!loaded.ok()) return loaded.error();
                      auto prepared = Prepare(reader, *workshop_, "aurora", *loaded, clock_.Now());
                      if (!prepared.ok()) return prepared.error();
                      verdict = *prepared;
                      return {};
                    })
                    .ok());
    return verdict;
  }
  bool Holds(const Verdict& verdict) {
    bool holds = false;
    EXPECT_TRUE(store_
                    ->View([&](store::Reader& reader) -> fhir::Status {
                      auto answer = StillHolds(reader, verdict.gathered.epochs);
                      if (!answer.ok()) return answer.error();
                      holds = *answer;
                      return {};
                    })
                    .ok());
    return holds;
  }
};

TEST_F(VerdictTest, HoldsWhileNothingItReadHasChanged) {
  Put(Refill("cr1"));
  const Verdict verdict = PrepareNow("cr1");
  EXPECT_TRUE(Holds(verdict));
  Put(R"({"resourceType":"Organization","id":"elsewhere","name":"Not about this patient"})");
}

TEST_F(VerdictTest, IsStaleOnceTheirConsentChanges) {
  Put(Refill("cr1"));
  const Verdict verdict = PrepareNow("cr1");
  Put(R"({"resourceType":"Consent","id":"c1","status":"active",
    "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope",
                        "code":"patient-privacy"}]},
    "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
    "patient":{"reference":"Patient/p1"},"policy":[{"uri":"urn:policy"}],
    "provision":{"type":"deny"}})");
  EXPECT_FALSE(Holds(verdict));
}

TEST_F(VerdictTest, IsStaleOnceTheModuleChanges) {
  Put(Refill("cr1"));
  const Verdict verdict = PrepareNow("cr1");
  std::string retired = Stored("ActivityDefinition", "refill").Bytes();
  retired.replace(retired.find("\"active\""), 8, "\"retired\"");
  Put(retired);
  EXPECT_FALSE(Holds(verdict));
  EXPECT_EQ(PrepareNow("cr1").decision.outcome, consent::Outcome::kReview);
}

TEST_F(VerdictTest, IsStaleOnceAnotherMessageWasClaimedForThePerson) {
  Put(Refill("cr1"));
  Put(Refill("cr2"));
  const Verdict verdict = PrepareNow("cr1");
  ASSERT_TRUE(ClaimNow("cr2").has_value());
  EXPECT_FALSE(Holds(verdict));
}

TEST_F(VerdictTest, IsMadeAgainAtSendAndRecordedAgain) {
  Put(Refill("cr1"));
  ASSERT_TRUE(ClaimNow("cr1").has_value());
  const std::vector<store::DecisionRow> decisions = DecisionsOf("cr1");
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_EQ(decisions[1].stage, "send");
}

TEST_F(VerdictTest, ARecordedContextDecidesTheSameAgain) {
  Put(Refill("cr1"));
  const store::DecisionRow row = DecisionsOf("cr1").at(0);
  auto given = consent::ReadGiven(*fhir::json::Parse(*row.context));
  ASSERT_TRUE(given.ok()) << given.error().message << " " << given.error().path;
  const fhir::json::Value recorded = (*fhir::json::Parse(row.record))["decision"];
  EXPECT_EQ(fhir::json::Canonical(consent::ToJson(consent::Decide(*given))),
            fhir::json::Canonical(recorded));
}

TEST_F(VerdictTest, ThePublicRecordHoldsNoWordAndNoAddress) {
  Put(Refill("cr1"));
  const std::string record = DecisionsOf("cr1").at(0).record;
  EXPECT_EQ(record.find("mail.example"), std::string::npos);
  EXPECT_EQ(record.find("time to refill"), std::string::npos);
}

TEST_F(VerdictTest, TheWordsOfTheModuleAreSentWhereTheRequestHasNone) {
  Put(Refill("cr1"));
  const adapters::Content content = Compose(PrepareNow("cr1"), "https://localhost:1/u/x");
  EXPECT_EQ(content.to, "pat@mail.example");
  EXPECT_TRUE(content.text.starts_with("It is time to refill your prescription."));
  EXPECT_EQ(content.subject, "A message from Aurora Support");
}

TEST_F(VerdictTest, TheCapIsReservedByTheClaim) {
  for (int i = 0; i < 6; ++i) Put(Refill("cr" + std::to_string(i)));
  int claimed = 0;
  for (int i = 0; i < 6; ++i) claimed += ClaimNow("cr" + std::to_string(i)).has_value() ? 1 : 0;
  EXPECT_EQ(claimed, 5);  // capPerDay
}

TEST_F(VerdictTest, AClaimIsTooOldByTheClockOrByTheTimeThatWentByWhateverTheClockSays) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  Put(Refill("cr1"));
  const std::optional<Claim> claim = ClaimNow("cr1");
  ASSERT_TRUE(claim.has_value());
  const milliseconds limit(config_.send_deadline_ms);
  const auto too_old = [&](milliseconds waited) {
    return TooOld(claim->attempt, clock_.Now(), waited, limit);
  };
  EXPECT_FALSE(too_old(seconds(0)));
  clock_.Set("2026-11-18T18:01:05Z");  // the machine was paused
  EXPECT_TRUE(too_old(seconds(0)));
  clock_.Set("2026-11-18T17:59:00Z");  // and its clock set back
  EXPECT_TRUE(too_old(seconds(65)));
  EXPECT_FALSE(too_old(seconds(1)));
}

}  // namespace
}  // namespace gateway::outreach
