#include <gtest/gtest.h>

#include "contract_test.h"

namespace adapters::testing {
namespace {

constexpr char kKey[] = "a signing key of the demo\n";

struct WebhookUnderTest {
  WebhookUnderTest() : key_file(dir.Write("key", kKey)) {}

  std::unique_ptr<ReceiverProcess> Start(Behaviour behaviour, Identity identity) const {
    static constexpr const char* kModes[] = {"accept", "refuse", "hang", "drop"};
    return std::make_unique<ReceiverProcess>(
        "http_receiver.mjs",
        std::vector<std::string>{"--mode", kModes[static_cast<int>(behaviour)],
                                 "--signing-key-file", key_file},
        identity);
  }

  std::unique_ptr<Adapter> Make(int port, TlsTrust trust) const {
    return MakeWebhookAdapter({"hub-events",
                               "https://localhost:" + std::to_string(port) + "/webhook", key_file,
                               std::move(trust)});
  }

  static Content GoodContent() {
    Content content;
    content.channel = fhir::Channel::kPortal;
    content.to = "Patient/p1";
    content.text = R"({"event":"communication.completed","id":"c1","note":"ü\r\n"})";
    content.content_type = "application/json";
    return content;
  }

  static std::vector<Content> Injections() {
    std::vector<Content> bad(3, GoodContent());
    bad[0].content_type = "application/json\r\nX-Evil: 1";
    bad[1].content_type = "";
    bad[2].to = "https://169.254.169.254/latest";
    return bad;
  }

  static std::string TextOf(const fhir::json::Value& entry) { return entry["body"].text(); }

  TempDir dir;
  std::string key_file;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Webhook, AdapterContractTest, WebhookUnderTest);

TEST(WebhookTest, ARepeatWithTheSameKeyHasOneEffect) {
  const WebhookUnderTest under_test;
  const auto receiver = under_test.Start(Behaviour::kAccept, Identity::kTrusted);
  const auto adapter = under_test.Make(receiver->port(), Certificates::Get().Trust());
  EXPECT_TRUE(adapter->capabilities().honours_idempotency_key);
  for (int i = 0; i < 2; ++i) {
    const auto receipt = adapter->Deliver(
        PermitForTest::MakeMessage("key-1", WebhookUnderTest::GoodContent()), kPatience);
    ASSERT_TRUE(receipt.ok()) << receipt.error().message;
    EXPECT_EQ(receipt->detail, "http-202");
  }
  EXPECT_EQ(receiver->Log().size(), 1u);
  EXPECT_EQ(receiver->Log().at(0)["content_type"].text(), "application/json");
}

TEST(WebhookTest, KeyWithALineEndIsRefused) {
  const WebhookUnderTest under_test;
  const auto adapter = under_test.Make(1, {});
  const auto result = adapter->Deliver(
      PermitForTest::MakeMessage("key\r\nX: 1", WebhookUnderTest::GoodContent()), kShort);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kInvalid);
}

TEST(WebhookTest, AnotherSigningKeyOrAnOldTimestampIsRefusedByTheReceiver) {
  const WebhookUnderTest under_test;
  const auto receiver = under_test.Start(Behaviour::kAccept, Identity::kTrusted);
  const std::string other = under_test.dir.Write("other", "quite another signing key");
  WebhookVendor vendor{"hub-events", receiver->Url("/webhook"), other, Certificates::Get().Trust()};
  const auto wrong_key = MakeWebhookAdapter(vendor);
  vendor.signing_key_file = under_test.key_file;
  const auto old =
      MakeWebhookAdapter(vendor, [] { return SystemNow() - std::chrono::minutes(10); });
  for (Adapter* adapter : {wrong_key.get(), old.get()}) {
    const auto result = adapter->Deliver(
        PermitForTest::MakeMessage("key-1", WebhookUnderTest::GoodContent()), kPatience);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, fhir::ErrorCode::kUnavailable);
  }
  EXPECT_TRUE(receiver->Log().empty());
}

TEST(WebhookTest, ShortSigningKeyIsNotUsed) {
  const WebhookUnderTest under_test;
  const auto adapter = MakeWebhookAdapter({"hub-events",
                                           "https://localhost:1/webhook",
                                           under_test.dir.Write("short", "0123456789"),
                                           {}});
  const auto result = adapter->Deliver(
      PermitForTest::MakeMessage("key-1", WebhookUnderTest::GoodContent()), kShort);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "the vendor's signing key is too short");
}

}  // namespace
}  // namespace adapters::testing
