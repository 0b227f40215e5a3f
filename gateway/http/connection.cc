#include "gateway/http/connection.h"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "gateway/clock.h"
#include "gateway/http/answer.h"
#include "gateway/http/request_parser.h"

namespace gateway::http {
namespace {

namespace asio = boost::asio;

constexpr size_t kHeadRead = 4 * 1024;
constexpr size_t kBodyRead = 16 * 1024;
constexpr size_t kTlsRecord = 16 * 1024;
constexpr size_t kKeptBuffer = 32 * 1024;  // larger buffers are given back between requests
constexpr int kStepsPerTurn = 64;          // then other connections get their turn
constexpr std::chrono::milliseconds kLingerTime{1'000};

std::string AddressOf(const Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  const asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

// One request's right to an answer; the last copy that goes unused answers 500.
class Ticket {
 public:
  explicit Ticket(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Ticket() {
    if (!used_.load()) Answer(RefusalResponse({500, "the request was dropped without an answer"}));
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void Answer(Response response) {
    if (used_.exchange(true)) return;
    const std::shared_ptr<Connection> connection = std::move(connection_);
    connection->Deliver(std::move(response));
  }

 private:
  std::atomic<bool> used_{false};
  std::shared_ptr<Connection> connection_;
};

}  // namespace

Connection::Connection(std::shared_ptr<Edge> edge, Socket socket, const TlsContext& tls)
    : edge_(std::move(edge)),
      socket_(std::move(socket)),
      stream_(socket_.native_handle(), tls),
      client_address_(AddressOf(socket_)) {
  SetDeadline(edge_->limits.header_timeout);
}

void Connection::Start() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->Run(); });
}

void Connection::Deliver(Response response) {
  if (socket_.get_executor().running_in_this_thread()) {
    OnResponse(std::move(response));
    return;
  }
  // While the gate is open the io_context still runs: Close comes before its threads end.
  const std::lock_guard lock(gate_);
  if (!open_) return;
  asio::post(socket_.get_executor(),
             [self = shared_from_this(), response = std::move(response)]() mutable {
               self->OnResponse(std::move(response));
             });
}

void Connection::Drain() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    const bool idle = self->state_ == State::kHead && self->in_.size() == 0;
    if (idle) self->stream_.ShutdownSend();
    if (idle || self->state_ == State::kHandshake) self->Close();
  });
}

void Connection::Abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->Close(); });
}

void Connection::CheckDeadline() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->deadline() <= std::chrono::steady_clock::now()) self->OnDeadline();
  });
}

void Connection::SetDeadline(std::chrono::milliseconds after) {
  const auto at = after == std::chrono::milliseconds::max()
                      ? std::chrono::steady_clock::time_point::max()
                      : std::chrono::steady_clock::now() + after;
  deadline_.store(at.time_since_epoch().count(), std::memory_order_relaxed);
}

std::string_view Connection::buffered() const {
  return {static_cast<const char*>(in_.data().data()), in_.size()};
}

void Connection::Run() {
  if (running_) return;
  running_ = true;
  int steps = 0;
  try {
    while (Step()) {
      if (++steps == kStepsPerTurn) {
        Start();
        break;
      }
    }
  } catch (...) {  // out of memory, or a limit that could not be decided: this connection only
    Close();
  }
  running_ = false;
}

bool Connection::Step() {
  switch (state_) {
    case State::kHandshake:
      return StepHandshake();
    case State::kHead:
      return StepHead();
    case State::kBody:
      return StepBody();
    case State::kWriting:
      return StepWrite();
    case State::kLinger:
      return StepLinger();
    case State::kHandling:
    case State::kClosed:
      break;
  }
  return false;
}

// Answers false always, so that a step can end with it.
bool Connection::Blocked(Stream::Status status) {
  switch (status) {
    case Stream::Status::kWantRead:
      may_read_ = false;
      Wait(Await::kRead);
      break;
    case Stream::Status::kWantWrite:
      Wait(Await::kWrite);
      break;
    case Stream::Status::kOk:
    case Stream::Status::kEnd:
      Close();
      break;
  }
  return false;
}

void Connection::Wait(Await what) {
  const auto type = what == Await::kRead ? Socket::wait_read : Socket::wait_write;
  socket_.async_wait(type, [self = shared_from_this(), what,
                            id = ++wait_id_](const boost::system::error_code& error) {
    if (id != self->wait_id_ || self->state_ == State::kClosed) return;
    if (error) return self->Close();
    if (what == Await::kRead) self->may_read_ = true;
    self->Run();
  });
}

