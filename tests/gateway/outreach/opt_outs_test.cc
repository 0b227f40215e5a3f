#include "gateway/outreach/opt_outs.h"

#include "gateway/outreach/inbound.h"
#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

using store::OutreachState;

class OptOutTest : public TenantFixture {
 protected:
  // The patient answers on a channel, as a FHIR Communication.
  void Reply(const std::string& id, const std::string& words) {
    Put(R"({"resourceType":"Communication","id":")" + id +
        R"(","status":"completed","subject":{"reference":"Patient/p1"},
           "sender":{"reference":"Patient/p1"},
           "medium":[{"coding":[{"system":
             "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode","code":"EMAILWRIT"}]}],
           "payload":[{"contentString":")" +
        words + R"("}]})");
  }
};

TEST_F(OptOutTest, CancelsWhatIsQueuedInTheSameTransaction) {
  Put(Refill("cr1", R"(,"occurrenceDateTime":"2026-11-19T18:30:00Z")"));
  ASSERT_EQ(OutreachOf("cr1").state, OutreachState::kQueued);
  Reply("c1", "Stop");
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kCancelled);
  EXPECT_EQ(Stored("CommunicationRequest", "cr1")["status"].text(), "revoked");
}

TEST_F(OptOutTest, RefusesWhatIsAskedForAfterwards) {
  Reply("c1", "please stop emailing me");
  Put(Refill("cr1"));
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kCancelled);
}

TEST_F(OptOutTest, NamesTheAttemptsThatMustBeWaitedFor) {
  Put(Refill("cr1"));
  const std::optional<Claim> claim = ClaimNow("cr1");
  ASSERT_TRUE(claim.has_value());
  Reply("c1", "Stop");
  EXPECT_EQ(barrier(), (Barrier{{"acme", claim->attempt.key}}));
}

TEST_F(OptOutTest, ARevokedConsentIsABarrierToo) {
  Put(Refill("cr1"));
  ASSERT_TRUE(ClaimNow("cr1").has_value());
  Put(R"({"resourceType":"Consent","id":"c1","status":"inactive",
    "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope",
                        "code":"patient-privacy"}]},
    "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
    "patient":{"reference":"Patient/p1"},"policy":[{"uri":"urn:policy"}]})");
  EXPECT_EQ(barrier().size(), 1u);
}

TEST_F(OptOutTest, AnAdverseEventInTheRepliedWordsGoesToANurseAtOnce) {
  Reply("c1", "I got a rash. STOP");
  bool found = false;
  for (const fhir::Resource& task : All("Task")) {
    found = found || (task["code"]["coding"].at(0)["code"].text() == "ae-intake" &&
                      task["priority"].text() == "asap");
  }
  EXPECT_TRUE(found);
}

TEST_F(OptOutTest, AReplyThatNobodyHasReadHoldsCareForAPerson) {
  Put(Refill("cr0", R"(,"occurrenceDateTime":"2026-11-19T18:30:00Z")"));
  Reply("c1", "dont stop these, they help");
  const std::vector<fhir::Resource> tasks = All("Task");
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0]["code"]["coding"].at(0)["code"].text(), "reply");
  Put(Refill("cr1"));
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kHeld);
  EXPECT_EQ(OutreachOf("cr0").state, OutreachState::kQueued) << "it is decided when it is due";
  fhir::Resource read = tasks[0];
  read.mutable_json().Set("status", fhir::json::Value::String("completed"));
  Put(read.Bytes());
  Put(Refill("cr2"));
  EXPECT_EQ(OutreachOf("cr2").state, OutreachState::kQueued);
}

TEST_F(OptOutTest, AnUnreadReplyHoldsWhatIsClaimed) {
  Put(Refill("cr1"));
  const std::optional<Claim> claim = ClaimNow("cr1");
  ASSERT_TRUE(claim.has_value());
  Reply("c1", "CANCEL my appointment");
  EXPECT_EQ(barrier(), (Barrier{{"acme", claim->attempt.key}}));
}

}  // namespace
}  // namespace gateway::outreach
