#include "adapters/fhir_endpoint/fhir_endpoint.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "receiver_process.h"

namespace adapters::testing {
namespace {

using fhir::ErrorCode;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{30'000};
constexpr milliseconds kGrace{3'000};

class FhirEndpointTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { PrepareClientThreads(); }

  static FhirEndpointConfig ConfigFor(int port) {
    FhirEndpointConfig config;
    config.name = "ehr";
    config.base_url = "https://localhost:" + std::to_string(port) + "/fhir";
    config.trust = Certificates::Get().Trust();
    return config;
  }

  static std::unique_ptr<FhirEndpoint> Make(FhirEndpointConfig config) {
    auto made = FhirEndpoint::Make(std::move(config));
    EXPECT_TRUE(made.ok());
    return *std::move(made);
  }

  static fhir::Resource Task(const std::string& id) {
    return fhir::Resource::Parse(R"({"resourceType":"Task","id":")" + id +
                                 R"(","identifier":[{"system":"urn:t","value":")" + id +
                                 R"("}],"status":"requested","intent":"order",)"
                                 R"("for":{"reference":"Patient/p1"}})")
        .value();
  }

  template <class T>
  static void ExpectError(const fhir::Result<T>& result, ErrorCode code) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_EQ(result.error().message.find("localhost"), std::string::npos);
  }
};

TEST_F(FhirEndpointTest, PutsReadsAndSearchesOverPages) {
  const ReceiverProcess server("fhir_server.mjs", {"--page-size", "2"});
  const auto endpoint = Make(ConfigFor(server.port()));
  for (int i = 0; i < 5; ++i) {
    const auto put = endpoint->Put(Task("t" + std::to_string(i)), kPatience);
    ASSERT_TRUE(put.ok()) << put.error().message;
    EXPECT_FALSE(put->version().empty());
  }
  ASSERT_TRUE(endpoint->Put(Task("t0"), kPatience).ok());  // a repeat has one effect
  const auto read = endpoint->Read("Task", "t3", kPatience);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ((*read)["for"]["reference"].text(), "Patient/p1");
  const auto found = endpoint->Search("Task", "patient=Patient/p1&status=requested", kPatience);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->size(), 5u);
  const auto none = endpoint->Search("Task", "patient=Patient/p2", kPatience);
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
}

TEST_F(FhirEndpointTest, SearchPutsNothingOfItsQueryIntoAUrl) {
  const ReceiverProcess server("fhir_server.mjs", {"--page-size", "1"});
  const auto endpoint = Make(ConfigFor(server.port()));
  for (const char* id : {"t1", "t2"}) ASSERT_TRUE(endpoint->Put(Task(id), kPatience).ok());
  ASSERT_EQ(endpoint->Search("Task", "patient=Patient/p1", kPatience)->size(), 2u);
  std::vector<std::string> methods;
  for (const auto& entry : server.Log()) {
    if (entry["kind"].text() != "search") continue;
    methods.push_back(entry["method"].text());
    EXPECT_EQ(entry["url"].text().find("p1"), std::string::npos);
  }
  EXPECT_EQ(methods, (std::vector<std::string>{"POST", "GET"}));
}

TEST_F(FhirEndpointTest, ConditionalCreateHasOneEffect) {
  const ReceiverProcess server("fhir_server.mjs", {});
  const auto endpoint = Make(ConfigFor(server.port()));
  fhir::Resource task = Task("mine");
  task.mutable_json().Remove("id");
  const auto first = endpoint->Create(task, "identifier=urn:t|mine", kPatience);
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = endpoint->Create(task, "identifier=urn:t|mine", kPatience);
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(first->id(), second->id());
  EXPECT_EQ(endpoint->Search("Task", "", kPatience)->size(), 1u);
}

