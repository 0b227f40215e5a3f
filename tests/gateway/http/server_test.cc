// Requests and answers, limits and timeouts.
#include "gateway/http/server.h"

#include <atomic>

#include "fhir/json/json.h"
#include "tests/gateway/http/server_fixture.h"

namespace gateway::http {
namespace {

using testing::HasSubstr;

class ServerTest : public ServerFixture {};

std::string IssueCode(const Answer& answer) {
  const auto outcome = fhir::json::Parse(answer.body);
  if (!outcome.ok()) return "no JSON";
  if ((*outcome)["resourceType"].text() != "OperationOutcome") return "no OperationOutcome";
  return (*outcome)["issue"].at(0)["code"].text();
}

TEST_F(ServerTest, AnswersWithTheEdgesFields) {
  Start();
  TestClient client(port());
  const Answer answer = client.Ask(Get("/a?b=c"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /a?b=c\n");
  EXPECT_EQ(answer.field("Cache-Control"), "no-store");
  EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(answer.field("Strict-Transport-Security"), HasSubstr("max-age="));
  EXPECT_THAT(answer.field("Date"), HasSubstr(" GMT"));
  EXPECT_EQ(answer.field("X-Request-Id").size(), 36u);
  EXPECT_EQ(answer.field("Connection"), "");
}

TEST_F(ServerTest, TheRequestIsPlainValues) {
  Start(Holding());
  TestClient client(port());
  client.Send(Post("/p%20q?x=1&y=%7C", "body", "X-Two: a\r\nX-Two: b\r\n"));
  auto [request, respond] = held_.Take();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/p%20q?x=1&y=%7C");
  EXPECT_EQ(request.path, "/p%20q");
  EXPECT_EQ(request.query, "x=1&y=%7C");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.client_address, "127.0.0.1");
  EXPECT_EQ(request.field("x-two"), "a");
  EXPECT_EQ(request.fields.size(), 4u);
  respond({});
  EXPECT_EQ(client.Read().field("X-Request-Id"), request.id);
}

TEST_F(ServerTest, KeepsTheConnectionForManyRequests) {
  Start();
  TestClient client(port());
  for (int i = 0; i < 50; ++i) {
    const std::string target = "/" + std::to_string(i);
    EXPECT_EQ(client.Ask(Get(target)).body, "GET " + target + "\n");
  }
  EXPECT_EQ(server_->counters().accepted, 1u);
  EXPECT_EQ(server_->counters().requests, 50u);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrderOneAtATime) {
  Start(Holding());
  TestClient client(port());
  std::string all;
  for (int i = 0; i < 20; ++i) all += Post("/" + std::to_string(i), std::string(1000, 'x'));
  client.Send(all);
  std::thread answering([this] {
    for (int i = 0; i < 20; ++i) {
      auto [request, respond] = held_.Take();
      EXPECT_EQ(held_.size(), 0u);
      Response response;
      response.body = request.target;
      respond(std::move(response));
    }
  });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.Read().body, "/" + std::to_string(i));
  answering.join();
}

TEST_F(ServerTest, ManyPipelinedRequestsAnsweredAtOnce) {
  Start();
  TestClient client(port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += Get("/" + std::to_string(i));
  client.Send(all);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(client.Read().body, "GET /" + std::to_string(i) + "\n");
}

TEST_F(ServerTest, HowTheBytesAreCutDoesNotMatter) {
  StartPlain();
  const std::string all = Post("/a", "one") +
                          "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                          "3\r\ntwo\r\n0\r\n\r\n" + Get("/c", "Connection: close\r\n");
  for (size_t cut = 1; cut < all.size(); ++cut) {
    TestClient client(port(), client_);
    client.Send(all.substr(0, cut));
    client.Send(all.substr(cut));
    EXPECT_EQ(client.Read().body, "POST /a\none") << cut;
    EXPECT_EQ(client.Read().body, "POST /b\ntwo") << cut;
    EXPECT_EQ(client.Read().body, "GET /c\n") << cut;
    EXPECT_TRUE(client.Ended()) << cut;
  }
}

TEST_F(ServerTest, HeadHasALengthAndNoBody) {
  Start();
  TestClient client(port());
  client.Send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  const Answer answer = client.Read(TestClient::Body::kNone);
  EXPECT_EQ(answer.field("Content-Length"), "8");
  EXPECT_EQ(client.Ask(Get("/b")).body, "GET /b\n");
}

TEST_F(ServerTest, Http10ClosesUnlessItAsksNotTo) {
  Start();
  TestClient closing(port());
  EXPECT_EQ(closing.Ask("GET / HTTP/1.0\r\n\r\n").field("Connection"), "close");
  EXPECT_TRUE(closing.Ended());
  TestClient staying(port());
  EXPECT_EQ(staying.Ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"),
            "keep-alive");
  EXPECT_EQ(staying.Ask(Get("/")).status, 200);
}

TEST_F(ServerTest, LargeBodiesGoBothWays) {
  options_.limits.body_bytes = 8 * 1024 * 1024;
  Start();
  std::string body(5 * 1024 * 1024 + 7, '\0');
  for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 3);
  TestClient client(port());
  std::thread sending([&] { client.Send(Post("/", body)); });
  sending.join();
  EXPECT_TRUE(client.Read().body == "POST /\n" + body);

  std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += 100'000) {
    const std::string part = body.substr(at, 100'000);
    char size[20];
    std::snprintf(size, sizeof(size), "%zx\r\n", part.size());
    chunked += size + part + "\r\n";
  }
  client.Send(chunked + "0\r\n\r\n");
  EXPECT_TRUE(client.Read().body == "POST /\n" + body);
}

TEST_F(ServerTest, AnAnnouncedBodyOverTheLimitIsRefusedBeforeItComes) {
  Start();
  TestClient client(port());
  const Answer answer = client.Ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(IssueCode(answer), "too-long");
  EXPECT_EQ(answer.field("Content-Type"), "application/fhir+json; charset=utf-8");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.Ended());
  EXPECT_EQ(server_->counters().refused_requests, 1u);
  EXPECT_EQ(server_->counters().requests, 0u);
}

TEST_F(ServerTest, ARefusalReachesAClientThatIsStillSending) {
  Start();
  TestClient client(port());
  const std::string megabyte(1024 * 1024, 'x');
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3145728\r\n\r\n");
  for (int i = 0; i < 3; ++i) client.Send(megabyte);
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(ServerTest, AChunkedBodyOverTheLimitIsRefusedWhenItPasses) {
  options_.limits.body_bytes = 10;
  Start();
  TestClient client(port());
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n");
  EXPECT_EQ(client.Ask("8\r\n").status, 413);
}

TEST_F(ServerTest, AMalformedChunkIsRefused) {
  Start();
  TestClient client(port());
  const Answer answer =
      client.Ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(IssueCode(answer), "structure");
}

TEST_F(ServerTest, TheBodyLimitIsDecidedFromTheHead) {
  options_.body_limit = [](const Request& head) -> size_t {
    return head.path == "/bundle" && head.body.empty() ? 100 : 10;
  };
  Start();
  const std::string body(50, 'x');
  TestClient small(port());
  EXPECT_EQ(small.Ask(Post("/", body)).status, 413);
  TestClient large(port());
  EXPECT_EQ(large.Ask(Post("/bundle", body)).status, 200);
}

TEST_F(ServerTest, ContinueIsSaidOnlyWhenTheLimitAllows) {
  Start();
  TestClient client(port());
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ";
  EXPECT_EQ(client.Ask(head + "5\r\n\r\n").status, 100);
  EXPECT_EQ(client.Ask("hello").body, "POST /\nhello");
  EXPECT_EQ(client.Ask(head + "99999999\r\n\r\n").status, 413);
}

TEST_F(ServerTest, AHeadOverTheLimitIsRefused) {
  Start();
  TestClient client(port());
  EXPECT_EQ(client.Ask("GET /" + std::string(16 * 1024, 'a')).status, 431);
  TestClient complete(port());
  EXPECT_EQ(complete.Ask(Get("/", "X: " + std::string(16 * 1024, 'a') + "\r\n")).status, 431);
  TestClient below(port());
  EXPECT_EQ(below.Ask(Get("/", "X: " + std::string(16'000, 'a') + "\r\n")).status, 200);
}

TEST_F(ServerTest, RefusalsAreOutcomesThatRepeatNothing) {
  Start();
  const std::pair<std::string, int> heads[] = {
      {"TRACE /secret HTTP/1.1\r\nHost: h\r\n\r\n", 405},
      {"GET /secret HTTP/3.0\r\nHost: h\r\n\r\n", 505},
      {Get("/secret", "Secret-\x01: x\r\n"), 400},
      {Get("/secret", "Transfer-Encoding: secret\r\n"), 501},
  };
  for (const auto& [head, status] : heads) {
    TestClient client(port());
    const Answer answer = client.Ask(head);
    EXPECT_EQ(answer.status, status);
    EXPECT_NE(IssueCode(answer), "no JSON");
    EXPECT_EQ((answer.head + answer.body).find("ecret"), std::string::npos);
    EXPECT_EQ(answer.field("X-Request-Id").size(), 36u);
    EXPECT_EQ(answer.field("Allow").empty(), status != 405);
    EXPECT_TRUE(client.Ended());
  }
}

TEST_F(ServerTest, ASlowHeadIsEndedInTime) {
  options_.limits.header_timeout = kShort;
  Start();
  TestClient partial(port());
  EXPECT_EQ(partial.Ask("GET / HT").status, 408);
  EXPECT_TRUE(partial.Ended());
  TestClient silent(port());
  EXPECT_TRUE(silent.Ended());
  client_.tls = false;
  TestClient no_handshake(port(), client_);
  EXPECT_TRUE(no_handshake.Ended());
}

TEST_F(ServerTest, ASlowSecondHeadIsEndedInTime) {
  options_.limits.header_timeout = kShort;
  Start();
  TestClient client(port());
  EXPECT_EQ(client.Ask(Get("/") + "GET / HT").status, 200);
  EXPECT_EQ(client.Read().status, 408);
}

TEST_F(ServerTest, ASlowBodyIsEndedInTime) {
  options_.limits.body_timeout = kShort;
  Start();
  TestClient client(port());
  const Answer answer = client.Ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell");
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(IssueCode(answer), "timeout");
  TestClient chunked(port());
  EXPECT_EQ(
      chunked.Ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n").status,
      408);
}

TEST_F(ServerTest, AnIdleConnectionIsClosed) {
  options_.limits.idle_timeout = kShort;
  Start();
  TestClient client(port());
  EXPECT_EQ(client.Ask(Get("/")).status, 200);
  EXPECT_TRUE(client.Ended());
}

TEST_F(ServerTest, AHandlerMayTakeLongerThanAnyTimeout) {
  options_.limits.header_timeout = options_.limits.body_timeout = std::chrono::milliseconds(20);
  options_.limits.idle_timeout = options_.limits.write_timeout = std::chrono::milliseconds(20);
  Start(Holding());
  TestClient client(port());
  client.Send(Get("/"));
  auto [request, respond] = held_.Take();
  // Another connection goes through its whole timeout meanwhile.
  TestClient other(port());
  EXPECT_TRUE(other.Ended());
  respond({});
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(ServerTest, AClientThatDoesNotReadIsClosed) {
  options_.limits.write_timeout = kShort;
  Start([](const Request&, const Respond& respond) {
    Response response;
    response.body.assign(64 * 1024 * 1024, 'x');
    respond(std::move(response));
  });
  client_.receive_buffer = 4096;
  TestClient client(port(), client_);
  client.Send(Get("/"));
  EXPECT_TRUE(Eventually([this] { return server_->counters().requests == 1; }));
  EXPECT_TRUE(Eventually([this] { return server_->counters().open == 0; }));
}

TEST_F(ServerTest, DroppedThrownAndUnwritableAnswersAre500) {
  Start([](const Request& request, const Respond& respond) {
    if (request.path == "/throw") throw std::runtime_error("secret");
    if (request.path == "/split") respond(Response().Set("X", "a\r\nb: c"));
    if (request.path == "/twice") {
      respond(Response{.status = 201, .fields = {}, .body = {}});
      respond({});
    }
  });
  TestClient client(port());
  for (const char* target : {"/drop", "/throw", "/split"}) {
    const Answer answer = client.Ask(Get(target));
    EXPECT_EQ(answer.status, 500) << target;
    EXPECT_EQ(IssueCode(answer), "exception");
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  }
  EXPECT_EQ(client.Ask(Get("/twice")).status, 201);
  EXPECT_EQ(client.Ask(Get("/twice")).status, 201);
}

TEST_F(ServerTest, AnAnswerToADeadConnectionIsDropped) {
  Start(Holding());
  auto client = std::make_unique<TestClient>(port());
  client->Send(Get("/"));
  auto [request, respond] = held_.Take();
  client.reset();
  respond({});
  respond = nullptr;
  EXPECT_TRUE(Eventually([this] { return server_->counters().open == 0; }));
}

TEST_F(ServerTest, AClientMayCloseItsSendingSideAndStillReadTheAnswer) {
  StartPlain(Holding());
  TestClient client(port(), client_);
  client.Send(Get("/"));
  client.ShutdownSend();
  held_.Take().second({});
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_TRUE(client.Ended());
}

TEST_F(ServerTest, ConnectionsOverTheCapAreClosedAtAccept) {
  options_.limits.connections = 2;
  Start();
  TestClient one(port());
  auto two = std::make_unique<TestClient>(port());
  ASSERT_TRUE(one.ok() && two->ok());
  TestClient three(port());
  EXPECT_FALSE(three.ok());
  EXPECT_EQ(server_->counters().refused_connections, 1u);
  EXPECT_EQ(server_->counters().open, 2u);
  two.reset();
  EXPECT_TRUE(Eventually([this] { return server_->counters().open == 1; }));
  TestClient four(port());
  EXPECT_EQ(four.Ask(Get("/")).status, 200);
  EXPECT_EQ(one.Ask(Get("/")).status, 200);
}

TEST_F(ServerTest, ManyClientsOnManyThreads) {
  options_.threads = 4;
  Start(Holding());
  std::atomic<bool> over{false};
  std::thread answering([&] {
    for (int i = 0; i < 8 * 40; ++i) {
      auto [request, respond] = held_.Take();
      Response response;
      response.body = request.target;
      respond(std::move(response));
    }
    over = true;
  });
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([this, c] {
      TestClient client(port());
      for (int i = 0; i < 40; ++i) {
        const std::string target = "/" + std::to_string(c) + "/" + std::to_string(i);
        EXPECT_EQ(client.Ask(Get(target)).body, target);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  answering.join();
  EXPECT_TRUE(over);
}

}  // namespace
}  // namespace gateway::http
