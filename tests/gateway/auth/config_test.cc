#include "gateway/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "gateway/config_lines.h"
#include "tests/gateway/auth/signing.h"

namespace gateway {
namespace {

using auth::testing::WriteFile;
using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = auth::testing::TempDir();
    std::filesystem::create_directories(dir_ + "/data");
    for (const char* file : {"wrap.key", "ledger.pem", "cert.pem", "tls.key", "token", "ca.pem"}) {
      WriteFile(dir_ + "/" + file, "x");
    }
  }

  // A good file with `more` as its last lines, which begin at line 9.
  std::string Write(const std::string& more) {
    return WriteFile(dir_ + "/gateway.jsonc",
                     "// a comment with \"quotes\" and { braces\n"
                     "{\n"
                     "  \"data_dir\": \"data\",\n"
                     "  \"wrapping_key_file\": \"wrap.key\",\n"
                     "  \"ledger_signing_key_file\": \"ledger.pem\", /* two\n"
                     "  lines */\n"
                     "  \"tls\": {\"certificate_file\": \"cert.pem\",\n"
                     "           \"private_key_file\": \"tls.key\"}" +
                         (more.empty() ? "" : ",\n" + more) + "\n}\n");
  }
  std::string Refusal(const std::string& more) {
    fhir::Result<Config> config = LoadConfig(Write(more));
    return config.ok() ? "" : config.error().message;
  }

  std::string dir_;
};

TEST_F(ConfigTest, PathsAreRelativeToTheFile) {
  fhir::Result<Config> config = LoadConfig(Write(""));
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->data_dir, dir_ + "/data");
  EXPECT_EQ(config->private_key_file, dir_ + "/tls.key");
  EXPECT_EQ(config->partners_url, "https://127.0.0.1:8443");
  EXPECT_EQ(config->token_seconds, 300);
}

TEST_F(ConfigTest, EverythingIsRead) {
  fhir::Result<Config> config = LoadConfig(Write(R"(
    "listen": {"partners": "[::]:9443", "public": "0.0.0.0:9444", "operations": "[::1]:9445"},
    "partners_base_url": "https://gateway.example:9443",
    "public_base_url": "https://links.example",
    "token_seconds": 60, "send_deadline_ms": 1000, "dispatch_interval_ms": 50,
    "send_threads": 2, "drain_seconds": 5, "log_level": "debug",
    "vendors": {
      "smtp": [{"name": "smtp-main", "host": "mail.example", "port": 2525, "user": "u",
                "password_file": "token", "trust": {"ca_file": "ca.pem"}}],
      "sms": [{"name": "sms-main", "url": "https://sms.example/Messages.json", "account": "A",
               "token_file": "token"}],
      "webhook": [{"name": "hub", "url": "https://hub.example/events",
                   "signing_key_file": "token"}]},
    "endpoints": [{"name": "ehr", "base_url": "https://ehr.example/fhir/R4",
                   "token_url": "https://ehr.example/token", "client_id": "psg",
                   "private_key_file": "token", "max_pages": 7}],
    "sources": [{"name": "ehr-main", "programme": "aurora", "endpoint": "ehr",
                 "types": ["MedicationRequest"], "identifier_system": "urn:mrn",
                 "poll_seconds": 60}],
    "hooks": {"sms-main": {"signing_key_file": "token"}})"));
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->partners_listen, "[::]:9443");
  EXPECT_EQ(config->public_url, "https://links.example");
  EXPECT_EQ(config->send_threads, 2);
  ASSERT_EQ(config->smtp.size(), 1u);
  EXPECT_EQ(config->smtp[0].trust.ca_file, dir_ + "/ca.pem");
  ASSERT_EQ(config->sms.size(), 1u);
  EXPECT_EQ(config->sms[0].account, "A");
  ASSERT_EQ(config->webhook.size(), 1u);
  ASSERT_EQ(config->endpoints.size(), 1u);
  EXPECT_EQ(config->endpoints[0].max_pages, 7);
  ASSERT_EQ(config->sources.size(), 1u);
  EXPECT_EQ(config->sources[0].types, std::vector<std::string>{"MedicationRequest"});
  EXPECT_EQ(config->hook_key_files.at("sms-main"), dir_ + "/token");
}

TEST_F(ConfigTest, AnUnknownKeyIsNamedWithItsLine) {
  EXPECT_EQ(Refusal("\"lisen\": {}"),
            "gateway.jsonc:9: unknown key 'lisen'; did you mean 'listen'?");
  EXPECT_EQ(Refusal("\"listen\": {\n\"partner\": \"127.0.0.1:1\"}"),
            "gateway.jsonc:10: unknown key 'partner'; did you mean 'partners'?");
  EXPECT_EQ(Refusal("\"zzz\": 1"), "gateway.jsonc:9: unknown key 'zzz'");
}

TEST_F(ConfigTest, AllFindingsAreShownInTheOrderOfTheirLines) {
  EXPECT_EQ(Refusal("\"token_seconds\": 301,\n\"log_level\": \"loud\""),
            "gateway.jsonc:9: 'token_seconds' must be a whole number from 10 to 300\n"
            "gateway.jsonc:10: 'log_level' must be one of trace, debug, info, warn, error");
}

