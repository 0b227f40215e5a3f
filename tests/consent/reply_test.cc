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
       {"CANCEL my appointment", "When does my treatment end?", "I quit smoking last week"}) {
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

TEST(ReplyTest, WhoSaysDontStopWantsMore) {
  for (const char* words :
       {"dont stop these, they help", "Please do not stop", "no pare", "do not ever stop",
        "I don't want to stop", "I do not want you to stop", "never please stop"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kKeeps) << words;
  }
}

TEST(ReplyTest, AStopOfItsOwnCountsBesideOtherSentences) {
  for (const char* words : {"I got a rash. STOP", "No, stop", "Stop! This is the wrong number",
                            "STOP, I don\xE2\x80\x99t know you", "No more texts please"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
}

TEST(ReplyTest, EveryLanguageStops) {
  for (const char* words : {"Alto", "ARRÊT", "Arrêtez", "СТОП", "停止", "退订", "중지", "Dừng lại",
                            "Sispann", "Basta!", "توقف", "no más mensajes"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
}

TEST(ReplyTest, TwoWordsMayStopTogether) {
  for (const char* words :
       {"please opt out", "leave me alone", "take me off your list", "wrong number", "dung lai",
        "no more", "no mas", "do not text me", "please do stop", "stop all programs", "opt-out"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
}

TEST(ReplyTest, TheFirstOfTwoWordsAloneStopsNothing) {
  for (const char* words : {"opt in", "take one at night", "who knows", "they are here"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOther) << words;
  }
  // A refusal of something: a person must see of what.
  for (const char* words : {"no", "no problem", "I do not want it", "never again", "who are you",
                            "wrong person", "leave it at the door", "wrong dose"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kUnclear) << words;
  }
}

TEST(ReplyTest, AStopWithAnotherSubjectIsForAPersonToRead) {
  for (const char* words : {"stop the marketing", "please stop by tomorrow", "opt out my brother",
                            "I will cancel and stop, thanks to nobody", "take me off the fish oil",
                            "never say stop to a nurse", "stop only on Tuesday"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kUnclear) << words;
  }
  EXPECT_EQ(ReadReply("do not stop. Cancel"), ReplyMeaning::kKeeps);
}

TEST(ReplyTest, HelpIsAskedForInOneWord) {
  for (const char* words : {"help", "INFO", "Ayuda", " help! "}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kHelp) << words;
  }
  EXPECT_EQ(ReadReply("help me please"), ReplyMeaning::kOther);
}

TEST(ReplyTest, ASlipOfTheFingerIsNoWordThatIsKnown) {
  for (const char* words : {"sto", "tsop", "sxop", "quot", "revke", "remvoe", "stopp1", "soxp"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kUnclear) << words;
  }
  // In a question only the longest of the words is looked for, with one slip.
  EXPECT_EQ(ReadReply("can I unsubcribe?"), ReplyMeaning::kUnclear);
  for (const char* words : {"who", "ok … fine", "Thanks!! See you on Monday", "my co-pay"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOther) << words;
  }
}

TEST(ReplyTest, AStopLetterByLetterIsAStop) {
  for (const char* words : {"S T O P", "s.t.o.p.", "Q U I T"}) {
    EXPECT_TRUE(IsStopWord(words)) << words;
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
  // Letters that spell no word known here are for a person to read.
  EXPECT_EQ(ReadReply("a b c"), ReplyMeaning::kUnclear);
}

TEST(ReplyTest, WhatMayBeAStopIsForAPersonToRead) {
  for (const char* words : {"sotp", "stp", "unsubcribe", "cancle", "not interested", "who is this?",
                            "you have the wrong person", "nicht mehr schreiben", "не пишите мне"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kUnclear) << words;
  }
  for (const char* words : {"ok \xF0\x9F\x91\x8D", "step by step", "Gracias, señora", "yes"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOther) << words;
  }
}

TEST(ReplyTest, ARevocationNeedsNoWordOfTheRegulation) {
  for (const char* words :
       {"opt me out", "I am opting out of this", "I withdraw my consent", "revoke my permission",
        "I take back my permission", "Please discontinue these texts", "Cease and desist",
        "lose my number", "Delete my number", "please take my name off", "I want out",
        "I do not consent", "STOP \xF0\x9F\x9B\x91"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
}

TEST(ReplyTest, WhatIsNotSurelyHarmlessIsForAPersonToRead) {
  for (const char* words : {"go away",
                            "enough already",
                            "Knock it off",
                            "stopit",
                            "unsuscribe me",
                            "let me be",
                            "done with you",
                            "Halt",
                            "Pat died last month",
                            "She passed away",
                            "this is her daughter",
                            "Désabonnez-moi",
                            "Bórrenme de la lista",
                            "Bitte löschen Sie meine Nummer",
                            "n",
                            "\xF0\x9F\x9B\x91",
                            "Thanks \xF0\x9F\x98\xA1",
                            "Is this a scam?",
                            "How do I get off this list?",
                            "¿Pueden borrarme?"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kUnclear) << words;
  }
}

TEST(ReplyTest, AnOrdinaryAnswerStopsNothing) {
  for (const char* words :
       {"Yes please", "thanks!", "Ok, will do", "tomorrow at 4pm", "10:30", "1", "C", "Sí",
        "¡Gracias!", "\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", "I picked it up already", "done",
        "What time do you open?", "Does it interact with ibuprofen?", "Why did nobody call me?",
        "I took my medicine this morning", "My daughter will pick it up on Friday, after work"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOther) << words;
  }
}

TEST(ReplyTest, ANegationOfSomethingElseRevokesNothing) {
  for (const char* words :
       {"I can't call right now", "No problem, thanks for the message", "I didnt call",
        "no, call me tomorrow please", "I did not get your message", "you never call me",
        "Did you not call my doctor?", "Please do not call me before 9"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kUnclear) << words;
  }
  for (const char* words : {"I dont want to stop", "don't take me off"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kKeeps) << words;
  }
}

TEST(ReplyTest, CapitalsAndAccentsChangeNothing) {
  for (const char* words :
       {"please stop e-mailing me", "ARRÊTEZ", "arretez", "DÉSINSCRIRE", "AUFHÖREN", "REZYGNUJĘ",
        "rezygnuję", "DỪNG", "NGỪNG", "ngung", "ОТПИСАТЬСЯ", "Отписаться", "NO MÁS", "बंद",
        "停止して", "DON’T TEXT ME"}) {
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
  EXPECT_TRUE(KeepsInformational("SÓLO RECORDATORIOS"));
}

TEST(ReplyTest, OnlyTheWordsOfTheRegulationAreStopWords) {
  EXPECT_TRUE(IsStopWord("Stop!"));
  EXPECT_TRUE(IsStopWord("opt out"));
  EXPECT_FALSE(IsStopWord("Please quit texting me"));
  for (const char* words : {"", "opt", "opt in", "get out", "opt out now", "alto", "hello"}) {
    EXPECT_FALSE(IsStopWord(words)) << words;
  }
}

TEST(ReplyTest, AStopReachesAsFarAsItsWords) {
  for (const char* words : {"Stop everything", "no more, stop all contact please"}) {
    EXPECT_TRUE(ReachOfStop(words).every_channel) << words;
  }
  EXPECT_TRUE(ReachOfStop("Stop all programs").every_programme);
  EXPECT_TRUE(ReachOfStop("Please stop only this program").this_programme);
  for (const char* words :
       {"Stop only the marketing", "just stop the ads", "Thanks! Only stop offers"}) {
    EXPECT_TRUE(ReachOfStop(words).marketing) << words;
    EXPECT_EQ(ReadReply(words), ReplyMeaning::kOptOut) << words;
  }
  for (const char* words : {"STOP", "Stop the marketing", "STOP. I only got marketing",
                            "Stop all messages", "Stop this program"}) {
    const StopReach reach = ReachOfStop(words);
    EXPECT_FALSE(reach.every_channel || reach.every_programme || reach.this_programme ||
                 reach.marketing)
        << words;
  }
  EXPECT_EQ(ReadReply("Stop the marketing"), ReplyMeaning::kUnclear);
}

TEST(ReplyTest, TheAnswerToAConfirmationMayKeepWhatIsNoMarketing) {
  for (const char* words :
       {"keep refills", "Reminders", "yes, send reminders", "stop only marketing", "just the ads",
        "refills please", "continue my refills", "only appointments", "mantener recordatorios"}) {
    EXPECT_TRUE(KeepsInformational(words)) << words;
  }
  for (const char* words :
       {"", "STOP", "no reminders", "No reminders either", "stop refills", "who is this",
        "my reminder came late", "keep it", "only", "I like offers"}) {
    EXPECT_FALSE(KeepsInformational(words)) << words;
  }
}

TEST(ReplyTest, LettersInCirclesAndSquaresAreLetters) {
  EXPECT_EQ(ReadReply("\u24C8\u24C9\u24C4\u24C5"), ReplyMeaning::kOptOut);
  EXPECT_EQ(ReadReply("\u24E2\u24E3\u24DE\u24DF"), ReplyMeaning::kOptOut);
  EXPECT_EQ(ReadReply("\U0001F142\U0001F143\U0001F13E\U0001F13F"), ReplyMeaning::kOptOut);
}

TEST(ReplyTest, WhatNobodyCanReadIsUnclear) {
  EXPECT_EQ(ReadReply(kUnreadable), ReplyMeaning::kUnclear);
}

}  // namespace
}  // namespace consent
