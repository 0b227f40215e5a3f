// A non-blocking byte stream over a connected socket, with or without TLS. OpenSSL reads and writes
// the socket itself: asio::ssl::stream costs two more copies and an operation per direction.
#pragma once

#include <cstddef>
#include <memory>

#include "gateway/http/tls.h"

struct ssl_st;

namespace gateway::http {

// One thread at a time. Borrows the descriptor, which must be non-blocking and outlive it.
class Stream {
 public:
  enum class Status { kOk, kWantRead, kWantWrite, kEnd };  // kEnd: closed or failed

  // `context` null: plain.
  Stream(int fd, const TlsContext& context);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool tls() const { return tls_; }
  Status Handshake();
  Status Read(char* to, size_t size, size_t& done);
  Status Write(const char* from, size_t size, size_t& done);
  // Bytes are waiting inside TLS: the socket may stay silent although Read has something to give.
  bool HasBuffered() const;

  // Says goodbye and closes the sending side. Nothing but Discard may follow.
  void ShutdownSend();
  // Drops bytes that come in.
  Status Discard();
  // Gives up TLS's memory; nothing may follow.
  void Release();

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  Status After(int result);

  const int fd_;
  const bool tls_;
  std::unique_ptr<ssl_st, Free> ssl_;
  bool handshaken_ = false;
};

}  // namespace gateway::http
