#include "consent/reply.h"

#include <gtest/gtest.h>

namespace consent {
namespace {

TEST(ReplyTest, EveryWordOfTheRegulationStops) {
  for (const char* words : {"STOP", "quit", "End", "revoke", "opt out", "Cancel", "UNSUBSCRIBE",
                            " stop. ", "Stop!", "ALTO"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
}

TEST(ReplyTest, OtherWordsStopWhereAReasonablePersonWouldReadThemSo) {
  for (const char* words : {"Please quit texting me", "stop sending me texts", "do not text me",
                            "Dont contact me", "take me off", "stop all messages please"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
}

TEST(ReplyTest, AStopWordInAnotherIntentIsUnclear) {
  for (const char* words :
       {"dont stop these, they help", "CANCEL my appointment", "When does my treatment end?"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kUnclear) << words;
  }
}

TEST(ReplyTest, AnythingElseIsForAPersonToRead) {
  EXPECT_EQ(ReadReply("Thanks, see you on Monday"), ReplyMeaning::kOther);
  EXPECT_EQ(ReadReply(""), ReplyMeaning::kOther);
  EXPECT_EQ(ReadReply("HELP"), ReplyMeaning::kHelp);
}

TEST(ReplyTest, AnAdverseEventIsSeenBesideAStop) {
  EXPECT_TRUE(MayBeAdverseEvent("STOP this gave me a rash"));
  EXPECT_FALSE(MayBeAdverseEvent("Thank you"));
}

}  // namespace
}  // namespace consent
