// One client connection: handshake, then one request at a time, each answered before the next is
// read from the buffer. A state machine that runs on the connection's strand.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "gateway/http/edge.h"
#include "gateway/http/framing.h"
#include "gateway/http/message.h"
#include "gateway/http/stream.h"

namespace gateway::http {

using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // REQUIRES: the socket is open and its executor is a strand of its own.
  Connection(std::shared_ptr<Edge> edge, Socket socket, const TlsContext& tls);

  // Any thread.
  void Start();
  void Deliver(Response response);  // the answer to the request at hand
  void Drain();                     // closes now when idle
  void Abort();                     // closes now
  void CheckDeadline();             // acts on the deadline when it has passed
  std::chrono::steady_clock::time_point deadline() const {
    return std::chrono::steady_clock::time_point(
        std::chrono::steady_clock::duration(deadline_.load(std::memory_order_relaxed)));
  }

  Edge::Place place;  // owned by Edge

 private:
  enum class State { kHandshake, kHead, kBody, kHandling, kWriting, kLinger, kClosed };
  enum class Await { kRead, kWrite };

  // Everything below runs on the strand. A step answers whether there is more to do now.
  void Run();
  bool Step();
  bool StepHandshake();
  bool StepHead();
  bool StepBody();
  bool StepLengthBody();
  bool StepChunkedBody();
  bool StepWrite();
  bool StepLinger();
  bool Blocked(Stream::Status status);
  bool Fill(size_t size);
  void Wait(Await what);

  bool OnHead(std::string_view bytes);
  bool Dispatch();
  void BeginHead();
  bool Refuse(Refusal refusal);
  void Answer(Response response);
  bool WriteAll(const char* data, size_t size);
  bool FinishAnswer();
  void Linger();
  void Close();
  void OnResponse(Response response);
  void OnDeadline();
  void SetDeadline(std::chrono::milliseconds after);
  std::string_view buffered() const;

  const std::shared_ptr<Edge> edge_;
  Socket socket_;
  Stream stream_;
  const std::string client_address_;

  State state_ = State::kHandshake;
  State after_write_ = State::kHead;
  bool running_ = false;
  bool may_read_ = true;  // false: the last read found nothing, so waiting is cheaper than trying
  uint64_t wait_id_ = 0;  // a completed wait of an older id is stale
  std::atomic<std::chrono::steady_clock::rep> deadline_;

  boost::beast::flat_buffer in_;
  HeadScanner scanner_;
  Head head_;
  Request request_;
  std::string request_id_;
  size_t body_limit_ = 0;
  size_t body_filled_ = 0;
  std::optional<ChunkedReader> chunks_;

  bool keep_alive_ = true;
  std::string out_;   // the answer's head, and the body where it fits one TLS record
  std::string body_;  // the rest of the answer
  size_t written_ = 0;

  std::mutex gate_;  // Deliver from another thread against Close
  bool open_ = true;
};

}  // namespace gateway::http
