#include "gateway/outreach/intake.h"

#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

using store::OutreachState;

class IntakeTest : public TenantFixture {};

TEST_F(IntakeTest, APermittedRequestIsQueuedInTheCommitThatStoresIt) {
  Put(Refill("cr1"));
  const store::Outreach row = OutreachOf("cr1");
  EXPECT_EQ(row.state, OutreachState::kQueued);
  EXPECT_EQ(row.channel, "email");
  EXPECT_EQ(row.contact, "pat@mail.example");
  EXPECT_EQ(row.message_class, "refill-2i");
  EXPECT_EQ(Stored("CommunicationRequest", "cr1")["status"].text(), "active");
  ASSERT_EQ(DecisionsOf("cr1").size(), 1u);
  EXPECT_EQ(DecisionsOf("cr1")[0].stage, "intake");
}

TEST_F(IntakeTest, ARequestForLaterWaitsForItsOccurrence) {
  Put(Refill("cr1", R"(,"occurrenceDateTime":"2026-11-19T18:30:00Z")"));
  EXPECT_EQ(OutreachOf("cr1").due_at, *fhir::ParseInstant("2026-11-19T18:30:00Z"));
}

TEST_F(IntakeTest, ADeniedRequestIsRevokedAndItsCommunicationSaysNotDone) {
  Put(R"({"resourceType":"Patient","id":"p1","deceasedBoolean":true})");
  Put(Refill("cr1"));
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kCancelled);
  const fhir::Resource request = Stored("CommunicationRequest", "cr1");
  EXPECT_EQ(request["status"].text(), "revoked");
  EXPECT_EQ(request["statusReason"]["coding"].at(0)["code"].text(), "G1");
  const std::vector<fhir::Resource> communications = All("Communication");
  ASSERT_EQ(communications.size(), 1u);
  EXPECT_EQ(communications[0]["status"].text(), "not-done");
  EXPECT_EQ(communications[0]["basedOn"].at(0)["reference"].text(), "CommunicationRequest/cr1");
}

TEST_F(IntakeTest, WordsThatNoModuleApprovedBecomeATaskForAPerson) {
  Put(Refill("cr1", R"(,"payload":[{"contentString":"Something nobody has read."}])"));
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kHeld);
  EXPECT_EQ(Stored("CommunicationRequest", "cr1")["status"].text(), "on-hold");
  const std::vector<fhir::Resource> tasks = All("Task");
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0]["focus"]["reference"].text(), "CommunicationRequest/cr1");
  EXPECT_EQ(tasks[0]["for"]["reference"].text(), "Patient/p1");
  EXPECT_EQ(tasks[0].Bytes().find("Something nobody has read"), std::string::npos);
}

TEST_F(IntakeTest, ATextAtNightIsDeferredAndNoCommunicationIsWritten) {
  clock_.Set("2026-11-19T05:00:00Z");  // 22:00 in Denver
  Put(R"({"resourceType":"Patient","id":"p1","extension":[
      {"url":"http://hl7.org/fhir/StructureDefinition/timezone","valueCode":"America/Denver"}],
      "telecom":[{"system":"sms","value":"+13035550111","extension":[
        {"url":"https://psgateway.example/fhir/StructureDefinition/provided-by",
         "valueCode":"patient"}]}]})");
  std::string text = Refill("cr1");
  const std::string email =
      R"("system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationMode",
                          "code":"EMAILWRIT")";
  text.replace(text.find(email), email.size(),
               R"("system":"https://psgateway.example/fhir/CodeSystem/channel","code":"sms")");
  Put(text);
  const store::Outreach row = OutreachOf("cr1");
  EXPECT_EQ(row.state, OutreachState::kQueued);
  EXPECT_EQ(row.due_at, *fhir::ParseInstant("2026-11-19T15:00:00Z"));
  EXPECT_EQ(Stored("CommunicationRequest", "cr1")["status"].text(), "on-hold");
  EXPECT_TRUE(All("Communication").empty());
}

TEST_F(IntakeTest, ARequestThatIsTakenBackIsNotSent) {
  Put(Refill("cr1", R"(,"occurrenceDateTime":"2026-11-19T18:30:00Z")"));
  std::string revoked = Refill("cr1");
  revoked.replace(revoked.find("\"active\""), 8, "\"revoked\"");
  Put(revoked);
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kCancelled);
}

TEST_F(IntakeTest, WhatHasBeenClaimedIsNotSentAgainBecauseTheRequestWasEdited) {
  Put(Refill("cr1"));
  ASSERT_TRUE(ClaimNow("cr1").has_value());
  Put(Refill("cr1", R"(,"priority":"urgent")"));
  EXPECT_EQ(OutreachOf("cr1").state, OutreachState::kSending);
  EXPECT_EQ(DecisionsOf("cr1").size(), 2u);
}

TEST_F(IntakeTest, APartnersPreparationIsGatedLikeARequest) {
  std::string communication = Refill("x1", R"(,"sender":{"reference":"Organization/hub"})");
  communication.replace(communication.find("CommunicationRequest"), 20, "Communication");
  communication.replace(communication.find("\"active\""), 8, "\"preparation\"");
  Put(communication);
  const std::vector<fhir::Resource> requests = All("CommunicationRequest");
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(OutreachOf(requests[0].id()).state, OutreachState::kQueued);
}

TEST_F(IntakeTest, WhatAPartnerHasSentCountsAgainstTheCap) {
  for (int i = 0; i < 5; ++i) {
    Put(R"({"resourceType":"Communication","id":"c)" + std::to_string(i) +
        R"(","status":"completed","sent":"2026-11-18T17:00:00Z",
           "subject":{"reference":"Patient/p1"},"sender":{"reference":"Organization/hub"}})");
  }
  Put(Refill("cr1"));
  const std::vector<store::DecisionRow> decisions = DecisionsOf("cr1");
  ASSERT_FALSE(decisions.empty());
  EXPECT_EQ(decisions.back().outcome, "DEFER");
}

}  // namespace
}  // namespace gateway::outreach
