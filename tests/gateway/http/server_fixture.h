// A server over real TLS on a port of its own, with handlers that tests need.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "gateway/http/server.h"
#include "tests/gateway/http/test_client.h"

namespace gateway::http {

inline constexpr std::chrono::milliseconds kShort{150};

// Holds requests until the test answers them.
class Held {
 public:
  void Put(Request request, Respond respond) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(std::move(request), std::move(respond));
    changed_.notify_all();
  }
  std::pair<Request, Respond> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty(); });
    auto taken = std::move(waiting_.front());
    waiting_.pop_front();
    return taken;
  }
  size_t size() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<Request, Respond>> waiting_;
};

// Says what came in: method, target and body.
inline void Echo(Request request, const Respond& respond) {
  Response response;
  response.Set("Content-Type", "text/plain");
  response.body = request.method + " " + request.target + "\n" + request.body;
  respond(std::move(response));
}

inline std::string Get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}
inline std::string Post(const std::string& target, const std::string& body,
                        const std::string& fields = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Until `done` holds or twenty seconds are over.
inline bool Eventually(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

class ServerFixture : public testing::Test {
 protected:
  ServerFixture() : pair_(certificates_.Make("server", "first")) {
    options_.certificate_chain_file = pair_.certificate;
    options_.private_key_file = pair_.key;
  }

  void Start(Handler handler = Echo) {
    auto started = Server::Start(options_, std::move(handler));
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(*started);
  }
  void StartPlain(Handler handler = Echo) {
    options_.certificate_chain_file.clear();
    options_.private_key_file.clear();
    client_.tls = false;
    Start(std::move(handler));
  }
  Handler Holding() {
    return [this](Request request, Respond respond) {
      held_.Put(std::move(request), std::move(respond));
    };
  }
  uint16_t port() const { return server_->port(); }
  std::string StartError() {
    auto started = Server::Start(options_, Echo);
    return started.ok() ? "" : started.error().message;
  }

  TestCertificates certificates_;
  TestCertificates::Pair pair_;
  ServerOptions options_;
  ClientOptions client_;
  Held held_;
  std::unique_ptr<Server> server_;  // goes first
};

}  // namespace gateway::http