bool Connection::StepHandshake() {
  const Stream::Status status = stream_.Handshake();
  if (status != Stream::Status::kOk) return Blocked(status);
  BeginHead();
  SetDeadline(edge_->limits.header_timeout);
  return true;
}

void Connection::BeginHead() {
  state_ = State::kHead;
  scanner_.Reset();
  head_ = Head();
  request_ = Request();
  request_id_.clear();
  chunks_.reset();
}

// Reads once into the buffer.
bool Connection::Fill(size_t size) {
  if (!may_read_ && !stream_.HasBuffered()) return Blocked(Stream::Status::kWantRead);
  const bool first = state_ == State::kHead && in_.size() == 0;
  const auto space = in_.prepare(size);
  size_t done = 0;
  const Stream::Status status = stream_.Read(static_cast<char*>(space.data()), size, done);
  if (status != Stream::Status::kOk) return Blocked(status);
  in_.commit(done);
  if (first) SetDeadline(edge_->limits.header_timeout);
  return true;
}

bool Connection::StepHead() {
  const HeadScanner::State found = scanner_.Scan(buffered());
  if (found == HeadScanner::State::kBad) {
    return Refuse({400, "the head is not made of lines that end in CR LF"});
  }
  const size_t size = found == HeadScanner::State::kEnd ? scanner_.size() : in_.size();
  const bool full = found == HeadScanner::State::kMore && size == edge_->limits.header_bytes;
  if (full || size > edge_->limits.header_bytes) {
    return Refuse({431, "the request head is too large"});
  }
  if (found == HeadScanner::State::kMore) return Fill(kHeadRead);
  return OnHead(buffered().substr(0, size));
}

bool Connection::OnHead(std::string_view bytes) {
  const auto checked = CheckHead(bytes, edge_->limits.header_fields);
  if (const auto* refusal = std::get_if<Refusal>(&checked)) return Refuse(*refusal);
  head_ = std::get<Head>(checked);
  if (!ParseHead(bytes, head_.fields, request_)) {
    return Refuse({400, "the request head cannot be read"});
  }
  in_.consume(bytes.size());
  keep_alive_ = head_.keep_alive;
  request_id_ = NewId(SystemClock().Now());
  request_.id = request_id_;
  request_.client_address = client_address_;
  if (!head_.chunked && head_.content_length == 0) return Dispatch();

  body_limit_ = edge_->body_limit ? edge_->body_limit(request_) : edge_->limits.body_bytes;
  if (head_.content_length > body_limit_) return Refuse({413, "the body is too large"});
  body_filled_ = 0;
  if (head_.chunked) chunks_.emplace(body_limit_);
  state_ = State::kBody;
  SetDeadline(edge_->limits.body_timeout);
  if (head_.expects_continue && in_.size() == 0) {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    written_ = 0;
    after_write_ = State::kBody;
    state_ = State::kWriting;
  }
  return true;
}

bool Connection::StepBody() { return head_.chunked ? StepChunkedBody() : StepLengthBody(); }

// Grows with what arrives: an announced length alone claims no memory.
bool Connection::StepLengthBody() {
  const auto total = static_cast<size_t>(head_.content_length);
  std::string& body = request_.body;
  if (in_.size() > 0) {
    const size_t n = std::min(in_.size(), total - body_filled_);
    body.append(buffered().substr(0, n));
    in_.consume(n);
    body_filled_ += n;
  } else {
    if (!may_read_ && !stream_.HasBuffered()) return Blocked(Stream::Status::kWantRead);
    if (body.size() == body_filled_) {
      body.resize(std::min(total, body_filled_ + std::max(kBodyRead, body_filled_)));
    }
    size_t done = 0;
    const Stream::Status status =
        stream_.Read(body.data() + body_filled_, body.size() - body_filled_, done);
    if (status != Stream::Status::kOk) return Blocked(status);
    body_filled_ += done;
  }
  return body_filled_ == total ? Dispatch() : true;
}

bool Connection::StepChunkedBody() {
  if (in_.size() == 0 && !Fill(kBodyRead)) return false;
  size_t used = 0;
  const ChunkedReader::State state = chunks_->Read(buffered(), request_.body, used);
  in_.consume(used);
  switch (state) {
    case ChunkedReader::State::kMore:
      return true;
    case ChunkedReader::State::kDone:
      return Dispatch();
    case ChunkedReader::State::kTooLarge:
      return Refuse({413, "the body is too large"});
    case ChunkedReader::State::kBad:
      break;
  }
  return Refuse({400, "the chunked body is malformed"});
}

