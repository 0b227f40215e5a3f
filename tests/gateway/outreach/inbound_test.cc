#include "gateway/outreach/inbound.h"

#include "gateway/outreach/settle.h"
#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

constexpr char kChannel[] = "https://psgateway.example/fhir/CodeSystem/channel";

class InboundTest : public TenantFixture {
 protected:
  // Not due before anything of the test happens.
  void SetUp() override { Put(Refill("later", R"(,"occurrenceDateTime":"2026-11-25T18:30:00Z")")); }

  static std::string Of(const std::string& patient, const std::string& id,
                        const std::string& more) {
    return R"({"resourceType":"Communication","id":")" + id + R"(","status":"completed",
      "subject":{"reference":"Patient/)" +
           patient + R"("})" + more + "}";
  }
  static std::string By(const std::string& channel) {
    return R"(,"medium":[{"coding":[{"system":")" + std::string(kChannel) + R"(","code":")" +
           channel + R"("}]}])";
  }
  // A partner says that it has sent something.
  void Sent(const std::string& id, const std::string& more) { Put(Of("p1", id, By("sms") + more)); }
  // A patient says something.
  void Says(const std::string& words, const std::string& channel = "sms",
            const std::string& more = "", const std::string& patient = "p1") {
    Put(Of(patient, "said-" + std::to_string(++said_),
           By(channel) + R"(,"sender":{"reference":"Patient/)" + patient +
               R"("},"payload":[{"contentString":")" + words + R"("}])" + more));
  }
  std::vector<consent::OptOut> OptOuts() { return FactsOf("later").given.opt_outs; }

 private:
  int said_ = 0;
};

std::string FromNumber(const std::string& number) {
  return R"(,"extension":[{"url":
    "https://psgateway.example/fhir/StructureDefinition/contact-point",
    "valueContactPoint":{"system":"phone","value":")" +
         number + R"("}}])";
}

TEST_F(InboundTest, WhatAPartnerSentCountsWithItsInstantChannelClassAndModule) {
  Sent("s1",
       R"(,"sent":"2026-11-18T16:00:00Z","about":[{"reference":"ActivityDefinition/refill"}])");
  Sent("s2", R"(,"sent":"2026-11-18T17:00:00Z")");
  Sent("s3", R"(,"sent":"2026-12-01T00:00:00Z")");
  const std::vector<consent::Sent> history = FactsOf("later").given.history;
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0].channel, "sms");
  EXPECT_EQ(fhir::FormatInstant(history[0].sent_at), "2026-11-18T16:00:00.000Z");
  EXPECT_EQ(history[0].message_class, "refill-2i");
  EXPECT_EQ(history[0].subject, "ActivityDefinition/refill");
  EXPECT_EQ(history[1].message_class, "general");
  EXPECT_EQ(history[1].subject, "");
  EXPECT_EQ(history[2].sent_at, clock_.Now()) << "what lies ahead has happened by now";
}

TEST_F(InboundTest, ATextThatConfirmsAnOptOutCountsAsOne) {
  Put(R"({"resourceType":"ActivityDefinition","id":"confirm","status":"active",
    "approvalDate":"2026-01-05","extension":[
    {"url":"https://psgateway.example/fhir/StructureDefinition/message-kind",
     "valueCode":"opt-out-confirmation"}]})");
  Sent("s1",
       R"(,"sent":"2026-11-18T16:00:00Z","about":[{"reference":"ActivityDefinition/confirm"}])");
  EXPECT_EQ(FactsOf("later").given.history[0].message_class, "opt-out-confirmation");
}

TEST_F(InboundTest, AnOptOutKnowsTheKindOfMessageThatItAnswers) {
  Sent("care", R"(,"sent":"2026-11-18T15:00:00Z")");
  Sent("sale", R"(,"sent":"2026-11-18T16:00:00Z","reasonCode":[{"coding":[{"system":
    "http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HMARKT"}]}])");
  Says("STOP", "sms", R"(,"inResponseTo":[{"reference":"Communication/care"}])");
  Says("STOP", "sms", R"(,"inResponseTo":[{"reference":"Communication/sale"}])");
  Says("STOP", "sms", R"(,"inResponseTo":[{"reference":"Communication/nobodys"}])");
  const std::vector<consent::OptOut> opt_outs = OptOuts();
  ASSERT_EQ(opt_outs.size(), 3u);
  EXPECT_EQ(opt_outs[0].in_reply_to, "informational");
  EXPECT_EQ(opt_outs[1].in_reply_to, "marketing");
  EXPECT_EQ(opt_outs[2].in_reply_to, "");
}

