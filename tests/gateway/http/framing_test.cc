#include "gateway/http/framing.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "gateway/http/request_parser.h"

namespace gateway::http {
namespace {

using std::string_literals::operator""s;

// What a connection does with a head: 0 = more bytes are needed, 200 = accepted, else the refusal.
int Verdict(const std::string& raw) {
  HeadScanner scanner;
  switch (scanner.Scan(raw)) {
    case HeadScanner::State::kMore:
      return 0;
    case HeadScanner::State::kBad:
      return 400;
    case HeadScanner::State::kEnd:
      break;
  }
  const auto checked = CheckHead(std::string_view(raw).substr(0, scanner.size()), 100);
  if (const auto* refusal = std::get_if<Refusal>(&checked)) return refusal->status;
  return 200;
}

struct Case {
  const char* note;
  std::string raw;
  int want;
};

std::string Get(const std::string& fields) {
  return "GET /fhir/p/Patient HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string Post(const std::string& fields) {
  return "POST /fhir/p/Patient HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string Line(const std::string& line) { return line + "\r\nHost: a\r\n\r\n"; }
std::string ManyFields(int count) {
  std::string fields;
  for (int i = 0; i < count; ++i) fields += "X-" + std::to_string(i) + ": v\r\n";
  return fields;
}

std::vector<Case> Cases() {
  return {
      {"a plain GET", Get(""), 200},
      {"an absent end", "GET / HTTP/1.1\r\nHost: a\r\n", 0},
      {"nothing yet", "", 0},
      {"every allowed method: HEAD", Line("HEAD / HTTP/1.1"), 200},
      {"every allowed method: PUT", Line("PUT /a HTTP/1.1"), 200},
      {"every allowed method: PATCH", Line("PATCH /a HTTP/1.1"), 200},
      {"every allowed method: DELETE", Line("DELETE /a HTTP/1.1"), 200},
      {"every allowed method: OPTIONS", Line("OPTIONS /a HTTP/1.1"), 200},
      {"OPTIONS of the whole server", Line("OPTIONS * HTTP/1.1"), 200},
      {"an asterisk with another method", Line("GET * HTTP/1.1"), 400},
      {"TRACE", Line("TRACE / HTTP/1.1"), 405},
      {"CONNECT", Line("CONNECT a:443 HTTP/1.1"), 405},
      {"an unknown method", Line("BREW / HTTP/1.1"), 405},
      {"a method in lower case", Line("get / HTTP/1.1"), 405},
      {"a method that is no token", Line("G@T / HTTP/1.1"), 400},
      {"absolute form", Line("GET https://a/ HTTP/1.1"), 400},
      {"authority form", Line("GET a:443 HTTP/1.1"), 400},
      {"a target with a fragment", Line("GET /a#b HTTP/1.1"), 400},
      {"a target with a space", Line("GET /a b HTTP/1.1"), 400},
      {"a target with raw UTF-8", Line("GET /\xc3\xa4 HTTP/1.1"), 400},
      {"a target with a tab", Line("GET /\t HTTP/1.1"), 400},
      {"a target with a bar, as FHIR tokens have", Line("GET /P?identifier=s|v HTTP/1.1"), 200},
      {"an empty target", Line("GET  HTTP/1.1"), 400},
      {"two spaces", Line("GET  / HTTP/1.1"), 400},
      {"a tab for a space", Line("GET\t/ HTTP/1.1"), 400},
      {"space at the end of the request line", Line("GET / HTTP/1.1 "), 400},
      {"no version", Line("GET /"), 400},
      {"HTTP/0.9", Line("GET / HTTP/0.9"), 505},
      {"HTTP/1.2", Line("GET / HTTP/1.2"), 505},
      {"HTTP/2.0", Line("GET / HTTP/2.0"), 505},
      {"a version in lower case", Line("GET / http/1.1"), 400},
      {"a version with two digits", Line("GET / HTTP/1.10"), 400},
      {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"a TLS hello", "\x16\x03\x01\x02\x00\x01"s, 400},
      {"an empty line first", "\r\n" + Get(""), 400},
      {"a space first", " " + Get(""), 400},
      {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200},
      {"HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", Get("Host: a\r\n"), 400},
      {"two Hosts in different case", Get("hOsT: b\r\n"), 400},
      {"two Hosts on HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"an empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n", 400},
      {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a list of Hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"a Host with user info", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"an IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n", 200},
      {"Content-Length", Post("Content-Length: 5\r\n"), 200},
      {"Content-Length in lower case without space", Post("content-length:5\r\n"), 200},
      {"Content-Length twice, equal", Post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {"Content-Length twice, different", Post("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {"a list of Content-Length", Post("Content-Length: 5, 5\r\n"), 400},
      {"a negative Content-Length", Post("Content-Length: -5\r\n"), 400},
      {"a signed Content-Length", Post("Content-Length: +5\r\n"), 400},
      {"a hexadecimal Content-Length", Post("Content-Length: 0x5\r\n"), 400},
      {"an empty Content-Length", Post("Content-Length:\r\n"), 400},
      {"a Content-Length with a space inside", Post("Content-Length: 5 5\r\n"), 400},
      {"a Content-Length past 64 bits", Post("Content-Length: 99999999999999999999\r\n"), 413},
      {"chunked", Post("Transfer-Encoding: chunked\r\n"), 200},
      {"chunked in capitals", Post("Transfer-Encoding: CHUNKED\r\n"), 200},
      {"chunked on HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"gzip on HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
      {"gzip", Post("Transfer-Encoding: gzip\r\n"), 501},
      {"xchunked", Post("Transfer-Encoding: xchunked\r\n"), 501},
      {"identity", Post("Transfer-Encoding: identity\r\n"), 501},
      {"gzip, chunked", Post("Transfer-Encoding: gzip, chunked\r\n"), 400},
      {"chunked, gzip", Post("Transfer-Encoding: chunked, gzip\r\n"), 400},
      {"chunked, chunked", Post("Transfer-Encoding: chunked, chunked\r\n"), 400},
      {"chunked with a parameter", Post("Transfer-Encoding: chunked;q=1\r\n"), 400},
      {"chunked in quotes", Post("Transfer-Encoding: \"chunked\"\r\n"), 400},
      {"an empty Transfer-Encoding", Post("Transfer-Encoding:\r\n"), 400},
      {"chunked behind a vertical tab", Post("Transfer-Encoding: \vchunked\r\n"), 400},
      {"two Transfer-Encodings",
       Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"Transfer-Encoding then Content-Length",
       Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
      {"Content-Length then Transfer-Encoding",
       Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"space before the colon", Post("Transfer-Encoding : chunked\r\n"), 400},
      {"tab before the colon", Post("Content-Length\t: 5\r\n"), 400},
      {"a field that begins with a space", Get(" X: y\r\n"), 400},
      {"obs-fold by space", Get("X: a\r\n b\r\n"), 400},
      {"obs-fold by tab", Get("X: a\r\n\tb\r\n"), 400},
      {"a field without a name", Get(": v\r\n"), 400},
      {"a field without a colon", Get("nonsense\r\n"), 400},
      {"a field name that is no token", Get("X(Y): v\r\n"), 400},
      {"an empty field value", Get("X:\r\n"), 200},
      {"a NUL in a value", Get("X: a\0b\r\n"s), 400},
      {"a NUL in a name", Get("X\0: b\r\n"s), 400},
      {"an escape in a value", Get("X: a\x1b\r\n"), 400},
      {"a DEL in a value", Get("X: a\x7f\r\n"), 400},
      {"a tab in a value", Get("X: a\tb\r\n"), 200},
      {"obs-text in a value", Get("X: \xc3\xa4\r\n"), 200},
      {"a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"a bare LF after a field", Get("X: a\nY: b\r\n"), 400},
      {"bare LFs only", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"a bare LF as the last line", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"a bare CR in a value", Get("X: a\rY: b\r\n"), 400},
      {"CR CR LF", Get("X: a\r\r\n"), 400},
      {"a bare CR in the request line", Line("GET /\r HTTP/1.1"), 400},
      {"one hundred fields", Get(ManyFields(99)), 200},
      {"one hundred and one fields", Get(ManyFields(100)), 431},
      {"Expect", Post("Content-Length: 5\r\nExpect: 100-continue\r\n"), 200},
      {"another expectation", Post("Content-Length: 5\r\nExpect: 200-ok\r\n"), 417},
      {"an expectation on HTTP/1.0", "POST / HTTP/1.0\r\nExpect: magic\r\n\r\n", 200},
  };
}

TEST(FramingTest, EachHeadGetsItsVerdict) {
  for (const Case& c : Cases()) EXPECT_EQ(Verdict(c.raw), c.want) << c.note;
}

TEST(FramingTest, NoRefusalRepeatsWhatWasSent) {
  for (const Case& c : Cases()) {
    const auto checked = CheckHead(c.raw, 100);
    const auto* refusal = std::get_if<Refusal>(&checked);
    if (refusal != nullptr) {
      EXPECT_EQ(std::string(refusal->message).find("fhir/p"), std::string::npos) << c.note;
    }
  }
}

TEST(FramingTest, WhatPassesIsReadByBeastToo) {
  for (const Case& c : Cases()) {
    if (c.want != 200) continue;
    const auto checked = CheckHead(c.raw, 100);
    Request request;
    ASSERT_TRUE(ParseHead(c.raw, std::get<Head>(checked).fields, request)) << c.note;
    EXPECT_EQ(request.fields.size(), std::get<Head>(checked).fields) << c.note;
  }
}

TEST(FramingTest, TheVerdictDoesNotDependOnHowTheBytesArrive) {
  for (const Case& c : Cases()) {
    HeadScanner whole;
    const auto want = whole.Scan(c.raw);
    HeadScanner pieces;
    auto got = HeadScanner::State::kMore;
    for (size_t n = 1; n <= c.raw.size() && got == HeadScanner::State::kMore; ++n) {
      got = pieces.Scan(std::string_view(c.raw).substr(0, n));
    }
    EXPECT_EQ(got, want) << c.note;
    if (want == HeadScanner::State::kEnd) {
      EXPECT_EQ(pieces.size(), whole.size()) << c.note;
    }
  }
}

TEST(FramingTest, KeepAliveFollowsVersionAndConnection) {
  const auto keeps = [](const std::string& raw) {
    return std::get<Head>(CheckHead(raw, 100)).keep_alive;
  };
  EXPECT_TRUE(keeps(Get("")));
  EXPECT_FALSE(keeps(Get("Connection: close\r\n")));
  EXPECT_FALSE(keeps(Get("Connection: x, Close\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(FramingTest, MutatedHeadsNeverBreakTheReaders) {
  std::mt19937 random(20261122);
  const std::vector<Case> cases = Cases();
  for (int i = 0; i < 20'000; ++i) {
    std::string raw = cases[random() % cases.size()].raw;
    if (raw.empty()) continue;
    for (int n = 0; n < 3; ++n) raw[random() % raw.size()] = static_cast<char>(random());
    HeadScanner scanner;
    if (scanner.Scan(raw) != HeadScanner::State::kEnd) continue;
    const std::string_view head = std::string_view(raw).substr(0, scanner.size());
    const auto checked = CheckHead(head, 100);
    Request request;
    if (std::holds_alternative<Head>(checked)) ParseHead(head, 1, request);
  }
}

struct ChunkedCase {
  const char* note;
  std::string raw;
  ChunkedReader::State want;
  std::string body;
  std::string rest;
};

std::vector<ChunkedCase> ChunkedCases() {
  using enum ChunkedReader::State;
  return {
      {"one chunk", "5\r\nhello\r\n0\r\n\r\n", kDone, "hello", ""},
      {"bytes of the next request stay", "1\r\na\r\n0\r\n\r\nGET /", kDone, "a", "GET /"},
      {"two chunks, hexadecimal", "A\r\n0123456789\r\n1\r\nx\r\n000\r\n\r\n", kDone, "0123456789x",
       ""},
      {"no chunk", "0\r\n\r\n", kDone, "", ""},
      {"an extension", "1;a=b;c=\"d\"\r\nx\r\n0;e\r\n\r\n", kDone, "x", ""},
      {"an extension with a bare LF", "1;a\nx\r\n", kBad, "", ""},
      {"an extension without end", "1;" + std::string(300, 'a'), kBad, "", ""},
      {"a trailer", "0\r\nX: y\r\n\r\n", kBad, "", ""},
      {"no size", "\r\nhello", kBad, "", ""},
      {"a size that is no number", "g\r\n", kBad, "", ""},
      {"a prefixed size", "0x5\r\nhello\r\n", kBad, "", ""},
      {"a negative size", "-1\r\n", kBad, "", ""},
      {"a space before the extension", "1 ;a\r\nx\r\n", kBad, "", ""},
      {"a bare LF after the size", "5\nhello", kBad, "", ""},
      {"a chunk longer than its size", "4\r\nhello\r\n", kBad, "hell", ""},
      {"a chunk that ends in a bare LF", "5\r\nhello\n0\r\n\r\n", kBad, "hello", ""},
      {"a last chunk that ends in a bare LF", "0\r\n\n", kBad, "", ""},
      {"a size past 64 bits", "11111111111111111\r\n", kTooLarge, "", ""},
      {"a chunk over the limit", "65\r\n", kTooLarge, "", ""},
      {"the largest size", "ffffffffffffffff\r\n", kTooLarge, "", ""},
      {"a chunk at the limit", "64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n", kDone,
       std::string(100, 'x'), ""},
      {"chunks that add up past the limit", "63\r\n" + std::string(99, 'x') + "\r\n2\r\n",
       kTooLarge, std::string(99, 'x'), ""},
      {"an unfinished last chunk", "0\r\n", kMore, "", ""},
      {"an unfinished chunk", "5\r\nhel", kMore, "hel", ""},
  };
}

TEST(FramingTest, EachChunkedBodyGetsItsVerdict) {
  for (const ChunkedCase& c : ChunkedCases()) {
    ChunkedReader reader(100);
    std::string body;
    size_t used = 0;
    EXPECT_EQ(reader.Read(c.raw, body, used), c.want) << c.note;
    EXPECT_EQ(body, c.body) << c.note;
    if (c.want == ChunkedReader::State::kDone) {
      EXPECT_EQ(c.raw.substr(used), c.rest) << c.note;
    }
  }
}

TEST(FramingTest, AChunkedBodyMayArriveByteByByte) {
  for (const ChunkedCase& c : ChunkedCases()) {
    ChunkedReader reader(100);
    std::string body;
    auto state = ChunkedReader::State::kMore;
    for (size_t i = 0; i < c.raw.size() && state == ChunkedReader::State::kMore; ++i) {
      size_t used = 0;
      state = reader.Read(std::string_view(c.raw).substr(i, 1), body, used);
    }
    EXPECT_EQ(state, c.want) << c.note;
    EXPECT_EQ(body, c.body) << c.note;
  }
}

}  // namespace
}  // namespace gateway::http
