#include <gtest/gtest.h>

#include "adapters/email/mime.h"
#include "contract_test.h"

namespace adapters::testing {
namespace {

struct EmailUnderTest {
  static std::unique_ptr<ReceiverProcess> Start(Behaviour behaviour, Identity identity) {
    static constexpr const char* kModes[] = {"accept", "refuse", "hang", "drop-after-data"};
    return std::make_unique<ReceiverProcess>(
        "smtp_receiver.py", std::vector<std::string>{"--mode", kModes[static_cast<int>(behaviour)]},
        identity);
  }

  static std::unique_ptr<Adapter> Make(int port, TlsTrust trust) {
    return MakeEmailAdapter({"smtp-main", "localhost", port, "", "", std::move(trust)});
  }

  static Content GoodContent() {
    Content content;
    content.channel = fhir::Channel::kEmail;
    content.to = "pat.o'neil@example.org";
    content.from = "care@aurora.example";
    content.from_name = "Aurora Patient Support";
    content.subject = "Your refill is due";
    content.text = "Hello Pat,\n.leading dot, trailing blank \nünïcödé = fine\nBye\n";
    content.unsubscribe_url = "https://gateway.example/u/abc";
    return content;
  }

  static std::vector<Content> Injections() {
    std::vector<Content> bad;
    for (const char* to :
         {"pat@example.org>\r\nRCPT TO:<eve@example.org", "a@example.org\nX: y",
          "pat@example.org,eve@example.org", "pat@example.org ", "<pat@example.org>",
          "pat@localhost", "\"pat eve\"@example.org", "pat@exa mple.org"}) {
      bad.push_back(GoodContent());
      bad.back().to = to;
    }
    bad.push_back(GoodContent());
    bad.back().to = std::string("pat@example.org\0@eve.example", 28);
    bad.push_back(GoodContent());
    bad.back().subject = "Refill\r\nBcc: eve@example.org";
    bad.push_back(GoodContent());
    bad.back().from_name = "Aurora\nBcc: eve@example.org";
    bad.push_back(GoodContent());
    bad.back().unsubscribe_url = "https://gateway.example/u/abc>\r\nBcc: <eve@example.org";
    bad.push_back(GoodContent());
    bad.back().unsubscribe_url = "mailto:eve@example.org";
    bad.push_back(GoodContent());
    bad.back().text = std::string("Hello\0Pat", 9);
    return bad;
  }