TEST_F(ConfigTest, Values) {
  EXPECT_THAT(Refusal("\"token_seconds\": \"60\""), HasSubstr(":9: 'token_seconds'"));
  EXPECT_THAT(Refusal("\"token_seconds\": 60.5"), HasSubstr(":9: 'token_seconds'"));
  EXPECT_THAT(Refusal("\"listen\": []"), HasSubstr(":9: 'listen' must be an object"));
  EXPECT_THAT(Refusal("\"listen\": {\"partners\": \"localhost:8443\"}"), HasSubstr("IP address"));
  EXPECT_THAT(Refusal("\"listen\": {\"partners\": \"127.0.0.1:65536\"}"), HasSubstr("IP address"));
  EXPECT_THAT(Refusal("\"partners_base_url\": \"http://gateway.example\""), HasSubstr("https://"));
  EXPECT_THAT(Refusal("\"partners_base_url\": \"https://gateway.example/\""), HasSubstr("slash"));
  EXPECT_THAT(Refusal("\"partners_base_url\": \"https://gateway.example/x\""), HasSubstr("path"));
  EXPECT_THAT(Refusal("\"partners_base_url\": \"https://a:b@gateway.example\""),
              HasSubstr("password"));
  EXPECT_THAT(Refusal("\"vendors\": {\"sms\": {}}"), HasSubstr("'vendors.sms' must be a list"));
}

TEST_F(ConfigTest, OperationsListensOnLoopbackOnly) {
  EXPECT_THAT(Refusal("\"listen\": {\"operations\": \"0.0.0.0:8445\"}"), HasSubstr("loopback"));
  EXPECT_THAT(Refusal("\"listen\": {\"operations\": \"[::]:8445\"}"), HasSubstr("loopback"));
  EXPECT_EQ(Refusal("\"listen\": {\"operations\": \"[::1]:8445\"}"), "");
}

TEST_F(ConfigTest, AListenerOnEveryAddressMustSayItsName) {
  EXPECT_THAT(Refusal("\"listen\": {\"partners\": \"0.0.0.0:8443\"}"),
              HasSubstr("'partners_base_url' is missing"));
}

TEST_F(ConfigTest, TwoListenersOnOneAddressAreRefused) {
  EXPECT_THAT(Refusal("\"listen\": {\"partners\": \"127.0.0.1:1\",\n\"public\": \"127.0.0.1:1\"}"),
              HasSubstr("gateway.jsonc:10: the address '127.0.0.1:1' is there twice"));
}

TEST_F(ConfigTest, ANameIsThereOnce) {
  EXPECT_THAT(Refusal(R"("vendors": {
    "sms": [{"name": "main", "url": "https://a.example", "account": "A", "token_file": "token"}],
    "webhook": [{"name": "main", "url": "https://b.example", "signing_key_file": "token"}]})"),
              HasSubstr("gateway.jsonc:11: the vendor 'main' is there twice"));
}

TEST_F(ConfigTest, NamesMustBeKnown) {
  EXPECT_THAT(Refusal(R"("sources": [{"name": "s", "programme": "p", "endpoint": "nowhere",
    "types": ["Patient"], "identifier_system": "urn:x"}])"),
              HasSubstr("names none of 'endpoints'"));
  EXPECT_THAT(Refusal(R"("hooks": {"nobody": {"signing_key_file": "token"}})"),
              HasSubstr("gateway.jsonc:9: the hook 'nobody' names none of 'vendors'"));
}

TEST_F(ConfigTest, WhatBelongsTogether) {
  EXPECT_THAT(Refusal(R"("endpoints": [{"name": "e", "base_url": "https://e.example",
    "token_url": "https://e.example/token"}])"),
              HasSubstr("belong together"));
  EXPECT_THAT(Refusal(R"("vendors": {"smtp": [{"name": "m", "host": "h", "user": "u"}]})"),
              HasSubstr("belong together"));
}

TEST_F(ConfigTest, FilesMustExistAndSecretsMustBeClosed) {
  std::filesystem::remove(dir_ + "/ledger.pem");
  chmod((dir_ + "/tls.key").c_str(), 0644);
  std::string refusal = Refusal("");
  EXPECT_THAT(refusal, HasSubstr("gateway.jsonc:5: 'ledger_signing_key_file': " + dir_ +
                                 "/ledger.pem does not exist"));
  EXPECT_THAT(refusal, HasSubstr("gateway.jsonc:8: 'private_key_file': " + dir_ +
                                 "/tls.key is open to other users; run: chmod 600"));
}

TEST_F(ConfigTest, WhatIsMissingIsSaid) {
  fhir::Result<Config> config = LoadConfig(WriteFile(dir_ + "/gateway.jsonc", "{}"));
  ASSERT_FALSE(config.ok());
  EXPECT_THAT(config.error().message, HasSubstr("gateway.jsonc:1: 'data_dir' is missing"));
  EXPECT_THAT(config.error().message, HasSubstr("'tls.certificate_file' is missing"));
  EXPECT_THAT(LoadConfig(dir_ + "/none.jsonc").error().message, HasSubstr("psgateway init"));
}

TEST_F(ConfigTest, ASyntaxErrorNamesFileAndLine) {
  fhir::Result<Config> config =
      LoadConfig(WriteFile(dir_ + "/gateway.jsonc", "{\n  \"data_dir\" \"data\"\n}"));
  ASSERT_FALSE(config.ok());
  EXPECT_THAT(config.error().message, HasSubstr("gateway.jsonc: "));
  EXPECT_THAT(config.error().message, HasSubstr("line 2"));
}

TEST(LinesOfKeysTest, CommentsAndNestedListsDoNotConfuseIt) {
  auto lines = LinesOfKeys(
      "{ // \"x\": {\n"
      "  \"a\": [[1, {\"b\": \"}\\\"]\"}],\n"
      "        {\"c\": /* \n */ {}}],\n"
      "  \"d\": 2\n"
      "}");
  EXPECT_EQ(lines.at("a"), 2);
  EXPECT_EQ(lines.at("a[0][1].b"), 2);
  EXPECT_EQ(lines.at("a[1].c"), 3);
  EXPECT_EQ(lines.at("d"), 5);
  EXPECT_FALSE(lines.contains("x"));
}

}  // namespace
}  // namespace gateway
