#include "gateway/http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http/answer.h"
#include "gateway/http/listen_address.h"
#include "gateway/http/media_type.h"

namespace gateway::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(MessageTest, FieldNamesCompareWithoutCase) {
  Request request;
  request.fields = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(request.field("CONTENT-TYPE"), "a");
  EXPECT_EQ(request.field("Content"), "");
}

TEST(MessageTest, ParseFormKeepsOrderAndDecodes) {
  EXPECT_THAT(ParseForm("a=1&b=x+y%20z&a=%c3%a4&flag&&=v"),
              ElementsAre(Pair("a", "1"), Pair("b", "x y z"), Pair("a", "\xc3\xa4"),
                          Pair("flag", ""), Pair("", "v")));
  EXPECT_TRUE(ParseForm("").empty());
}

TEST(MessageTest, BadEscapesStayAsTheyAre) {
  EXPECT_EQ(PercentDecode("%zz%4%"), "%zz%4%");
  EXPECT_EQ(PercentDecode("a+b%41%7c"), "a+bA|");
  EXPECT_EQ(ParseForm("a=%4")[0].second, "%4");
}

TEST(MessageTest, PercentEncodeComesBack) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(PercentDecode(PercentEncode(all)), all);
  EXPECT_EQ(PercentEncode("Az09-._~"), "Az09-._~");
  EXPECT_EQ(PercentEncode("a b/|"), "a%20b%2F%7C");
}

TEST(MessageTest, APathIsTheSameWithAndWithoutNeedlessEscapes) {
  EXPECT_EQ(PlainPath("/%50atient/%31/%24meta"), "/Patient/1/$meta");
  EXPECT_EQ(PlainPath("/Patient%2F1%00%zz%"), "/Patient%2F1%00%zz%");
}

TEST(MediaTypeTest, NamesAndParametersCompareWithoutCase) {
  const MediaType type =
      ParseMediaType("Application/FHIR+json ; charset=\"UTF-8\";fhirVersion=4.0");
  EXPECT_EQ(type.name, "application/fhir+json");
  EXPECT_EQ(type.Parameter("charset"), "utf-8");
  EXPECT_EQ(type.Parameter("fhirversion"), "4.0");
  EXPECT_EQ(type.Parameter("q"), "");
}

TEST(MediaTypeTest, WhatHasNoWeightIsNotAccepted) {
  const auto types = ParseAccept("text/html;q=0, a/b;q=0.0,*/*;q=0.1, ,c/d");
  ASSERT_EQ(types.size(), 2U);
  EXPECT_EQ(types[0].name, "*/*");
  EXPECT_EQ(types[1].name, "c/d");
}

TEST(AnswerTest, TheEdgesOwnFieldsCannotBeSetByAHandler) {
  Response response;
  response.body = "12345";
  response.Set("content-length", "99").Set("X-Request-Id", "mine").Set("Transfer-Encoding", "x");
  response.Set("Cache-Control", "private").Set("ETag", "W/\"1\"");
  std::string head;
  WriteHead(response, {"id-1", true, true, true}, head);
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nX-Request-Id: id-1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nETag: W/\"1\"\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nStrict-Transport-Security: max-age="));
  EXPECT_THAT(head, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("no-store")));
  EXPECT_THAT(head, Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(head, Not(HasSubstr("mine")));
}

TEST(AnswerTest, SplittingFieldsAreNotWritable) {
  EXPECT_FALSE(Writable(Response().Set("Location", "/a\r\nSet-Cookie: x")));
  EXPECT_FALSE(Writable(Response().Set("A B", "x")));
  EXPECT_FALSE(Writable(Response().Set("", "x")));
  EXPECT_FALSE(Writable(Response{.status = 101, .fields = {}, .body = {}}));
  EXPECT_TRUE(Writable(Response().Set("Location", "/a")));
}

TEST(AnswerTest, ADeletedResourceHasNoBody) {
  std::string head;
  WriteHead(Response{.status = 204, .fields = {}, .body = {}}, {"i", true, true, false}, head);
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(head, Not(HasSubstr("Strict-Transport")));
}

TEST(ListenAddressTest, ReadsAddressesAndPorts) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:8443")->port, 8443);
  EXPECT_EQ(ParseListenAddress("[::]:0")->host, "::");
  for (const char* bad : {"", "8443", "127.0.0.1:", ":8443", "localhost:1", "::1:8443",
                          "[1.2.3.4]:1", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:1x", "[]:1"}) {
    EXPECT_FALSE(ParseListenAddress(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace gateway::http
