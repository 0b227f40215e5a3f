#include "consent/channel_law.h"

#include <gtest/gtest.h>

#include "consent/decide.h"
#include "consent/interpret.h"
#include "consent/sent.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::HasReason;
using testing::Reminder;

TEST(ChannelLawTest, AWordIsFoundWhole) {
  const std::vector<std::string> words = {"pay", "% off", "co-pay"};
  EXPECT_TRUE(HasOneOf("Please PAY now", words));
  EXPECT_TRUE(HasOneOf("20% off!", words));
  EXPECT_TRUE(HasOneOf("your co-pay", words));
  EXPECT_FALSE(HasOneOf("repayment, payer", words));
  EXPECT_FALSE(HasOneOf("", words));
  EXPECT_FALSE(HasOneOf("anything", {""}));
}

TEST(ChannelLawTest, ADateOfDisconnectionThatCannotBeReadVoidsTheNumber) {
  Given given = Reminder();
  given.resources[1].mutable_json().Set("telecom", testing::Json(R"([
    {"system": "phone", "use": "mobile", "value": "2065550100", "extension": [
      {"url": "https://psgateway.example/fhir/StructureDefinition/provided-by",
       "valueCode": "patient"},
      {"url": "https://psgateway.example/fhir/StructureDefinition/disconnected-on",
       "valueDate": "soon"}]}])"));
  const Decision decision = Decide(given);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_TRUE(HasReason(decision, "G4"));
}

TEST(SentTest, WhatLeftCountsByItsClassItsModuleAndTheStopThatAnswersIt) {
  EvaluationContext context = Interpret(Reminder());
  const SentAs refill = CountsAs(context, MessageClass::kRefillReminder);
  EXPECT_EQ(refill.message_class, "refill-2i");
  EXPECT_EQ(refill.kind, "informational");
  EXPECT_TRUE(refill.subject.starts_with("ActivityDefinition/")) << refill.subject;
  EXPECT_EQ(refill.subject.find("/_history/"), std::string::npos);
  EXPECT_EQ(CountsAs(context, MessageClass::kMarketing).kind, "marketing");

  context.programme.telephone.only_exempted = true;
  EXPECT_EQ(CountsAs(context, MessageClass::kRefillReminder).kind, "exempted");

  context.content.modules.push_back({.reference = "ActivityDefinition/second"});
  EXPECT_EQ(CountsAs(context, MessageClass::kRefillReminder).subject, "");  // of which, is not said

  context.content.modules = {{.reference = "ActivityDefinition/c", .approved = true}};
  context.content.modules.front().kind = ModuleKind::kConfirmation;
  EXPECT_EQ(CountsAs(context, MessageClass::kGeneral).message_class, "opt-out-confirmation");
}

TEST(SentTest, TheHistoryReachesAsFarBackAsTheLongestLimit) {
  Policy policy = *Reminder().policy;
  policy.channels.same_subject.clear();
  EXPECT_EQ(LongestLimit(policy), std::chrono::hours{7 * 24});
  policy.channels.same_subject.emplace_back().in = std::chrono::hours{24};
  EXPECT_EQ(LongestLimit(policy), std::chrono::hours{7 * 24});
  policy.channels.same_subject.emplace_back().in = std::chrono::hours{30 * 24};
  EXPECT_EQ(LongestLimit(policy), std::chrono::hours{30 * 24});
}

TEST(ChannelLawTest, ARouteIsWrittenAsItWasRead) {
  const auto programme = ReadProgramme(testing::Json(R"({"id": "p", "seller": "S",
    "regime": "CE_PROVIDER", "telephone": {"freeToEndUser": true},
    "email": {"unsubscribeUri": "https://u.example", "dkimSigns": ["From"], "bulk": true}})"));
  ASSERT_TRUE(programme.ok());
  const auto again = ReadProgramme(WriteProgramme(*programme));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->telephone.free_to_end_user);
  EXPECT_TRUE(again->email.described);
  EXPECT_EQ(again->email.dkim_signs, std::vector<std::string>{"From"});
  EXPECT_EQ(ReadProgramme(testing::Json(R"({"id": "p", "seller": "S", "regime": "CE_PROVIDER",
    "telephone": {"free": true}})"))
                .error()
                .path,
            "programme.telephone.free");
}

TEST(ChannelLawTest, WhatIsGivenAboutAnOptOutIsRefusedWhenUnknown) {
  const auto read = [](std::string_view more) {
    return ReadGiven(testing::Json(
        std::string(R"({"now": "2026-11-23T18:00:00Z", "request": "CommunicationRequest/c",
      "programme": {"id": "p", "seller": "S", "regime": "CE_PROVIDER"}, )") +
        std::string(more) + "}"));
  };
  EXPECT_EQ(read(R"("optOuts": [{"channel": "sms", "inReplyTo": "news"}])").error().path,
            "given.optOuts[0].inReplyTo");
  EXPECT_EQ(read(R"("reply": "STOP", "replyChannel": "pigeon")").error().path,
            "given.replyChannel");
}

}  // namespace
}  // namespace consent
