// The HTTPS edge: one listener. It owns sockets, TLS, framing, limits and timeouts, and knows
// nothing of FHIR but that its errors are OperationOutcomes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fhir/result.h"
#include "gateway/http/message.h"

namespace gateway::http {

struct Limits {
  size_t header_bytes = 16 * 1024;
  size_t header_fields = 100;
  size_t body_bytes = 1024 * 1024;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds idle_timeout{30'000};
  std::chrono::milliseconds write_timeout{60'000};
  size_t connections = 0;  // 0: three quarters of RLIMIT_NOFILE
};

struct ServerOptions {
  // "127.0.0.1:8443", "[::]:8443"; port 0 picks one. [::] listens on IPv4 too.
  std::string listen = "127.0.0.1:0";
  // PEM files. Both empty: plain HTTP (the operations listener on loopback only).
  std::string certificate_chain_file;
  std::string private_key_file;
  // PEM file of CAs for client certificates; empty: none is asked for.
  std::string client_ca_file;
  int threads = 2;
  Limits limits;
  // The body limit of one request, decided from its head before the body is read; unset:
  // limits.body_bytes.
  std::function<size_t(const Request& head)> body_limit;
};

// Any thread may call any method. Destruction drains with a deadline of zero.
class Server {
 public:
  // Binds and starts. Errors: the address is in use, a certificate cannot be read (the message
  // names the file), key and certificate do not match.
  static fhir::Result<std::unique_ptr<Server>> Start(ServerOptions options, Handler handler);
  ~Server();

  uint16_t port() const;

  // Stops accepting, answers what has been read with "Connection: close", then closes. Answers
  // whether all was finished before the deadline.
  bool Drain(std::chrono::milliseconds deadline);

  // Reads certificate and key again; connections made from now on use them.
  fhir::Status ReloadCertificate();

  struct Counters {
    uint64_t accepted, refused_connections, requests, refused_requests, open;
  };
  Counters counters() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::http
