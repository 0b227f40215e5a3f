#include "gateway/cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/ledger/signed_head.h"
#include "gateway/tenants.h"
#include "tests/gateway/auth/signing.h"

namespace gateway::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kProgramme[] = R"({
  "id": "aurora", "name": "Aurora Support", "seller": "Aurora Pharma", "sender": "Northlight",
  "regime": "MANUFACTURER", "vendors": {"sms": "sms-main"}
})";

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome Call(std::vector<std::string> words) {
  words.insert(words.begin(), "psgateway");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  int code = Run(static_cast<int>(argv.size()), argv.data());
  std::string out = ::testing::internal::GetCapturedStdout();
  return {code, out, ::testing::internal::GetCapturedStderr()};
}

std::string Content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class CliTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = auth::testing::TempDir();
    home_ = dir_ + "/gateway";
    config_ = home_ + "/gateway.jsonc";
    Outcome init = Call({"init", home_, "--partners-listen", "127.0.0.1:9443"});
    ASSERT_EQ(init.code, 0) << init.err;
  }
  Outcome WithConfig(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", config_});
    return Call(words);
  }
  void AddAll() {
    ASSERT_EQ(WithConfig({"tenant", "add", "north"}).code, 0);
    std::string file = auth::testing::WriteFile(dir_ + "/aurora.json", kProgramme);
    Outcome added = WithConfig({"programme", "add", file, "--tenant", "north"});
    ASSERT_EQ(added.code, 0) << added.err;
    EXPECT_THAT(added.err, HasSubstr("warning: the channel sms names 'sms-main'"));
  }

  std::string dir_;
  std::string home_;
  std::string config_;
};

TEST_F(CliTest, InitMakesAGatewayThatCheckConfigLikes) {
  Outcome checked = Call({"check-config", config_});
  EXPECT_EQ(checked.code, 0) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("https://localhost:9443"));
  for (const char* secret :
       {"/keys/wrapping.key", "/keys/ledger.pem", "/certs/server.key", "/certs/ca.key"}) {
    struct stat status = {};
    ASSERT_EQ(stat((home_ + secret).c_str(), &status), 0) << secret;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << secret;
  }
}