TEST_F(FhirEndpointTest, LoadsResourcesAndAnswersNotFound) {
  const TempDir dir;
  const std::string file = dir.Write(
      "seed.ndjson", "{\"resourceType\":\"Patient\",\"id\":\"p1\"}\n" + Task("t1").Bytes() + "\n");
  const ReceiverProcess server("fhir_server.mjs", {"--load", file});
  const auto endpoint = Make(ConfigFor(server.port()));
  EXPECT_TRUE(endpoint->Read("Patient", "p1", kPatience).ok());
  ExpectError(endpoint->Read("Patient", "p2", kPatience), ErrorCode::kNotFound);
}

TEST_F(FhirEndpointTest, SignsInAsABackendServiceOnceAndKeepsTheToken) {
  const TempDir dir;
  const std::string key = dir.Path("client.key");
  const std::string public_key = dir.Path("client.pub");
  ASSERT_EQ(
      std::system(("openssl ecparam -name secp384r1 -genkey -noout -out " + key +
                   " && openssl ec -in " + key + " -pubout -out " + public_key + " 2>/dev/null")
                      .c_str()),
      0);
  const ReceiverProcess server("fhir_server.mjs", {"--token-check", public_key});
  ExpectError(Make(ConfigFor(server.port()))->Search("Task", "", kPatience),
              ErrorCode::kUnauthenticated);
  FhirEndpointConfig config = ConfigFor(server.port());
  config.token_url = server.Url("/token");
  config.client_id = "psgateway";
  config.private_key_file = key;
  const auto endpoint = Make(config);
  for (int i = 0; i < 3; ++i) {
    const auto put = endpoint->Put(Task("t1"), kPatience);
    ASSERT_TRUE(put.ok()) << put.error().message;
  }
  int tokens = 0;
  for (const auto& entry : server.Log()) tokens += entry["kind"].text() == "token";
  EXPECT_EQ(tokens, 1);
}

TEST_F(FhirEndpointTest, AnotherKeyIsUnauthenticated) {
  const TempDir dir;
  const auto make_key = [&](const std::string& name, const std::string& curve) {
    EXPECT_EQ(std::system(("openssl ecparam -name " + curve + " -genkey -noout -out " +
                           dir.Path(name) + " && openssl ec -in " + dir.Path(name) +
                           " -pubout -out " + dir.Path(name + ".pub") + " 2>/dev/null")
                              .c_str()),
              0);
    return dir.Path(name);
  };
  const ReceiverProcess server("fhir_server.mjs",
                               {"--token-check", make_key("registered", "secp384r1") + ".pub"});
  FhirEndpointConfig config = ConfigFor(server.port());
  config.token_url = server.Url("/token");
  config.client_id = "psgateway";
  config.private_key_file = make_key("other", "secp384r1");
  ExpectError(Make(config)->Search("Task", "", kPatience), ErrorCode::kUnauthenticated);
  ExpectError(Make(config)->Put(Task("t1"), kPatience), ErrorCode::kUnavailable);
  config.private_key_file = make_key("p256", "prime256v1");
  ExpectError(Make(config)->Search("Task", "", kPatience), ErrorCode::kUnavailable);
}

TEST_F(FhirEndpointTest, SendsABearerTokenFromAFile) {
  const TempDir dir;
  const std::string token = dir.Write("token", "a-long-lived-token\n");
  const ReceiverProcess server("fhir_server.mjs", {"--token-file", token});
  FhirEndpointConfig config = ConfigFor(server.port());
  config.bearer_token_file = token;
  EXPECT_TRUE(Make(config)->Search("Task", "", kPatience).ok());
}

TEST_F(FhirEndpointTest, ServerDownIsUnavailable) {
  const auto endpoint = Make(ConfigFor(ClosedPort()));
  ExpectError(endpoint->Search("Task", "", kPatience), ErrorCode::kUnavailable);
  ExpectError(endpoint->Put(Task("t1"), kPatience), ErrorCode::kUnavailable);
}