TEST_F(InboundTest, AMessageOfOursIsKnownByItsCommunication) {
  Put(Refill("cr1"));
  const std::optional<Claim> claim = ClaimNow("cr1");
  ASSERT_TRUE(claim.has_value());
  ASSERT_TRUE(store_
                  ->Update([&](store::Transaction& tx) {
                    return Settle(tx, *workshop_, claim->attempt,
                                  {store::AttemptState::kAccepted, "E1", "queued", false});
                  })
                  .ok());
  const std::string id = All("Communication").at(0).id();
  Says("please stop e-mailing me", "email",
       R"(,"inResponseTo":[{"reference":"Communication/)" + id + R"("}])");
  ASSERT_EQ(OptOuts().size(), 1u);
  EXPECT_EQ(OptOuts()[0].in_reply_to, "informational");
  const consent::Sent sent = FactsOf("later").given.history.at(0);
  EXPECT_EQ(sent.subject, "ActivityDefinition/refill");
  EXPECT_EQ(sent.message_class, "refill-2i");
}

TEST_F(InboundTest, TheWordsSayHowFarAnOptOutReaches) {
  Says("Stop everything", "voice-live");
  Says("Stop all programs");
  Says("Stop only this program");
  Says("Stop only the marketing");
  const std::vector<consent::OptOut> opt_outs = OptOuts();
  ASSERT_EQ(opt_outs.size(), 4u);
  EXPECT_EQ(opt_outs[0].channel, "all");
  EXPECT_EQ(opt_outs[0].source, "oral");
  EXPECT_EQ(opt_outs[1].channel, "sms");
  EXPECT_EQ(opt_outs[1].source, "sms-reply");
  EXPECT_TRUE(opt_outs[1].all_programmes);
  EXPECT_EQ(opt_outs[1].programme, "");
  EXPECT_EQ(opt_outs[2].programme, "aurora");
  EXPECT_EQ(opt_outs[2].message_class, "all");
  EXPECT_EQ(opt_outs[3].message_class, "marketing");
  EXPECT_EQ(opt_outs[3].programme, "");
}

TEST_F(InboundTest, AnOptOutCountsFromWhenItWasSaidForTheNumberItWasSaidFrom) {
  Says("STOP", "sms", R"(,"received":"2026-11-10T09:00:00Z")" + FromNumber("+1 206 555 0177"));
  Says("STOP", "email", FromNumber("PAT@mail.example"));
  const std::vector<consent::OptOut> opt_outs = OptOuts();
  ASSERT_EQ(opt_outs.size(), 2u);
  EXPECT_EQ(opt_outs[0].contact, "pat@mail.example") << "found by the address first";
  EXPECT_EQ(opt_outs[1].contact, "another") << "no number that the record has";
  EXPECT_EQ(fhir::FormatInstant(opt_outs[1].received_at), "2026-11-10T09:00:00.000Z");
}

TEST_F(InboundTest, TheAnswerToTheConfirmationNarrowsTheOptOut) {
  Put(R"({"resourceType":"ActivityDefinition","id":"confirm","status":"active",
    "approvalDate":"2026-01-05","extension":[
    {"url":"https://psgateway.example/fhir/StructureDefinition/message-kind",
     "valueCode":"opt-out-confirmation"}]})");
  Sent("care", R"(,"sent":"2026-11-18T15:00:00Z")");
  Says("STOP", "sms", R"(,"received":"2026-11-18T15:30:00Z",
    "inResponseTo":[{"reference":"Communication/care"}])");
  Sent("asked",
       R"(,"sent":"2026-11-18T15:31:00Z","about":[{"reference":"ActivityDefinition/confirm"}])");
  const std::string answers = R"(,"inResponseTo":[{"reference":"Communication/asked"}])";
  Says("keep refills", "sms", R"(,"inResponseTo":[{"reference":"Communication/care"}])");
  EXPECT_EQ(OptOuts()[0].answer, "") << "that was no answer to the confirmation";
  Says("keep refills", "sms", answers);
  ASSERT_EQ(OptOuts().size(), 1u);
  EXPECT_EQ(OptOuts()[0].answer, "keep informational") << "the choice is kept, not the words";
}

TEST_F(InboundTest, AnOptOutOfTwoWhoWereTakenForOneIsADoubtForTheOther) {
  Put(R"({"resourceType":"Patient","id":"p2","link":[
    {"other":{"reference":"Patient/p1"},"type":"replaced-by"}]})");
  Says("STOP", "sms", FromNumber("+1 206 555 0199"), "p2");
  ASSERT_EQ(OptOuts().size(), 1u);
  EXPECT_FALSE(OptOuts()[0].unmerged);
  Put(R"({"resourceType":"Patient","id":"p2"})");
  ASSERT_EQ(OptOuts().size(), 1u);
  EXPECT_TRUE(OptOuts()[0].unmerged);
}

TEST_F(InboundTest, OfSeveralUnreadRepliesTheStrictestCounts) {
  EXPECT_EQ(FactsOf("later").given.reply, "");
  Says("Thanks, see you Monday");
  EXPECT_EQ(FactsOf("later").given.reply, "Thanks, see you Monday");
  EXPECT_EQ(FactsOf("later").given.reply_channel, "sms");
  Says("CANCEL my appointment", "email");
  Says("And at what time?");
  EXPECT_EQ(FactsOf("later").given.reply, "CANCEL my appointment");
  EXPECT_EQ(FactsOf("later").given.reply_channel, "email");
}