TEST_F(CliTest, TheServerCertificateIsOfTheCaAndForLocalhost) {
  auto read = [&](const char* name) {
    std::unique_ptr<FILE, decltype(&fclose)> file(fopen((home_ + name).c_str(), "r"), fclose);
    return std::shared_ptr<X509>(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  };
  std::shared_ptr<X509> ca = read("/certs/ca.pem");
  std::shared_ptr<X509> server = read("/certs/server.pem");
  ASSERT_TRUE(ca && server);
  EXPECT_EQ(X509_verify(server.get(), X509_get0_pubkey(ca.get())), 1);
  EXPECT_EQ(X509_check_ca(ca.get()), 1);
  EXPECT_EQ(X509_check_ca(server.get()), 0);
  EXPECT_EQ(X509_check_host(server.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
}

TEST_F(CliTest, InitOverwritesNothing) {
  std::string key = Content(home_ + "/keys/wrapping.key");
  std::string config = Content(config_);
  Outcome again = Call({"init", home_, "--partners-listen", "127.0.0.1:1"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("kept"));
  EXPECT_EQ(Content(home_ + "/keys/wrapping.key"), key);
  EXPECT_EQ(Content(config_), config);
}

TEST_F(CliTest, InitWithAWrongAddressLeavesNoConfiguration) {
  std::string home = dir_ + "/other";
  Outcome wrong = Call({"init", home, "--operations-listen", "0.0.0.0:1"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("loopback"));
  EXPECT_FALSE(std::filesystem::exists(home + "/gateway.jsonc"));
  EXPECT_EQ(Call({"init", home}).code, 0);
}

TEST_F(CliTest, InitMakesNoNewWrappingKeyForOldTenants) {
  ASSERT_EQ(WithConfig({"tenant", "add", "north"}).code, 0);
  std::filesystem::remove(home_ + "/keys/wrapping.key");
  Outcome again = Call({"init", home_});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("restore it from its copy"));
  EXPECT_FALSE(std::filesystem::exists(home_ + "/keys/wrapping.key"));
}

TEST_F(CliTest, TenantProgrammeAndClient) {
  AddAll();
  EXPECT_EQ(WithConfig({"tenant", "add", "north"}).code, 1);
  EXPECT_THAT(WithConfig({"programme", "list"}).out, HasSubstr("north\taurora"));

  std::string key = auth::testing::WriteFile(
      dir_ + "/client.pem", auth::testing::SigningKey(auth::testing::KeyType::kP384).PublicPem());
  Outcome added = WithConfig(
      {"client", "add", "hub", "--programme", "aurora", "--scope", "system/*.cruds", "--key", key});
  ASSERT_EQ(added.code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("https://localhost:9443/auth/aurora/token"));
  EXPECT_EQ(WithConfig({"client", "disable", "hub", "--programme", "aurora"}).code, 0);
  EXPECT_THAT(WithConfig({"client", "list"}).out,
              HasSubstr("north\taurora\thub\tsystem/*.cruds\tdisabled"));
}

TEST_F(CliTest, MistakesGetASentence) {
  AddAll();
  std::string file = dir_ + "/aurora.json";
  EXPECT_THAT(WithConfig({"programme", "add", file, "--tenant", "west"}).err,
              HasSubstr("there is no tenant 'west'; there are: north"));
  ASSERT_EQ(WithConfig({"tenant", "add", "south"}).code, 0);
  EXPECT_THAT(WithConfig({"programme", "add", file, "--tenant", "south"}).err,
              HasSubstr("belongs to the tenant north"));
  EXPECT_THAT(WithConfig({"client", "add", "x", "--programme", "p", "--key", "none.pem"}).err,
              HasSubstr("none.pem cannot be read"));
  std::string weak = auth::testing::WriteFile(
      dir_ + "/weak.pem", auth::testing::SigningKey(auth::testing::KeyType::kRsa2048).PublicPem());
  EXPECT_THAT(WithConfig({"client", "add", "x", "--programme", "aurora", "--key", weak}).err,
              HasSubstr("3072"));
}

TEST_F(CliTest, AWrongCommandLineIsTwo) {
  EXPECT_EQ(Call({}).code, 2);
  EXPECT_EQ(Call({"nonsense"}).code, 2);
  EXPECT_EQ(Call({"tenant"}).code, 2);
  EXPECT_EQ(Call({"client", "add", "hub"}).code, 2);
  EXPECT_EQ(Call({"--help"}).code, 0);
  EXPECT_EQ(Call({"check-config", dir_ + "/none"}).code, 1);
  EXPECT_EQ(Call({"version"}).code, 0);
}

TEST_F(CliTest, AnotherWrappingKeyOpensNothing) {
  AddAll();
  std::ofstream(home_ + "/keys/wrapping.key") << std::string(64, 'a') << "\n";
  Outcome verified = WithConfig({"verify-ledger"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_THAT(verified.err, HasSubstr("key"));
}

// The ledger of a tenant against heads as the running gateway writes them.
class VerifyLedgerTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    AddAll();
    config_read_ = std::move(*LoadConfig(config_));
  }
  void SignHead(const std::function<void(store::LedgerState&)>& change) {
    auto tenants = Tenants::Open(config_read_, clock_);
    ASSERT_TRUE(tenants.ok()) << tenants.error().message;
    Tenant* tenant = (*tenants)->Find("north");
    store::LedgerState state;
    fhir::Status viewed = tenant->store->View([&](store::Reader& reader) -> fhir::Status {
      state = *reader.Ledger();
      return {};
    });
    ASSERT_TRUE(viewed.ok());
    change(state);
    auto signer = ledger::HeadSigner::Load(config_read_.head_key_file);
    ASSERT_TRUE(signer.ok()) << signer.error().message;
    fhir::Status written = ledger::AppendHead(tenant->dir + "/heads.jsonl",
                                              signer->Sign("north", state, clock_.Now()));
    ASSERT_TRUE(written.ok()) << written.error().message;
  }

  SystemClock clock_;
  Config config_read_;
};

TEST_F(VerifyLedgerTest, WithoutAHeadTheWindowIsStated) {
  Outcome verified = WithConfig({"verify-ledger"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("no head was signed yet"));
}

TEST_F(VerifyLedgerTest, AHeadAgrees) {
  SignHead([](store::LedgerState&) {});
  Outcome verified = WithConfig({"verify-ledger", "--tenant", "north"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("1 signed heads agree"));
  EXPECT_THAT(verified.out, HasSubstr("(0 leaves now)"));
}

TEST_F(VerifyLedgerTest, ARollbackIsNoticed) {
  // The database as it was before a commit that a head covers.
  std::string tenant = home_ + "/data/tenants/north";
  std::filesystem::copy(tenant, dir_ + "/old");
  std::string file = dir_ + "/aurora.json";
  ASSERT_EQ(WithConfig({"programme", "add", file, "--tenant", "north"}).code, 0);
  SignHead([](store::LedgerState&) {});
  std::filesystem::copy(tenant + "/heads.jsonl", dir_ + "/old");
  std::filesystem::remove_all(tenant);
  std::filesystem::copy(dir_ + "/old", tenant);
  Outcome verified = WithConfig({"verify-ledger"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_THAT(verified.out, HasSubstr("an older copy of the database was put back"));
}

TEST_F(VerifyLedgerTest, AnotherHistoryIsNoticed) {
  SignHead([](store::LedgerState& state) { state.root[0] ^= 1; });
  Outcome verified = WithConfig({"verify-ledger"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_THAT(verified.out, HasSubstr("another root"));
}

TEST_F(VerifyLedgerTest, AForgedHeadIsNoticed) {
  SignHead([](store::LedgerState&) {});
  std::string file = home_ + "/data/tenants/north/heads.jsonl";
  std::string text = Content(file);
  size_t at = text.find("\"size\":") + 7;
  text[at] = text[at] == '9' ? '8' : '9';
  std::ofstream(file) << text;
  Outcome verified = WithConfig({"verify-ledger"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_THAT(verified.out, HasSubstr("not signed by the configured key"));
}

TEST_F(CliTest, ReplayOfNothingIsGood) {
  AddAll();
  Outcome replayed = WithConfig({"replay", "--from", "2026-01-01"});
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_THAT(replayed.err, HasSubstr("0 decisions"));
  EXPECT_EQ(WithConfig({"replay", "--from", "yesterday"}).code, 1);
}

TEST(EvaluateTest, FilesThatCannotBeReadAreSaid) {
  std::string dir = auth::testing::TempDir();
  EXPECT_THAT(Call({"evaluate", dir + "/none.json"}).err, HasSubstr("none.json"));
  std::string file = auth::testing::WriteFile(dir + "/bad.json", "{\"cases\": 1}");
  Outcome outcome = Call({"evaluate", file});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("bad.json"));
}

}  // namespace
}  // namespace gateway::cli