TEST_F(FhirEndpointTest, UntrustedCertificatesAreRefusedAndNothingSent) {
  for (const Identity identity : {Identity::kStranger, Identity::kWrongHost}) {
    const ReceiverProcess server("fhir_server.mjs", {}, identity);
    const auto endpoint = Make(ConfigFor(server.port()));
    ExpectError(endpoint->Search("Task", "", kPatience), ErrorCode::kUnavailable);
    ExpectError(endpoint->Put(Task("t1"), kPatience), ErrorCode::kUnavailable);
    EXPECT_TRUE(server.Log().empty());
  }
}

TEST_F(FhirEndpointTest, ShowsItsClientCertificate) {
  const ReceiverProcess server("fhir_server.mjs",
                               {"--client-ca", Certificates::Get().Trust().ca_file});
  FhirEndpointConfig config = ConfigFor(server.port());
  EXPECT_FALSE(Make(config)->Search("Task", "", kPatience).ok());
  config.trust = Certificates::Get().TrustWithClient();
  const auto found = Make(config)->Search("Task", "", kPatience);
  EXPECT_TRUE(found.ok()) << found.error().message;
}

TEST_F(FhirEndpointTest, RefusedWriteIsInvalid) {
  const ReceiverProcess server("fhir_server.mjs", {"--mode", "refuse"});
  ExpectError(Make(ConfigFor(server.port()))->Put(Task("t1"), kPatience), ErrorCode::kInvalid);
}

TEST_F(FhirEndpointTest, LostAnswerOfAWriteIsUncertainAndOfAReadUnavailable) {
  const ReceiverProcess server("fhir_server.mjs", {"--mode", "drop"});
  const auto endpoint = Make(ConfigFor(server.port()));
  ExpectError(endpoint->Put(Task("t1"), kPatience), ErrorCode::kUncertain);
  ExpectError(endpoint->Search("Task", "", kPatience), ErrorCode::kUnavailable);
  int writes = 0;
  for (const auto& entry : server.Log()) writes += entry["kind"].text() == "fhir";
  EXPECT_EQ(writes, 1);
}

TEST_F(FhirEndpointTest, DeadlineIsKeptWhenTheServerHangs) {
  const ReceiverProcess server("fhir_server.mjs", {"--mode", "hang"});
  const auto endpoint = Make(ConfigFor(server.port()));
  const auto start = std::chrono::steady_clock::now();
  ExpectError(endpoint->Put(Task("t1"), milliseconds(2'000)), ErrorCode::kUncertain);
  ExpectError(endpoint->Search("Task", "", milliseconds(1'000)), ErrorCode::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(3'000) + kGrace);
}

TEST_F(FhirEndpointTest, DeadlineIsKeptWhenTheServerIsSilent) {
  const SilentPort silent;
  const auto endpoint = Make(ConfigFor(silent.port()));
  const auto start = std::chrono::steady_clock::now();
  ExpectError(endpoint->Put(Task("t1"), milliseconds(700)), ErrorCode::kUnavailable);
  ExpectError(endpoint->Read("Task", "t1", milliseconds(700)), ErrorCode::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1'400) + kGrace);
}

TEST_F(FhirEndpointTest, AnswersAreBoundedAlsoInOneHugeChunk) {
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"--answer-bytes", "1500000000"},
        std::vector<std::string>{"--answer-bytes", "1500000000", "--one-chunk"}}) {
    const ReceiverProcess server("http_receiver.mjs", how);
    FhirEndpointConfig config = ConfigFor(server.port());
    config.max_answer_bytes = 1'000'000;
    const auto start = std::chrono::steady_clock::now();
    ExpectError(Make(config)->Search("Task", "", kPatience), ErrorCode::kTooLarge);
    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(5'000));
  }
}

TEST_F(FhirEndpointTest, NextLinkToAnotherOriginIsNotFollowed) {
  const TempDir dir;
  const ReceiverProcess other("http_receiver.mjs", {});
  const auto bundle = [&](const std::string& next) {
    return dir.Write("bundle.json", R"({"resourceType":"Bundle","type":"searchset","link":[)"
                                    R"({"relation":"next","url":")" +
                                        next + R"("}]})");
  };
  for (const std::string& next :
       {other.Url("/fhir/Task"), std::string("http://localhost/fhir/Task"),
        std::string("https://localhost@evil.example/fhir/Task"),
        std::string("//evil.example/fhir")}) {
    const ReceiverProcess server("http_receiver.mjs", {"--answer", bundle(next)});
    FhirEndpointConfig config = ConfigFor(server.port());
    config.max_pages = 3;
    const auto result = Make(config)->Search("Task", "", kPatience);
    if (next.starts_with("//")) {
      EXPECT_FALSE(result.ok());  // taken as a path of the partner's own server, page after page
    } else {
      ExpectError(result, ErrorCode::kMalformed);
    }
  }
}

