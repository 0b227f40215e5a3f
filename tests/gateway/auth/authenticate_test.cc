#include "gateway/auth/authenticate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "tests/gateway/auth/gateway_folder.h"

namespace gateway::auth {
namespace {

using fhir::ErrorCode;
using testing::GatewayFolder;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class AuthenticateTest : public ::testing::Test {
 protected:
  fhir::Result<Caller> Call(const std::string& authorization, std::string_view programme) {
    http::Request request;
    if (!authorization.empty()) request.fields = {{"authorization", authorization}};
    return Authenticate(request, *folder_.tenants, programme, folder_.clock.now);
  }
  ErrorCode Refusal(const std::string& authorization, std::string_view programme) {
    fhir::Result<Caller> caller = Call(authorization, programme);
    EXPECT_FALSE(caller.ok());
    return caller.ok() ? ErrorCode::kInternal : caller.error().code;
  }

  GatewayFolder folder_;
  std::string token_ = folder_.GoodToken();
};

TEST_F(AuthenticateTest, ATokenOfTheProgrammeIsLetIn) {
  fhir::Result<Caller> caller = Call("Bearer " + token_, "aurora");
  ASSERT_TRUE(caller.ok()) << caller.error().message;
  EXPECT_EQ(caller->client, "hub-1");
  EXPECT_TRUE(caller->May(Access::kRead, "Patient"));
  EXPECT_FALSE(caller->May(Access::kRead, "Consent"));
  EXPECT_TRUE(Call("bEARER   " + token_, "aurora").ok());
}

TEST_F(AuthenticateTest, OtherProgrammes) {
  EXPECT_EQ(Refusal("Bearer " + token_, "borealis"), ErrorCode::kForbidden);
  EXPECT_EQ(Refusal("Bearer " + token_, "corona"), ErrorCode::kUnauthenticated);
  EXPECT_EQ(Refusal("Bearer " + token_, "nowhere"), ErrorCode::kUnauthenticated);
  // Outside a tenant nobody can tell which programmes there are.
  EXPECT_EQ(Call("Bearer " + token_, "corona").error().message,
            Call("Bearer " + token_, "nowhere").error().message);
}

TEST_F(AuthenticateTest, WithoutAGoodTokenNobodyComesIn) {
  for (const std::string& field :
       {std::string(), std::string("Bearer"), std::string("Bearer "), "Basic " + token_, token_,
        "Bearer " + token_ + " " + token_, "Bearer " + token_ + ",", "Bearer\t" + token_,
        "Bearer " + token_.substr(0, token_.rfind('.') + 1)}) {
    EXPECT_EQ(Refusal(field, "aurora"), ErrorCode::kUnauthenticated) << field;
  }
  http::Request twice;
  twice.fields = {{"Authorization", "Bearer " + token_}, {"authorization", "Bearer " + token_}};
  EXPECT_FALSE(Authenticate(twice, *folder_.tenants, "aurora", folder_.clock.now).ok());
}

TEST_F(AuthenticateTest, AnExpiredTokenIsRefused) {
  ASSERT_TRUE(Call("Bearer " + token_, "aurora").ok());
  folder_.clock.now += 300s;
  EXPECT_EQ(Refusal("Bearer " + token_, "aurora"), ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticateTest, ADisabledClientIsOutWithinASecond) {
  ASSERT_TRUE(Call("Bearer " + token_, "aurora").ok());
  folder_.PutClient("hub-1", "aurora", true);
  folder_.clock.now += 1s;
  EXPECT_EQ(Refusal("Bearer " + token_, "aurora"), ErrorCode::kUnauthenticated);
  folder_.PutClient("hub-1", "aurora", false);
  folder_.clock.now += 1s;
  EXPECT_TRUE(Call("Bearer " + token_, "aurora").ok());
}

TEST_F(AuthenticateTest, ATokenLivesThroughARestart) {
  folder_.Reopen();
  EXPECT_TRUE(Call("Bearer " + token_, "aurora").ok());
}

TEST(TenantsTest, AProgrammeOfAnotherProcessIsFoundWithoutARestart) {
  GatewayFolder folder;
  EXPECT_EQ(folder.tenants->OfProgramme("late"), nullptr);
  fhir::Result<std::unique_ptr<Tenants>> other = Tenants::Open(folder.config, folder.clock);
  ASSERT_TRUE(other.ok()) << other.error().message;
  fhir::Status put = (*other)->Find("south")->store->Update(
      [](store::Transaction& tx) { return tx.PutDocument("programme", "late", "{}"); });
  ASSERT_TRUE(put.ok()) << put.error().message;
  ASSERT_NE(folder.tenants->OfProgramme("late"), nullptr);
  EXPECT_EQ(folder.tenants->OfProgramme("late")->name, "south");
}

TEST(TenantsTest, NamesAndFoldersAreChecked) {
  GatewayFolder folder;
  for (const char* name : {"", "North", "a/b", "..", "-x", "a b"}) {
    EXPECT_EQ(Tenants::Create(folder.config, name).error().code, ErrorCode::kInvalid) << name;
  }
  EXPECT_EQ(Tenants::Create(folder.config, "north").error().code, ErrorCode::kConflict);
}

TEST(TenantsTest, ATenantWithoutItsKeysIsNotOpenedNorMadeAnew) {
  GatewayFolder folder;
  folder.tenants.reset();
  std::filesystem::remove(folder.config.data_dir + "/tenants/north/keys.json");
  auto opened = Tenants::Open(folder.config, folder.clock);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("keys.json"));
  EXPECT_EQ(Tenants::Create(folder.config, "north").error().code, ErrorCode::kConflict);
}

TEST(TenantsTest, AnotherWrappingKeyOpensNothing) {
  GatewayFolder folder;
  folder.tenants.reset();
  std::filesystem::remove(folder.config.wrapping_key_file);
  ASSERT_TRUE(store::WrappingKey::Create(folder.config.wrapping_key_file).ok());
  auto opened = Tenants::Open(folder.config, folder.clock);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("wrapping key"));
}

}  // namespace
}  // namespace gateway::auth
