#include "adapters/strict_text.h"

#include <gtest/gtest.h>

namespace adapters {
namespace {

TEST(StrictTextTest, EmailAddresses) {
  for (const char* good :
       {"a@b.co", "pat.o'neil+refill@mail.example.org", "x_y@sub-domain.example"}) {
    EXPECT_TRUE(IsEmailAddress(good)) << good;
  }
  for (const char* bad :
       {"", "@", "a@", "@b.co", "a@b", ".a@b.co", "a.@b.co", "a..b@b.co", "a@-b.co", "a@b-.co",
        "a@b..co", "a@b.co.", "a b@b.co", "a@[127.0.0.1]", "ä@b.co", "a@b@c.co", "a@b.co\r"}) {
    EXPECT_FALSE(IsEmailAddress(bad)) << bad;
  }
  EXPECT_FALSE(IsEmailAddress(std::string(65, 'a') + "@b.co"));
}

TEST(StrictTextTest, Numbers) {
  EXPECT_TRUE(IsE164("+12065550100"));
  for (const char* bad :
       {"12065550100", "+0123456789", "+123", "+1234567890123456", "+1206 5550100"}) {
    EXPECT_FALSE(IsE164(bad)) << bad;
  }
  EXPECT_TRUE(IsSmsSender("72975"));
  EXPECT_TRUE(IsSmsSender("Aurora Care"));
  EXPECT_FALSE(IsSmsSender("12"));
  EXPECT_FALSE(IsSmsSender(""));
}

TEST(StrictTextTest, Urls) {
  EXPECT_TRUE(IsHttpsUrl("https://gateway.example:8443/u/abc?x=1"));
  for (const char* bad :
       {"http://a.example/", "https://", "https://u:p@a.example/", "https://:443/",
        "https://a.example/a b", "https://a.example/#f", "https://a.example/\n"}) {
    EXPECT_FALSE(IsHttpsUrl(bad)) << bad;
  }
}

TEST(StrictTextTest, TextIsCleanUtf8) {
  EXPECT_TRUE(IsCleanText("Zürich \xF0\x9F\x91\x8D\n", TextUse::kBody));
  EXPECT_FALSE(IsCleanText("line\nend", TextUse::kHeader));
  for (const char* bad : {"\x01", "\x7F", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xE2\x82", "\x80", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsCleanText(bad, TextUse::kBody));
  }
  EXPECT_EQ(CountCharacters("aü€👍"), 4u);
}

}  // namespace
}  // namespace adapters
