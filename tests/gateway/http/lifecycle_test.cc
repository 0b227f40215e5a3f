// Listening, TLS, reload and drain.
#include <openssl/ssl.h>

#include <future>

#include "gateway/http/server.h"
#include "tests/gateway/http/server_fixture.h"

namespace gateway::http {
namespace {

using testing::HasSubstr;

class LifecycleTest : public ServerFixture {
 protected:
  bool HasIpv6() {
    ServerOptions options = options_;
    options.listen = "[::1]:0";
    return Server::Start(options, Echo).ok();
  }
};

TEST_F(LifecycleTest, AnAddressInUseIsSaidWithWhatToDo) {
  Start();
  options_.listen = "127.0.0.1:" + std::to_string(port());
  EXPECT_THAT(StartError(), HasSubstr("address in use: " + options_.listen + "; stop"));
}

TEST_F(LifecycleTest, BadAddressesAreSaid) {
  options_.listen = "localhost";
  EXPECT_THAT(StartError(), HasSubstr("127.0.0.1:8443"));
  options_.listen = "localhost:1";
  EXPECT_THAT(StartError(), HasSubstr("127.0.0.1:8443"));
  options_.listen = "192.0.2.1:0";
  EXPECT_THAT(StartError(), HasSubstr("no address to listen on 192.0.2.1:0"));
}

TEST_F(LifecycleTest, BadCertificatesAreNamed) {
  const ServerOptions good = options_;
  options_.certificate_chain_file = "/nowhere/a.crt";
  EXPECT_THAT(StartError(), HasSubstr("cannot be read: /nowhere/a.crt"));
  options_ = good;
  options_.private_key_file = certificates_.Write("bad.key", "nonsense");
  EXPECT_THAT(StartError(), HasSubstr("not usable PEM: " + options_.private_key_file));
  options_ = good;
  options_.private_key_file = certificates_.Make("other", "other").key;
  EXPECT_THAT(StartError(), HasSubstr("does not belong to the certificate"));
  options_ = good;
  options_.private_key_file.clear();
  EXPECT_THAT(StartError(), HasSubstr("give both"));
  options_ = good;
  options_.client_ca_file = "/nowhere/ca.crt";
  EXPECT_THAT(StartError(), HasSubstr("cannot be read: /nowhere/ca.crt"));
}

TEST_F(LifecycleTest, PlainHttpIsForLoopbackOnly) {
  StartPlain();
  TestClient client(port(), client_);
  const Answer answer = client.Ask(Get("/healthz"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Strict-Transport-Security"), "");
  options_.listen = "0.0.0.0:0";
  EXPECT_THAT(StartError(), HasSubstr("loopback only"));
}

TEST_F(LifecycleTest, ListensOnIpv6) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no IPv6 loopback";
  options_.listen = "[::1]:0";
  Start(Holding());
  client_.address = "::1";
  TestClient client(port(), client_);
  client.Send(Get("/"));
  auto [request, respond] = held_.Take();
  EXPECT_EQ(request.client_address, "::1");
  respond({});
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(LifecycleTest, TheUnspecifiedIpv6AddressListensOnIpv4Too) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no IPv6 loopback";
  options_.listen = "[::]:0";
  Start(Holding());
  for (const char* address : {"127.0.0.1", "::1"}) {
    client_.address = address;
    TestClient client(port(), client_);
    client.Send(Get("/"));
    auto [request, respond] = held_.Take();
    EXPECT_EQ(request.client_address, address);
    respond({});
    EXPECT_EQ(client.Read().status, 200);
  }
}

TEST_F(LifecycleTest, SpeaksTls13And12WithEcdheAndAeadOnly) {
  Start();
  EXPECT_EQ(TestClient(port()).version(), "TLSv1.3");
  client_.max_version = TLS1_2_VERSION;
  TestClient older(port(), client_);
  EXPECT_EQ(older.version(), "TLSv1.2");
  EXPECT_EQ(older.cipher(), "ECDHE-ECDSA-AES256-GCM-SHA384");
  EXPECT_EQ(older.Ask(Get("/")).status, 200);
  client_.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  EXPECT_EQ(TestClient(port(), client_).cipher(), "ECDHE-ECDSA-AES256-GCM-SHA384");
  client_.ciphers = "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA";
  EXPECT_FALSE(TestClient(port(), client_).ok());
  client_.ciphers = "ALL:@SECLEVEL=0";
  client_.max_version = TLS1_1_VERSION;
  EXPECT_FALSE(TestClient(port(), client_).ok());
  client_.max_version = TLS1_VERSION;
  EXPECT_FALSE(TestClient(port(), client_).ok());
}

TEST_F(LifecycleTest, StaticRsaKeyExchangeIsRefused) {
  const auto rsa = certificates_.Make("rsa", "rsa", KeyKind::kRsa);
  options_.certificate_chain_file = rsa.certificate;
  options_.private_key_file = rsa.key;
  Start();
  client_.max_version = TLS1_2_VERSION;
  EXPECT_TRUE(TestClient(port(), client_).ok());
  client_.ciphers = "AES128-GCM-SHA256:AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384";
  EXPECT_FALSE(TestClient(port(), client_).ok());
  client_.ciphers = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA";
  EXPECT_FALSE(TestClient(port(), client_).ok());
}

TEST_F(LifecycleTest, OnlyHttp11IsChosenByAlpn) {
  Start();
  client_.alpn = "\x02h2\x08http/1.1";
  EXPECT_EQ(TestClient(port(), client_).Ask(Get("/")).status, 200);
  client_.alpn = "\x02h2";
  EXPECT_FALSE(TestClient(port(), client_).ok());
}

TEST_F(LifecycleTest, PlainBytesOnTheTlsPortEndTheConnection) {
  Start();
  client_.tls = false;
  TestClient client(port(), client_);
  EXPECT_EQ(client.Ask(Get("/")).status, 0);
  EXPECT_TRUE(Eventually([this] { return server_->counters().open == 0; }));
  EXPECT_EQ(server_->counters().requests, 0u);
}

TEST_F(LifecycleTest, AClientCaAsksForACertificateOfIt) {
  const auto trusted = certificates_.Make("client", "hub");
  options_.client_ca_file = trusted.certificate;
  Start();
  client_.shows = trusted;
  EXPECT_EQ(TestClient(port(), client_).Ask(Get("/")).status, 200);
  client_.shows = certificates_.Make("stranger", "stranger");
  EXPECT_EQ(TestClient(port(), client_).Ask(Get("/")).status, 0);
  client_.shows = {};
  EXPECT_EQ(TestClient(port(), client_).Ask(Get("/")).status, 0);
}

TEST_F(LifecycleTest, AReloadedCertificateServesNewConnections) {
  Start();
  TestClient old(port());
  EXPECT_EQ(old.peer_common_name(), "first");
  certificates_.Make("server", "second");
  ASSERT_TRUE(server_->ReloadCertificate().ok());
  EXPECT_EQ(TestClient(port()).peer_common_name(), "second");
  EXPECT_EQ(old.Ask(Get("/")).status, 200);
}

TEST_F(LifecycleTest, AFailedReloadKeepsTheCertificate) {
  Start();
  certificates_.Write("server.crt", "nonsense");
  const fhir::Status status = server_->ReloadCertificate();
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("server.crt"));
  EXPECT_EQ(TestClient(port()).peer_common_name(), "first");
}

TEST_F(LifecycleTest, DrainClosesIdleConnectionsAndAnswersTheRest) {
  Start(Holding());
  TestClient idle(port());
  TestClient busy(port());
  busy.Send(Get("/"));
  auto [request, respond] = held_.Take();
  auto drained =
      std::async(std::launch::async, [this] { return server_->Drain(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.Ended());
  EXPECT_TRUE(Eventually([this] { return !TestClient(port(), client_).connected(); }));
  respond({});
  const Answer answer = busy.Read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(busy.Ended());
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(server_->counters().open, 0u);
}

TEST_F(LifecycleTest, DrainAnswersWhatWasPipelined) {
  Start(Holding());
  TestClient client(port());
  client.Send(Get("/1") + Get("/2"));
  auto [first, respond] = held_.Take();
  TestClient idle(port());
  auto drained =
      std::async(std::launch::async, [this] { return server_->Drain(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.Ended());
  respond({});
  EXPECT_EQ(client.Read().field("Connection"), "");
  held_.Take().second({});
  EXPECT_EQ(client.Read().field("Connection"), "close");
  EXPECT_TRUE(drained.get());
}

TEST_F(LifecycleTest, DrainGivesUpAtItsDeadline) {
  Start(Holding());
  TestClient client(port());
  client.Send(Get("/"));
  auto [request, respond] = held_.Take();
  EXPECT_FALSE(server_->Drain(kShort));
  EXPECT_EQ(client.Read().status, 0);
  respond({});
  EXPECT_TRUE(server_->Drain(kShort));
}

TEST_F(LifecycleTest, AnAnswerMayComeAfterTheServerIsGone) {
  Start(Holding());
  TestClient client(port());
  client.Send(Get("/") + Get("/"));
  auto [request, respond] = held_.Take();
  server_.reset();
  EXPECT_EQ(client.Read().status, 0);
  respond({});
}

TEST_F(LifecycleTest, AServerWithManyOpenConnectionsGoesAway) {
  options_.threads = 4;
  Start();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 30; ++i) {
    clients.push_back(std::make_unique<TestClient>(port()));
    clients.back()->Send(i % 2 == 0 ? "GET / HT" : "POST / HTTP/1.1\r\nHost: h\r\n");
  }
  server_.reset();
  for (const auto& client : clients) EXPECT_TRUE(client->Ended());
}

TEST_F(LifecycleTest, AnswersRacingWithTheEndOfTheServerAreSafe) {
  for (int round = 0; round < 20; ++round) {
    Start(Holding());
    std::vector<std::unique_ptr<TestClient>> clients;
    std::vector<Respond> responds;
    for (int i = 0; i < 5; ++i) {
      clients.push_back(std::make_unique<TestClient>(port()));
      clients.back()->Send(Get("/"));
      responds.push_back(held_.Take().second);
    }
    std::thread answering([&] {
      for (const Respond& respond : responds) respond({});
    });
    server_.reset();
    answering.join();
  }
}

}  // namespace
}  // namespace gateway::http
