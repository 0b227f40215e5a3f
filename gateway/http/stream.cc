#include "gateway/http/stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace gateway::http {
namespace {

bool Transient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

int BioFd(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE on a closed connection.
int BioWrite(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::send(BioFd(bio), from, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && Transient(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int BioRead(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::recv(BioFd(bio), to, static_cast<size_t>(size), 0);
  if (n < 0 && Transient(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(n);
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* MakeMethod() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "psgateway socket");
  BIO_meth_set_write(method, BioWrite);
  BIO_meth_set_read(method, BioRead);
  BIO_meth_set_ctrl(method, BioControl);
  return method;
}

BIO* NewBio(int fd) {
  static const BIO_METHOD* method = MakeMethod();
  BIO* bio = BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

void Stream::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Stream::Stream(int fd, const TlsContext& context) : fd_(fd), tls_(context != nullptr) {
  if (!tls_) return;
  ssl_.reset(SSL_new(context.get()));
  BIO* bio = NewBio(fd);
  if (!ssl_ || bio == nullptr) {  // out of memory: the handshake fails
    BIO_free(bio);
    ssl_.reset();
    return;
  }
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

Stream::~Stream() = default;

Stream::Status Stream::After(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return Status::kOk;
    case SSL_ERROR_WANT_READ:
      return Status::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Status::kWantWrite;
    default:
      ERR_clear_error();
      return Status::kEnd;
  }
}

Stream::Status Stream::Handshake() {
  if (!tls_) return Status::kOk;
  if (!ssl_) return Status::kEnd;
  ERR_clear_error();
  const Status status = After(SSL_do_handshake(ssl_.get()));
  handshaken_ = status == Status::kOk;
  return status;
}

Stream::Status Stream::Read(char* to, size_t size, size_t& done) {
  done = 0;
  if (ssl_) {
    ERR_clear_error();
    return After(SSL_read_ex(ssl_.get(), to, size, &done));
  }
  const ssize_t n = ::recv(fd_, to, size, 0);
  if (n > 0) {
    done = static_cast<size_t>(n);
    return Status::kOk;
  }
  return n < 0 && Transient(errno) ? Status::kWantRead : Status::kEnd;
}

Stream::Status Stream::Write(const char* from, size_t size, size_t& done) {
  done = 0;
  if (ssl_) {
    ERR_clear_error();
    return After(SSL_write_ex(ssl_.get(), from, size, &done));
  }
  const ssize_t n = ::send(fd_, from, size, MSG_NOSIGNAL);
  if (n >= 0) {
    done = static_cast<size_t>(n);
    return Status::kOk;
  }
  return Transient(errno) ? Status::kWantWrite : Status::kEnd;
}

bool Stream::HasBuffered() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

void Stream::ShutdownSend() {
  if (ssl_ && handshaken_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ssl_.reset();
  ::shutdown(fd_, SHUT_WR);
}

void Stream::Release() { ssl_.reset(); }

Stream::Status Stream::Discard() {
  char scratch[16 * 1024];
  const ssize_t n = ::recv(fd_, scratch, sizeof(scratch), 0);
  if (n > 0) return Status::kOk;
  return n < 0 && Transient(errno) ? Status::kWantRead : Status::kEnd;
}

}  // namespace gateway::http
