#include "consent/lexicon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

namespace consent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LexiconTest, WordsAreFoldedAndPunctuationParts) {
  EXPECT_THAT(WordsOf("25% DE DESCUENTO, en Crème!"),
              ElementsAre("25", "%", "de", "descuento", "en", "creme"));
  EXPECT_THAT(WordsOf("co-pay “card”…¡ya!"), ElementsAre("co", "pay", "card", "ya"));
  EXPECT_THAT(WordsOf(" \n "), IsEmpty());
}

TEST(LexiconTest, MarksThatNobodySeesAreLeftOut) {
  EXPECT_THAT(WordsOf("cou\u00ADpon of\u200Bfer\uFEFF"), ElementsAre("coupon", "offer"));
  EXPECT_THAT(WordsOf("cou\u200Fpon of\u2060f\u2064er"), ElementsAre("coupon", "offer"));
}

TEST(LexiconTest, LettersInMathematicalDressAreLetters) {
  EXPECT_THAT(WordsOf("\U0001D400\U0001D41B\U0001D7CE\U0001D7D7"), ElementsAre("ab09"));
}

TEST(LexiconTest, SignsOfEveryKindPartWords) {
  EXPECT_THAT(WordsOf("a\u00BFb\u2010c\u20ACd\u2122e\u25CFf\u3001g"),
              ElementsAre("a", "b", "c", "d", "e", "f", "g"));
  EXPECT_THAT(WordsOf("\u0905\u2C60\u3042"), testing::SizeIs(1));  // letters of three scripts
}

TEST(LexiconTest, OtherScriptsStayWords) {
  EXPECT_THAT(WordsOf("Ваш рецепт お薬。"), ElementsAre("ваш", "рецепт", "お薬"));
}

TEST(LexiconTest, BytesThatAreNoTextDoNoHarm) {
  EXPECT_NO_FATAL_FAILURE(WordsOf("\xF0\x9D"));
  EXPECT_NO_FATAL_FAILURE(WordsOf("a\xE2\x80"));
}

TEST(LexiconTest, WholePhrasesOnly) {
  Lexicon lexicon;
  lexicon.Add("savings card", 1);
  lexicon.Add("savings", 2);
  lexicon.Add("% off", 3);
  lexicon.Add("?!", 4);
  EXPECT_TRUE(lexicon.In(WordsOf("a Savings-Card")));
  EXPECT_THAT(lexicon.TagsIn(WordsOf("20% off with a savings card, savings")),
              ElementsAre(1, 2, 3));
  EXPECT_FALSE(lexicon.In(WordsOf("card saving officer %")));
  EXPECT_FALSE(lexicon.In({}));
  EXPECT_FALSE(lexicon.empty());
  EXPECT_TRUE(Lexicon().empty());
}

TEST(LexiconTest, NoPhraseCrossesAWordThatWasTakenOut) {
  Lexicon lexicon;
  lexicon.Add("save now");
  EXPECT_TRUE(lexicon.In(WordsOf("save now")));
  EXPECT_FALSE(lexicon.In(Without(WordsOf("save Harbor Pharmacy now"), "harbor pharmacy")));
  EXPECT_THAT(Without(WordsOf("a a a"), "a a"), ElementsAre("", "a"));
  EXPECT_THAT(Without(WordsOf("a"), "..."), ElementsAre("a"));
}

TEST(LexiconTest, TimeGrowsWithTheText) {
  Lexicon lexicon;
  lexicon.Add("a a a a a a a a a a a b");
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "a ";
  const std::clock_t begun = std::clock();  // of the processor: the machine may be busy
  EXPECT_FALSE(lexicon.In(WordsOf(text)));
  EXPECT_LT(std::clock() - begun, 5 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace consent
