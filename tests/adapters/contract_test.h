// What every adapter must do, run against its real receiver. An adapter joins with
//   INSTANTIATE_TYPED_TEST_SUITE_P(Name, AdapterContractTest, NameUnderTest);
// where NameUnderTest has:
//   std::unique_ptr<ReceiverProcess> Start(Behaviour, Identity);
//   std::unique_ptr<Adapter> Make(int port, TlsTrust);
//   Content GoodContent();
//   std::vector<Content> Injections();   // each would add a header, a recipient or a field
//   std::string TextOf(log entry);       // the body as it arrived
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/adapter.h"
#include "permit_for_test.h"
#include "receiver_process.h"

namespace adapters::testing {

enum class Behaviour { kAccept, kRefuse, kHang, kDrop };

using std::chrono::milliseconds;

inline constexpr milliseconds kPatience{20'000};
inline constexpr milliseconds kShort{700};
inline constexpr milliseconds kGrace{3'000};  // of a busy machine, beyond the deadline

template <class UnderTest>
class AdapterContractTest : public ::testing::Test {
 protected:
  fhir::Result<Receipt> Deliver(Adapter& adapter, milliseconds deadline,
                                const std::string& key = "key-1") {
    return adapter.Deliver(PermitForTest::MakeMessage(key, under_test_.GoodContent()), deadline);
  }

  void ExpectError(const fhir::Result<Receipt>& result, fhir::ErrorCode code) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, code) << result.error().message;
    const Content content = under_test_.GoodContent();
    for (const std::string& value : {content.to, content.text, std::string("://")}) {
      EXPECT_EQ(result.error().message.find(value), std::string::npos);
    }
  }

  std::unique_ptr<Adapter> MakeFor(const ReceiverProcess& receiver) {
    return under_test_.Make(receiver.port(), Certificates::Get().Trust());
  }

  UnderTest under_test_;
};

TYPED_TEST_SUITE_P(AdapterContractTest);

TYPED_TEST_P(AdapterContractTest, DeliversOnce) {
  const auto receiver = this->under_test_.Start(Behaviour::kAccept, Identity::kTrusted);
  const auto adapter = this->MakeFor(*receiver);
  const auto receipt = this->Deliver(*adapter, kPatience);
  ASSERT_TRUE(receipt.ok()) << receipt.error().message;
  EXPECT_FALSE(receipt->detail.empty());
  const auto log = receiver->Log();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(this->under_test_.TextOf(log[0]), this->under_test_.GoodContent().text);
}

TYPED_TEST_P(AdapterContractTest, SaysWhatItCarries) {
  const auto adapter = this->under_test_.Make(1, {});
  EXPECT_FALSE(adapter->name().empty());
  EXPECT_EQ(adapter->capabilities().channel, this->under_test_.GoodContent().channel);
  EXPECT_FALSE(adapter->capabilities().obligations.empty());
}

TYPED_TEST_P(AdapterContractTest, ServerDownIsUnavailable) {
  const auto adapter = this->under_test_.Make(ClosedPort(), Certificates::Get().Trust());
  this->ExpectError(this->Deliver(*adapter, kPatience), fhir::ErrorCode::kUnavailable);
}

TYPED_TEST_P(AdapterContractTest, StrangersCertificateIsRefusedAndNothingSent) {
  const auto receiver = this->under_test_.Start(Behaviour::kAccept, Identity::kStranger);
  const auto adapter = this->MakeFor(*receiver);
  this->ExpectError(this->Deliver(*adapter, kPatience), fhir::ErrorCode::kUnavailable);
  EXPECT_TRUE(receiver->Log().empty());
}

TYPED_TEST_P(AdapterContractTest, CertificateOfAnotherHostIsRefusedAndNothingSent) {
  const auto receiver = this->under_test_.Start(Behaviour::kAccept, Identity::kWrongHost);
  const auto adapter = this->MakeFor(*receiver);
  this->ExpectError(this->Deliver(*adapter, kPatience), fhir::ErrorCode::kUnavailable);
  EXPECT_TRUE(receiver->Log().empty());
}

TYPED_TEST_P(AdapterContractTest, RefusalIsInvalid) {
  const auto receiver = this->under_test_.Start(Behaviour::kRefuse, Identity::kTrusted);
  const auto adapter = this->MakeFor(*receiver);
  this->ExpectError(this->Deliver(*adapter, kPatience), fhir::ErrorCode::kInvalid);
}

TYPED_TEST_P(AdapterContractTest, LostAnswerIsUncertain) {
  const auto receiver = this->under_test_.Start(Behaviour::kDrop, Identity::kTrusted);
  const auto adapter = this->MakeFor(*receiver);
  this->ExpectError(this->Deliver(*adapter, kPatience), fhir::ErrorCode::kUncertain);
  EXPECT_EQ(receiver->Log().size(), 1u);  // and was not sent a second time
}

TYPED_TEST_P(AdapterContractTest, DeadlineIsKeptWhenTheAnswerHangs) {
  const auto receiver = this->under_test_.Start(Behaviour::kHang, Identity::kTrusted);
  const auto adapter = this->MakeFor(*receiver);
  const auto start = std::chrono::steady_clock::now();
  this->ExpectError(this->Deliver(*adapter, milliseconds(2'000)), fhir::ErrorCode::kUncertain);
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(2'000) + kGrace);
}

TYPED_TEST_P(AdapterContractTest, DeadlineIsKeptWhenTheServerIsSilent) {
  const SilentPort silent;
  const auto adapter = this->under_test_.Make(silent.port(), Certificates::Get().Trust());
  const auto start = std::chrono::steady_clock::now();
  this->ExpectError(this->Deliver(*adapter, kShort), fhir::ErrorCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kShort + kGrace);
}

TYPED_TEST_P(AdapterContractTest, InjectionIsRefusedAndNothingSent) {
  const auto receiver = this->under_test_.Start(Behaviour::kAccept, Identity::kTrusted);
  const auto adapter = this->MakeFor(*receiver);
  for (const Content& content : this->under_test_.Injections()) {
    const auto result = adapter->Deliver(PermitForTest::MakeMessage("key-1", content), kPatience);
    this->ExpectError(result, fhir::ErrorCode::kInvalid);
  }
  EXPECT_TRUE(receiver->Log().empty());
}

TYPED_TEST_P(AdapterContractTest, DeliversFromManyThreads) {
  static constexpr int kThreads = 8;
  static constexpr int kEach = 4;
  const auto receiver = this->under_test_.Start(Behaviour::kAccept, Identity::kTrusted);
  const auto adapter = this->MakeFor(*receiver);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const std::string key = "key-" + std::to_string(thread) + "-" + std::to_string(i);
        const auto receipt = this->Deliver(*adapter, kPatience, key);
        EXPECT_TRUE(receipt.ok()) << receipt.error().message;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(receiver->Log().size(), static_cast<size_t>(kThreads * kEach));
}

REGISTER_TYPED_TEST_SUITE_P(AdapterContractTest, DeliversOnce, SaysWhatItCarries,
                            ServerDownIsUnavailable, StrangersCertificateIsRefusedAndNothingSent,
                            CertificateOfAnotherHostIsRefusedAndNothingSent, RefusalIsInvalid,
                            LostAnswerIsUncertain, DeadlineIsKeptWhenTheAnswerHangs,
                            DeadlineIsKeptWhenTheServerIsSilent, InjectionIsRefusedAndNothingSent,
                            DeliversFromManyThreads);

}  // namespace adapters::testing