  static std::string TextOf(const fhir::json::Value& entry) {
    std::string text;  // arrives with CRLF
    for (const char c : entry["body"].text()) {
      if (c != '\r') text += c;
    }
    return text;
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Email, AdapterContractTest, EmailUnderTest);

std::string HeaderOf(const fhir::json::Value& entry, std::string_view name) {
  for (const auto& header : entry["headers"].items()) {
    if (header.at(0).text() == name) return header.at(1).text();
  }
  return "(none)";
}

fhir::Result<Receipt> Send(const ReceiverProcess& receiver, const Content& content) {
  const auto adapter = EmailUnderTest::Make(receiver.port(), Certificates::Get().Trust());
  return adapter->Deliver(PermitForTest::MakeMessage("key-1", content), kPatience);
}

TEST(EmailTest, ArrivesOverTlsWithEnvelopeAndHeaders) {
  const auto receiver = EmailUnderTest::Start(Behaviour::kAccept, Identity::kTrusted);
  Content content = EmailUnderTest::GoodContent();
  content.subject =
      "Ihre Nachfüllung ist fällig, und dieser Betreff ist länger als eine Zeile sein darf";
  content.from_name = "Aurora \"Care\"";
  const auto receipt = Send(*receiver, content);
  ASSERT_TRUE(receipt.ok()) << receipt.error().message;
  const auto log = receiver->Log();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(receipt->provider_id, log[0]["queue_id"].text());
  EXPECT_TRUE(log[0]["tls"].boolean());
  EXPECT_EQ(log[0]["helo"].text(), "aurora.example");
  EXPECT_EQ(log[0]["mail_from"].text(), content.from);
  ASSERT_EQ(log[0]["rcpt_tos"].size(), 1u);
  EXPECT_EQ(log[0]["rcpt_tos"].at(0).text(), content.to);
  EXPECT_EQ(HeaderOf(log[0], "Subject"), content.subject);
  EXPECT_EQ(HeaderOf(log[0], "From"), "\"Aurora \\\"Care\\\"\" <care@aurora.example>");
  EXPECT_EQ(HeaderOf(log[0], "List-Unsubscribe"), "<https://gateway.example/u/abc>");
  EXPECT_EQ(HeaderOf(log[0], "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
  EXPECT_EQ(HeaderOf(log[0], "Auto-Submitted"), "auto-generated");
}

TEST(EmailTest, CareMessageWithoutUnsubscribeUrlHasNoListHeaders) {
  Content content = EmailUnderTest::GoodContent();
  content.unsubscribe_url.clear();
  const auto mail = BuildMimeMessage(content, "key-1", SystemNow());
  ASSERT_TRUE(mail.ok());
  EXPECT_EQ(mail->find("List-Unsubscribe"), std::string::npos);
}

TEST(EmailTest, MessageIdIsTheSameForTheSameKeyAndShowsNothingOfIt) {
  const Content content = EmailUnderTest::GoodContent();
  const auto id = [&](const char* key) {
    const std::string mail = BuildMimeMessage(content, key, SystemNow()).value();
    const size_t start = mail.find("Message-ID: ");
    return mail.substr(start, mail.find("\r\n", start) - start);
  };
  EXPECT_EQ(id("key-1"), id("key-1"));
  EXPECT_NE(id("key-1"), id("key-2"));
  EXPECT_EQ(id("key-1").find("key-1"), std::string::npos);
}

TEST(EmailTest, DateIsTheGivenOne) {
  const auto date = fhir::ParseInstant("2026-11-22T02:26:24Z");
  const auto mail = BuildMimeMessage(EmailUnderTest::GoodContent(), "key-1", date.value());
  EXPECT_EQ(mail.value().substr(0, 39), "Date: Sun, 22 Nov 2026 02:26:24 +0000\r\n");
}

TEST(EmailTest, LinesStayWithinTheLimit) {
  Content content = EmailUnderTest::GoodContent();
  content.text = std::string(5000, 'x') + std::string(300, '=') + "\n\n" + std::string(80, ' ');
  for (int i = 0; i < 150; ++i) content.subject += "ü€";
  const std::string mail = BuildMimeMessage(content, "key-1", SystemNow()).value();
  size_t start = 0;
  for (size_t end; (end = mail.find("\r\n", start)) != std::string::npos; start = end + 2) {
    EXPECT_LE(end - start, 78u);
    EXPECT_EQ(mail.substr(start, end - start).find('\n'), std::string::npos);
  }
  EXPECT_EQ(start, mail.size());
}

TEST(EmailTest, ServerWithoutStartTlsIsUnavailable) {
  const ReceiverProcess receiver("smtp_receiver.py", {"--mode", "no-starttls"});
  const auto result = Send(receiver, EmailUnderTest::GoodContent());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kUnavailable);
  EXPECT_TRUE(receiver.Log().empty());
}

TEST(EmailTest, DoesNotWaitForTheAnswerToQuit) {
  const ReceiverProcess receiver("smtp_receiver.py", {"--mode", "mute-at-quit"});
  const auto start = std::chrono::steady_clock::now();
  const auto receipt = Send(receiver, EmailUnderTest::GoodContent());
  EXPECT_TRUE(receipt.ok()) << receipt.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - start, kPatience / 2);
}

TEST(EmailTest, TemporaryRefusalIsThrottled) {
  const ReceiverProcess receiver("smtp_receiver.py", {"--mode", "busy"});
  const auto result = Send(receiver, EmailUnderTest::GoodContent());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kThrottled);
}

TEST(EmailTest, LogsInWhereAUserIsConfigured) {
  const TempDir dir;
  const std::string right = dir.Write("right", "s3cret-password\n");
  const std::string wrong = dir.Write("wrong", "another-password\n");
  const ReceiverProcess receiver("smtp_receiver.py", {"--user", "gw", "--password-file", right});
  const auto send = [&](const std::string& password_file) {
    const auto adapter = MakeEmailAdapter({"smtp-main", "localhost", receiver.port(), "gw",
                                           password_file, Certificates::Get().Trust()});
    return adapter->Deliver(PermitForTest::MakeMessage("key-1", EmailUnderTest::GoodContent()),
                            kPatience);
  };
  const auto good = send(right);
  EXPECT_TRUE(good.ok()) << good.error().message;
  const auto bad = send(wrong);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, fhir::ErrorCode::kUnavailable);
  EXPECT_EQ(receiver.Log().size(), 1u);
}

}  // namespace
}  // namespace adapters::testing