TEST_F(InboundTest, WhatMayMeanStopCountsInEveryProgrammeOfTheSeller) {
  const auto neighbour = [&](const std::string& id, const std::string& seller) {
    Register(id, R"({"id":")" + id + R"(","name":"Borea","seller":")" + seller +
                     R"(","sender":"Northlight Hub","regime":"BA_OF","actsFor":"CE_PROVIDER"})");
    Put(R"({"resourceType":"Patient","id":"q1","identifier":[{"system":"urn:hub","value":"m-1"}]})",
        id);
  };
  neighbour("borea", "Aurora Pharma");
  neighbour("other", "Zed Labs");
  const auto says = [&](const std::string& programme, const std::string& words) {
    Put(Of("q1", "c-" + programme + std::to_string(words.size()),
           By("sms") + R"(,"sender":{"reference":"Patient/q1"},"payload":[{"contentString":")" +
               words + R"("}])"),
        programme);
  };
  says("other", "I quit smoking");
  says("borea", "Thank you");
  EXPECT_EQ(FactsOf("later").given.reply, "");
  says("borea", "CANCEL my appointment");
  EXPECT_EQ(FactsOf("later").given.reply, "CANCEL my appointment");
}

TEST_F(InboundTest, WhatWasEnteredInErrorSaysNothing) {
  Put(Of("p1", "c1", R"(,"sender":{"reference":"Patient/p1"},
    "payload":[{"contentString":"STOP"}])"));
  EXPECT_EQ(OptOuts().size(), 1u);
  std::string error = Of("p1", "c2", R"(,"sender":{"reference":"Patient/p1"},
    "payload":[{"contentString":"STOP"}])");
  error.replace(error.find("completed"), 9, "entered-in-error");
  Put(error);
  EXPECT_EQ(OptOuts().size(), 1u);
}

TEST_F(InboundTest, AnUpdateThatMakesItTheWordsOfThePatientIsTakenOnce) {
  const std::string sender = R"(,"sender":{"reference":"Patient/p1"})";
  const auto says = [&](const std::string& words, const std::string& more) {
    Put(Of("p1", "said",
           By("sms") + more + R"(,"payload":[{"contentString":")" + words + R"("}])"));
  };
  says("thanks", sender);
  EXPECT_TRUE(OptOuts().empty());
  says("STOP", sender);
  EXPECT_EQ(OptOuts().size(), 1u);
  says("STOP", sender + R"(,"priority":"routine")");
  EXPECT_EQ(OptOuts().size(), 1u) << "the same words again";
}

TEST_F(InboundTest, WordsThatCountedAsAnErrorOrOfNobodyCountOnceTheyAreThePatients) {
  const std::string stop = R"(,"payload":[{"contentString":"STOP"}])";
  const std::string sender = R"(,"sender":{"reference":"Patient/p1"})";
  Put(Of("p1", "nobodys", By("sms") + stop));
  EXPECT_TRUE(OptOuts().empty());
  Put(Of("p1", "nobodys", By("sms") + stop + sender));
  EXPECT_EQ(OptOuts().size(), 1u);
}

TEST_F(InboundTest, ARelatedPersonsWordsWithoutASubjectAreThePatients) {
  Put(R"({"resourceType":"RelatedPerson","id":"r9","patient":{"reference":"Patient/p1"}})");
  Put(R"({"resourceType":"Communication","id":"by-r9","status":"completed",
      "sender":{"reference":"RelatedPerson/r9"},"payload":[{"contentString":"STOP"}]})");
  EXPECT_EQ(OptOuts().size(), 1u);
}

TEST_F(InboundTest, WhatCannotBeReadHoldsUntilAPersonHasLooked) {
  Put(Of("p1", "picture",
         By("sms") + R"(,"sender":{"reference":"Patient/p1"},"payload":[{"contentAttachment":
         {"contentType":"image/jpeg"}}])"));
  EXPECT_EQ(FactsOf("later").given.reply, "(attachment)");
}

TEST_F(InboundTest, AFileIsReadOnlyWhereItIsText) {
  const auto sends = [&](const std::string& id, const std::string& data) {
    Put(Of("p1", id,
           By("sms") + R"(,"sender":{"reference":"Patient/p1"},"payload":[{"contentAttachment":
           {"contentType":"text/plain","data":")" +
               data + R"("}}])"));
  };
  sends("bytes", "/////w==");  // FF FF FF FF
  EXPECT_EQ(FactsOf("later").given.reply, "(attachment)");
  EXPECT_TRUE(OptOuts().empty());
  sends("stop", "U1RPUA==");  // STOP
  EXPECT_EQ(OptOuts().size(), 1u);
}

}  // namespace
}  // namespace gateway::outreach