TEST_F(FhirEndpointTest, EndlessPagesAreTooLarge) {
  const TempDir dir;
  const ReceiverProcess server(
      "http_receiver.mjs",
      {"--answer", dir.Write("bundle.json", R"({"resourceType":"Bundle","type":"searchset",)"
                                            R"("link":[{"relation":"next","url":"Task?p=2"}]})")});
  FhirEndpointConfig config = ConfigFor(server.port());
  config.max_pages = 3;
  ExpectError(Make(config)->Search("Task", "", kPatience), ErrorCode::kTooLarge);
}

TEST_F(FhirEndpointTest, AnswersThatAreNotFhirAreMalformed) {
  const TempDir dir;
  for (const char* answer : {"<html>", "{\"resourceType\":\"Patient\",\"resourceType\":\"Task\"}",
                             "{}", "{\"resourceType\":\"Patient\",\"id\":\"p1\"}"}) {
    const ReceiverProcess server("http_receiver.mjs", {"--answer", dir.Write("answer", answer)});
    ExpectError(Make(ConfigFor(server.port()))->Search("Task", "", kPatience),
                ErrorCode::kMalformed);
  }
}

TEST_F(FhirEndpointTest, OnlyFhirTypesIdsAndEncodedQueriesLeave) {
  const auto endpoint = Make(ConfigFor(1));
  ExpectError(endpoint->Search("Tasks", "", kPatience), ErrorCode::kInvalid);
  ExpectError(endpoint->Search("Task", "a=b c", kPatience), ErrorCode::kInvalid);
  ExpectError(endpoint->Search("Task", "a=b\r\nX: y", kPatience), ErrorCode::kInvalid);
  ExpectError(endpoint->Read("Task", "../Patient", kPatience), ErrorCode::kInvalid);
  ExpectError(endpoint->Create(Task("t1"), "a=b\r\nX: y", kPatience), ErrorCode::kInvalid);
}

TEST_F(FhirEndpointTest, UnusableSettingsAreNamed) {
  FhirEndpointConfig config = ConfigFor(1);
  config.base_url = "http://localhost/fhir";
  EXPECT_EQ(FhirEndpoint::Make(config).error().path, "base_url");
  config = ConfigFor(1);
  config.client_id = "psgateway";
  EXPECT_EQ(FhirEndpoint::Make(config).error().path, "token_url");
}

TEST_F(FhirEndpointTest, ManyThreadsShareAnEndpoint) {
  const ReceiverProcess server("fhir_server.mjs", {});
  const auto endpoint = Make(ConfigFor(server.port()));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 4; ++i) {
        const auto put = endpoint->Put(Task("t" + std::to_string(thread * 4 + i)), kPatience);
        EXPECT_TRUE(put.ok()) << put.error().message;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(endpoint->Search("Task", "", kPatience)->size(), 32u);
}

}  // namespace
}  // namespace adapters::testing
