#include <gtest/gtest.h>

#include "contract_test.h"

namespace adapters::testing {
namespace {

struct SmsUnderTest {
  SmsUnderTest() : token_file(dir.Write("token", "t0ken\n")) {}

  static std::unique_ptr<ReceiverProcess> Start(Behaviour behaviour, Identity identity) {
    static constexpr const char* kModes[] = {"accept", "refuse", "hang", "drop"};
    return std::make_unique<ReceiverProcess>(
        "http_receiver.mjs",
        std::vector<std::string>{"--mode", kModes[static_cast<int>(behaviour)]}, identity);
  }

  std::unique_ptr<Adapter> Make(int port, TlsTrust trust) const {
    return MakeSmsAdapter({"sms-main", "https://localhost:" + std::to_string(port) + "/sms",
                           "AC123", token_file, std::move(trust)});
  }

  static Content GoodContent() {
    Content content;
    content.channel = fhir::Channel::kSms;
    content.to = "+12065550100";
    content.from = "+12065550199";
    content.text = "Your refill is due & ready = 100 %. Reply STOP to end. ünï ✓";
    return content;
  }

  static std::vector<Content> Injections() {
    std::vector<Content> bad;
    for (const char* to : {"+12065550100&To=+19995550100", "+1206555\r\n0100", "2065550100",
                           "+0206", "+12065550100 ", ""}) {
      bad.push_back(GoodContent());
      bad.back().to = to;
    }
    for (const char* from : {"", "+12065550199\nX: y", "Aurora&Body=x", "AuroraPatientSupport"}) {
      bad.push_back(GoodContent());
      bad.back().from = from;
    }
    bad.push_back(GoodContent());
    bad.back().text = std::string("Hi\0there", 8);
    bad.push_back(GoodContent());
    bad.back().text = std::string(1601, 'x');
    bad.push_back(GoodContent());
    bad.back().text = "\xC3\x28";
    return bad;
  }

  static std::string TextOf(const fhir::json::Value& entry) { return entry["body"].text(); }

  TempDir dir;
  std::string token_file;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sms, AdapterContractTest, SmsUnderTest);

fhir::Result<Receipt> Send(const SmsUnderTest& under_test, const ReceiverProcess& receiver) {
  const auto adapter = under_test.Make(receiver.port(), Certificates::Get().Trust());
  return adapter->Deliver(PermitForTest::MakeMessage("key-1", SmsUnderTest::GoodContent()),
                          kPatience);
}

TEST(SmsTest, ReceiptHasTheProvidersIdAndStatus) {
  const SmsUnderTest under_test;
  const TempDir dir;
  const ReceiverProcess receiver("http_receiver.mjs",
                                 {"--sms-token-file", dir.Write("credential", "AC123:t0ken")});
  const auto receipt = Send(under_test, receiver);
  ASSERT_TRUE(receipt.ok()) << receipt.error().message;
  EXPECT_EQ(receipt->detail, "queued");
  EXPECT_EQ(receipt->provider_id, receiver.Log().at(0)["sid"].text());
  EXPECT_EQ(receiver.Log().at(0)["to"].text(), "+12065550100");
}

TEST(SmsTest, DoesNotClaimIdempotency) {
  const SmsUnderTest under_test;
  EXPECT_FALSE(under_test.Make(1, {})->capabilities().honours_idempotency_key);
  EXPECT_EQ(under_test.Make(1, {})->capabilities().max_characters, 1600u);
}

TEST(SmsTest, RefusedCredentialIsUnavailableBecauseTheOperatorCanRepairIt) {
  const SmsUnderTest under_test;
  const TempDir dir;
  const ReceiverProcess receiver("http_receiver.mjs",
                                 {"--sms-token-file", dir.Write("credential", "AC123:other")});
  const auto result = Send(under_test, receiver);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kUnavailable);
}

TEST(SmsTest, MissingTokenFileIsUnavailable) {
  SmsUnderTest under_test;
  under_test.token_file = "/nonexistent/token";
  const ReceiverProcess receiver("http_receiver.mjs", {});
  const auto result = Send(under_test, receiver);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kUnavailable);
  EXPECT_EQ(result.error().message.find("nonexistent"), std::string::npos);
}

TEST(SmsTest, ServerErrorIsUncertainForTheMessageMayHaveBeenAccepted) {
  const SmsUnderTest under_test;
  const ReceiverProcess receiver("http_receiver.mjs", {"--mode", "status", "--status", "500"});
  const auto result = Send(under_test, receiver);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kUncertain);
}

TEST(SmsTest, SuccessWithoutAMessageIdIsUncertain) {
  const SmsUnderTest under_test;
  const ReceiverProcess receiver("http_receiver.mjs", {"--mode", "status", "--status", "200"});
  const auto result = Send(under_test, receiver);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kUncertain);
}

TEST(SmsTest, PlainHttpIsRefused) {
  const TempDir dir;
  const auto adapter =
      MakeSmsAdapter({"sms-main", "http://localhost:1/sms", "AC123", dir.Write("token", "t"), {}});
  const auto result =
      adapter->Deliver(PermitForTest::MakeMessage("key-1", SmsUnderTest::GoodContent()), kShort);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kInvalid);
}

}  // namespace
}  // namespace adapters::testing