bool Connection::Dispatch() {
  state_ = State::kHandling;
  SetDeadline(std::chrono::milliseconds::max());
  edge_->requests.fetch_add(1, std::memory_order_relaxed);
  auto ticket = std::make_shared<Ticket>(shared_from_this());
  try {
    edge_->handler(std::move(request_),
                   [ticket](Response response) { ticket->Answer(std::move(response)); });
  } catch (...) {
    ticket->Answer(RefusalResponse({500, "the request could not be handled"}));
  }
  ticket.reset();
  return state_ != State::kHandling;
}

void Connection::OnResponse(Response response) {
  if (state_ != State::kHandling) return;
  Answer(std::move(response));
  Run();
}

bool Connection::Refuse(Refusal refusal) {
  edge_->refused_requests.fetch_add(1, std::memory_order_relaxed);
  head_.head_method = head_.head_method || buffered().starts_with("HEAD ");
  keep_alive_ = false;
  if (request_id_.empty()) request_id_ = NewId(SystemClock().Now());
  Answer(RefusalResponse(refusal));
  return true;
}

void Connection::Answer(Response response) {
  if (!Writable(response)) response = RefusalResponse({500, "the answer could not be written"});
  // The last of what was pipelined says that the connection closes.
  if (edge_->draining.load() && in_.size() == 0) keep_alive_ = false;
  out_.clear();
  WriteHead(response, {request_id_, head_.http11, keep_alive_, stream_.tls()}, out_);
  body_.clear();
  if (!head_.head_method && HasBody(response.status)) {
    if (out_.size() + response.body.size() <= kTlsRecord) {
      out_ += response.body;
    } else {
      body_ = std::move(response.body);
    }
  }
  written_ = 0;
  after_write_ = State::kHead;
  state_ = State::kWriting;
  SetDeadline(edge_->limits.write_timeout);
}

// `written_` counts through head and body; `data` begins where it stands.
bool Connection::WriteAll(const char* data, size_t size) {
  while (size > 0) {
    size_t done = 0;
    const Stream::Status status = stream_.Write(data, size, done);
    if (status != Stream::Status::kOk) return Blocked(status);
    written_ += done;
    data += done;
    size -= done;
  }
  return true;
}

bool Connection::StepWrite() {
  if (written_ < out_.size() && !WriteAll(out_.data() + written_, out_.size() - written_)) {
    return false;
  }
  const size_t from = written_ - out_.size();
  if (from < body_.size() && !WriteAll(body_.data() + from, body_.size() - from)) return false;
  if (after_write_ == State::kBody) {
    state_ = State::kBody;
    return true;
  }
  return FinishAnswer();
}

bool Connection::FinishAnswer() {
  if (body_.capacity() > 0) std::string().swap(body_);
  if (out_.capacity() > kKeptBuffer) std::string().swap(out_);
  const bool idle = in_.size() == 0;
  if (idle && keep_alive_ && edge_->draining.load()) {
    stream_.ShutdownSend();
    Close();
    return false;
  }
  if (!keep_alive_) {
    Linger();
    return true;
  }
  BeginHead();
  if (idle) {
    may_read_ = false;
    if (in_.capacity() > kKeptBuffer) in_ = boost::beast::flat_buffer();
    SetDeadline(edge_->limits.idle_timeout);
  } else {
    SetDeadline(edge_->limits.header_timeout);
  }
  return true;
}

// Closing while bytes are still coming in resets the connection and can take the answer along
// (RFC 9112 9.6): the sending side closes first, then what comes is dropped for a moment.
void Connection::Linger() {
  stream_.ShutdownSend();
  in_ = boost::beast::flat_buffer();
  state_ = State::kLinger;
  SetDeadline(std::min(kLingerTime, edge_->limits.idle_timeout));
}

bool Connection::StepLinger() {
  const Stream::Status status = stream_.Discard();
  return status == Stream::Status::kOk ? true : Blocked(status);
}

void Connection::OnDeadline() {
  switch (state_) {
    case State::kHead:
      if (in_.size() == 0) {
        stream_.ShutdownSend();
        Close();
        return;
      }
      Refuse({408, "the request head did not arrive in time"});
      break;
    case State::kBody:
      Refuse({408, "the body did not arrive in time"});
      break;
    case State::kHandling:
      return;
    default:
      Close();
      return;
  }
  ++wait_id_;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  Run();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  {
    const std::lock_guard lock(gate_);
    open_ = false;
  }
  state_ = State::kClosed;
  ++wait_id_;
  SetDeadline(std::chrono::milliseconds::max());
  stream_.Release();
  boost::system::error_code ignored;
  socket_.close(ignored);
  in_ = boost::beast::flat_buffer();
  request_ = Request();
  std::string().swap(out_);
  std::string().swap(body_);
  edge_->Remove(place);
}

}  // namespace gateway::http
