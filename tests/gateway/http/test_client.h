// A blocking client that sends exactly the bytes it is told, and certificates made on the spot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace gateway::http {

enum class KeyKind { kEc, kRsa };

// A temporary folder with certificates; removed in the end.
class TestCertificates {
 public:
  TestCertificates();
  ~TestCertificates();

  struct Pair {
    std::string certificate;  // file names
    std::string key;
  };
  // Self-signed, so it is its own CA. The same name overwrites the files.
  Pair Make(const std::string& name, const std::string& common_name, KeyKind kind = KeyKind::kEc);
  std::string Write(const std::string& name, std::string_view text);

 private:
  std::filesystem::path folder_;
};

struct ClientOptions {
  std::string address = "127.0.0.1";
  bool tls = true;
  int max_version = 0;           // e.g. TLS1_1_VERSION; 0: any
  std::string ciphers;           // TLS 1.2 and below
  std::string alpn;              // wire format
  TestCertificates::Pair shows;  // client certificate
  int receive_buffer = 0;        // bytes; 0: the system's
};

struct Answer {
  int status = 0;  // 0: the connection ended before an answer
  std::string head;
  std::string body;
  // The field's value, or empty.
  std::string field(std::string_view name) const;
};

class TestClient {
 public:
  // Connects and shakes hands; ok() tells whether both worked.
  explicit TestClient(uint16_t port, const ClientOptions& options = {});
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  bool ok() const { return ok_; }
  bool Send(std::string_view bytes);
  // Reads one answer; what follows it is kept. `head_only`: to a HEAD request.
  enum class Body { kRead, kNone };
  Answer Read(Body body = Body::kRead);
  Answer Ask(std::string_view bytes) {
    Send(bytes);
    return Read();
  }
  // True when the server ends the connection without another byte.
  bool Ended();
  void ShutdownSend();
  std::string peer_common_name() const;
  std::string version() const;
  std::string cipher() const;

 private:
  bool Fill();
  int fd_ = -1;
  bool ok_ = false;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  std::string buffer_;
};

}  // namespace gateway::http
