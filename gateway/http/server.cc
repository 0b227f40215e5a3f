#include "gateway/http/server.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <mutex>
#include <thread>

#include "gateway/http/connection.h"
#include "gateway/http/edge.h"
#include "gateway/http/listen_address.h"
#include "gateway/http/tls.h"

namespace gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Strand>;

// Descriptors are left for the store, the adapters and the logs.
size_t ConnectionCap(size_t wanted) {
  rlimit files{};
  const bool known = ::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY;
  const size_t cap = known ? static_cast<size_t>(files.rlim_cur) / 4 * 3 : 100'000;
  return wanted == 0 ? cap : std::min(wanted, cap);
}

milliseconds SweepPeriod(const Limits& limits) {
  const milliseconds shortest = std::min(
      {limits.header_timeout, limits.body_timeout, limits.idle_timeout, limits.write_timeout});
  return std::clamp(shortest / 8, milliseconds(5), milliseconds(250));
}

fhir::Error ListenError(const error_code& error, const std::string& listen) {
  if (error == asio::error::address_in_use) {
    return fhir::Fail(fhir::ErrorCode::kUnavailable,
                      "address in use: " + listen +
                          "; stop the program that listens there or configure another port");
  }
  if (error == asio::error::access_denied) {
    return fhir::Fail(fhir::ErrorCode::kForbidden,
                      "no permission to listen on " + listen +
                          "; configure a port above 1023 or grant CAP_NET_BIND_SERVICE");
  }
  if (error == boost::system::errc::address_not_available) {
    return fhir::Fail(fhir::ErrorCode::kInvalid, "this machine has no address to listen on " +
                                                     listen + "; configure one that it has");
  }
  return fhir::Fail(fhir::ErrorCode::kUnavailable,
                    "cannot listen on " + listen + ": " + error.message());
}

// Signals belong to the program's own threads.
class BlockSignals {
 public:
  BlockSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

bool Edge::Add(std::shared_ptr<Connection> connection) {
  const std::lock_guard lock(mutex);
  if (draining.load()) return false;
  connections.push_front(std::move(connection));
  connections.front()->place = connections.begin();
  return true;
}

void Edge::Remove(Place place) {
  std::list<std::shared_ptr<Connection>> removed;  // dies after the lock
  const std::lock_guard lock(mutex);
  removed.splice(removed.begin(), connections, place);
  if (connections.empty()) empty.notify_all();
}

std::vector<std::shared_ptr<Connection>> Edge::Open() {
  const std::lock_guard lock(mutex);
  return {connections.begin(), connections.end()};
}

bool Edge::WaitUntilEmpty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex);
  return empty.wait_until(lock, deadline, [this] { return connections.empty(); });
}

void Edge::WaitUntilEmpty() {
  std::unique_lock lock(mutex);
  empty.wait(lock, [this] { return connections.empty(); });
}

class Server::Impl {
 public:
  explicit Impl(const ServerOptions& options)
      : edge_(std::make_shared<Edge>(std::max(1, options.threads))),
        files_{options.certificate_chain_file, options.private_key_file, options.client_ca_file},
        cap_(ConnectionCap(options.limits.connections)),
        sweep_period_(SweepPeriod(options.limits)),
        control_(asio::make_strand(edge_->io)),
        acceptor_(control_),
        timer_(control_),
        pause_(control_),
        work_(edge_->io.get_executor()) {
    edge_->limits = options.limits;
    edge_->body_limit = options.body_limit;
    edge_->tls = !files_.certificate_chain.empty();
  }

  ~Impl() {
    Drain(milliseconds(0));
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    edge_->handler = nullptr;
    edge_->body_limit = nullptr;
  }

