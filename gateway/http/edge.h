// What the connections of one server share.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gateway/http/server.h"
#include "gateway/http/tls.h"

namespace gateway::http {

class Connection;

// Any thread. Connections keep it alive, so an answer that comes after the server is gone is safe.
struct Edge {
  using Place = std::list<std::shared_ptr<Connection>>::iterator;

  explicit Edge(int threads) : io(threads) {}

  // False when draining: the connection must close at once.
  bool Add(std::shared_ptr<Connection> connection);
  void Remove(Place place);
  std::vector<std::shared_ptr<Connection>> Open();
  // Waits until no connection is open; answers whether that came before the deadline.
  bool WaitUntilEmpty(std::chrono::steady_clock::time_point deadline);
  void WaitUntilEmpty();

  boost::asio::io_context io;
  Limits limits;
  Handler handler;
  std::function<size_t(const Request&)> body_limit;
  bool tls = false;

  std::atomic<bool> draining{false};
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> refused_connections{0};
  std::atomic<uint64_t> requests{0};
  std::atomic<uint64_t> refused_requests{0};

  std::mutex mutex;  // of what follows
  std::condition_variable empty;
  std::list<std::shared_ptr<Connection>> connections;
};

}  // namespace gateway::http
