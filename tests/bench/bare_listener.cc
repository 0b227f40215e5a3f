// The baseline of ./dev bench: the least HTTPS listener that Beast allows. No checks, no limits, no
// timeouts; every request is answered with the bytes of one file.
//   bare_listener PORT CERT KEY BODYFILE THREADS
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, asio::ssl::context& context, const std::string& body)
      : stream_(beast::tcp_stream(std::move(socket)), context), body_(body) {}

  void Start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
      self->stream_.async_handshake(asio::ssl::stream_base::server,
                                    [self](beast::error_code error) {
                                      if (!error) self->Read();
                                    });
    });
  }

 private:
  void Read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code error, size_t) {
                       if (!error) self->Write();
                     });
  }

  void Write() {
    response_.emplace(http::status::ok, request_.version());
    response_->set(http::field::content_type, "application/fhir+json; charset=utf-8");
    response_->set(http::field::cache_control, "no-store");
    response_->set(http::field::date, "Sun, 22 Nov 2026 02:26:24 GMT");
    response_->set("X-Content-Type-Options", "nosniff");
    response_->set("Strict-Transport-Security", "max-age=31536000");
    response_->set("X-Request-Id", "0193522f-0000-7000-8000-000000000000");
    response_->keep_alive(request_.keep_alive());
    response_->body() = {body_.data(), body_.size()};
    response_->content_length(body_.size());
    http::async_write(stream_, *response_,
                      [self = shared_from_this()](beast::error_code error, size_t) {
                        if (!error && self->response_->keep_alive()) self->Read();
                      });
  }

  beast::ssl_stream<beast::tcp_stream> stream_;
  const std::string& body_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::optional<http::response<http::span_body<const char>>> response_;
};

class Listener {
 public:
  Listener(asio::io_context& io, asio::ssl::context& context, uint16_t port, std::string body)
      : io_(io),
        context_(context),
        acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
        body_(std::move(body)) {}

  void Accept() {
    acceptor_.async_accept(
        asio::make_strand(io_), [this](beast::error_code error, tcp::socket socket) {
          if (!error) {
            socket.set_option(tcp::no_delay(true), error);
            std::make_shared<Session>(std::move(socket), context_, body_)->Start();
          }
          Accept();
        });
  }

 private:
  asio::io_context& io_;
  asio::ssl::context& context_;
  tcp::acceptor acceptor_;
  const std::string body_;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 6) {
    std::fputs("usage: bare_listener PORT CERT KEY BODYFILE THREADS\n", stderr);
    return 2;
  }
  std::ifstream file(argv[4], std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "the body file cannot be read: %s\n", argv[4]);
    return 2;
  }
  std::string body((std::istreambuf_iterator<char>(file)), {});

  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain_file(argv[2]);
  context.use_private_key_file(argv[3], asio::ssl::context::pem);

  const int threads = std::max(1, std::atoi(argv[5]));
  asio::io_context io(threads);
  Listener listener(io, context, static_cast<uint16_t>(std::atoi(argv[1])), std::move(body));
  listener.Accept();
  std::puts("listening");
  std::fflush(stdout);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](beast::error_code, int) { io.stop(); });

  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back([&io] { io.run(); });
  io.run();
  for (std::thread& other : others) other.join();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