  fhir::Status Listen(const std::string& listen) {
    const auto parsed = ParseListenAddress(listen);
    if (!parsed.ok()) return parsed.error();
    error_code error;
    const auto address = asio::ip::make_address(parsed->host);  // a literal: does not throw
    if (!edge_->tls && !address.is_loopback()) {
      return fhir::Fail(fhir::ErrorCode::kInvalid,
                        "plain HTTP is for loopback only: give " + listen + " a certificate");
    }
    const tcp::endpoint endpoint(address, parsed->port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6() && address.is_unspecified()) {
      acceptor_.set_option(asio::ip::v6_only(false), error);
    }
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) return ListenError(error, listen);
    return {};
  }

  fhir::Status LoadCertificate() {
    if (!edge_->tls) return {};
    auto context = MakeTlsContext(files_);
    if (!context.ok()) return context.error();
    const std::lock_guard lock(tls_mutex_);
    tls_ = std::move(*context);
    return {};
  }

  void Start(int threads, Handler handler) {
    edge_->handler = std::move(handler);
    asio::post(control_, [this] {
      Accept();
      Sweep();
    });
    const BlockSignals blocked;
    for (int i = 0; i < std::max(1, threads); ++i) {
      threads_.emplace_back([this] { edge_->io.run(); });
    }
  }

  bool Drain(milliseconds deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    {
      const std::lock_guard lock(edge_->mutex);
      edge_->draining = true;
    }
    asio::post(control_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    for (const auto& connection : edge_->Open()) connection->Drain();
    const bool finished = edge_->WaitUntilEmpty(until);
    if (!finished) {
      for (const auto& connection : edge_->Open()) connection->Abort();
      edge_->WaitUntilEmpty();
    }
    // The sweep ends too, so that the threads run out of work.
    asio::post(control_, [this] { timer_.cancel(); });
    return finished;
  }

  uint16_t port() const { return port_; }

  Counters counters() const {
    const std::lock_guard lock(edge_->mutex);
    return {edge_->accepted, edge_->refused_connections, edge_->requests, edge_->refused_requests,
            edge_->connections.size()};
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(edge_->io), [this](error_code error, Socket socket) {
      if (!acceptor_.is_open()) return;
      if (!error) {
        OnSocket(std::move(socket));
        Accept();
        return;
      }
      // Out of descriptors or memory: accepting again at once would spin.
      pause_.expires_after(milliseconds(50));
      pause_.async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor_.is_open()) Accept();
      });
    });
  }

  void OnSocket(Socket socket) {
    error_code error;
    if (OpenCount() >= cap_) {
      edge_->refused_connections.fetch_add(1);
      socket.close(error);
      return;
    }
    edge_->accepted.fetch_add(1);
    socket.set_option(tcp::no_delay(true), error);
    if (!error) socket.native_non_blocking(true, error);
    if (error) return;
    auto connection = std::make_shared<Connection>(edge_, std::move(socket), Tls());
    if (edge_->Add(connection)) connection->Start();
  }

  size_t OpenCount() {
    const std::lock_guard lock(edge_->mutex);
    return edge_->connections.size();
  }

  TlsContext Tls() {
    const std::lock_guard lock(tls_mutex_);
    return tls_;
  }

  // One timer for all: a connection's deadline is a number, not an operation to start and cancel.
  void Sweep() {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& connection : edge_->Open()) {
      if (connection->deadline() <= now) connection->CheckDeadline();
    }
    timer_.expires_after(sweep_period_);
    timer_.async_wait([this](error_code error) {
      if (!error && !Stopped()) Sweep();
    });
  }

  bool Stopped() {
    const std::lock_guard lock(edge_->mutex);
    return edge_->draining && edge_->connections.empty();
  }

  const std::shared_ptr<Edge> edge_;
  const TlsFiles files_;
  const size_t cap_;
  const milliseconds sweep_period_;
  asio::strand<asio::io_context::executor_type> control_;  // acceptor and timers
  asio::basic_socket_acceptor<tcp, Strand> acceptor_;
  Timer timer_;
  Timer pause_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  uint16_t port_ = 0;
  std::mutex tls_mutex_;
  TlsContext tls_;
  std::vector<std::thread> threads_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

fhir::Result<std::unique_ptr<Server>> Server::Start(ServerOptions options, Handler handler) {
  if (options.certificate_chain_file.empty() != options.private_key_file.empty()) {
    return fhir::Fail(fhir::ErrorCode::kInvalid,
                      "a certificate chain and its private key belong together: give both");
  }
  auto impl = std::make_unique<Impl>(options);
  if (auto status = impl->LoadCertificate(); !status.ok()) return status.error();
  if (auto status = impl->Listen(options.listen); !status.ok()) return status.error();
  impl->Start(options.threads, std::move(handler));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const { return impl_->port(); }
bool Server::Drain(std::chrono::milliseconds deadline) { return impl_->Drain(deadline); }
fhir::Status Server::ReloadCertificate() { return impl_->LoadCertificate(); }
Server::Counters Server::counters() const { return impl_->counters(); }

}  // namespace gateway::http
