#include "adapters/fhir_endpoint/rest_call.h"

#include <cpprest/http_client.h>
#include <pplx/threadpool.h>

#include <condition_variable>
#include <mutex>
#include <utility>

#include "adapters/fhir_endpoint/fhir_endpoint.h"
#include "adapters/strict_text.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using std::chrono::milliseconds;
using web::http::client::http_client;
using web::http::client::http_client_config;

constexpr char kTooLarge[] = "the answer is over the limit";

// What the waiting thread and cpprestsdk's threads share of one exchange.
struct Flight {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  bool sent = false;  // the first byte of the body (or the whole request) was written
  bool too_large = false;
  bool has_head = false;
  bool failed = false;
  RestAnswer answer;
  size_t max_answer_bytes = 0;
  size_t record_bytes = 0;  // of TLS records received

  template <class F>
  void Change(F change) {
    {
      const std::lock_guard lock(mutex);
      change();
    }
    changed.notify_all();
  }
};

// cpprestsdk reads a whole chunk, and all of the headers, into memory before anyone is asked. So
// the TLS records are counted as they come, and the waiting thread closes the connection on a
// flood.
void CountRecord(int write, int, int content_type, const void* bytes, size_t size, SSL*,
                 void* user) {
  static constexpr size_t kAllowance = 256 * 1024;  // handshake, headers, record overhead
  if (write != 0 || content_type != SSL3_RT_HEADER || size != SSL3_RT_HEADER_LENGTH) return;
  const auto* header = static_cast<const unsigned char*>(bytes);
  auto* flight = static_cast<Flight*>(user);
  const std::lock_guard lock(flight->mutex);
  flight->record_bytes += static_cast<size_t>(header[3]) << 8 | header[4];
  if (flight->record_bytes <=
      flight->max_answer_bytes + flight->max_answer_bytes / 8 + kAllowance) {
    return;
  }
  flight->too_large = true;
  flight->changed.notify_all();
}

void FreeFlight(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::shared_ptr<Flight>*>(held);
}

void SetTls(boost::asio::ssl::context& context, const TlsTrust& trust,
            const std::shared_ptr<Flight>& flight) {
  static const int flight_index =
      SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, FreeFlight);
  SSL_CTX* ssl = context.native_handle();
  SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20");
  if (!trust.ca_file.empty()) {
    SSL_CTX_set_cert_store(ssl, X509_STORE_new());  // this authority and no other
    context.load_verify_file(trust.ca_file);
  }
  if (!trust.client_cert_file.empty()) {
    context.use_certificate_chain_file(trust.client_cert_file);
    context.use_private_key_file(trust.client_key_file, boost::asio::ssl::context::pem);
  }
  auto held = std::make_unique<std::shared_ptr<Flight>>(flight);
  if (SSL_CTX_set_ex_data(ssl, flight_index, held.get()) != 1) return;
  (void)held.release();  // FreeFlight's from now on: as long as the connection lives
  SSL_CTX_set_msg_callback(ssl, CountRecord);
  SSL_CTX_set_msg_callback_arg(ssl, flight.get());
}

http_client_config MakeConfig(const TlsTrust& trust, const std::shared_ptr<Flight>& flight,
                              milliseconds limit) {
  http_client_config config;
  config.set_max_redirects(0);
  // Of each step, and later than the waiting thread, which bounds the whole.
  config.set_timeout(limit + std::chrono::seconds(1));
  config.set_request_compressed_response(false);
  config.set_ssl_context_callback(
      [trust, flight](boost::asio::ssl::context& context) { SetTls(context, trust, flight); });
  return config;
}

fhir::Result<web::http::http_request> MakeRequest(const RestRequest& request, const web::uri& uri,
                                                  const std::shared_ptr<Flight>& flight) {
  web::http::http_request made(request.method);
  made.set_request_uri(uri.resource());
  if (!request.content_type.empty()) made.set_body(request.body, request.content_type);
  for (const HttpHeader& header : request.headers) {
    if (!IsPrintableAscii(header.name, 64) || !IsPrintableAscii(header.value, 8192)) {
      return Fail(ErrorCode::kInvalid,
                  "a header of the request has characters that it must not have");
    }
    made.headers().add(header.name, header.value);
  }
  made.set_progress_handler(
      [flight](web::http::message_direction::direction direction, utility::size64_t bytes) {
        if (direction == web::http::message_direction::upload) {
          flight->Change([&] { flight->sent = true; });
        } else if (bytes > flight->max_answer_bytes) {
          flight->Change([&] { flight->too_large = true; });
          throw std::length_error(kTooLarge);  // ends the exchange
        }
      });
  return made;
}

void TakeHead(const web::http::http_response& response, const std::shared_ptr<Flight>& flight) {
  const auto& headers = response.headers();
  const auto location = headers.find("Location");
  flight->Change([&] {
    flight->sent = true;
    flight->has_head = true;
    flight->answer.status = response.status_code();
    flight->answer.retry_after = headers.has("Retry-After");
    if (location != headers.end()) flight->answer.location = location->second;
  });
}

void Start(const std::shared_ptr<http_client>& client, const web::http::http_request& request,
           const pplx::cancellation_token& token, const std::shared_ptr<Flight>& flight) {
  client->request(request, token)
      .then([flight](const web::http::http_response& response) {
        TakeHead(response, flight);
        return response.content_ready();
      })
      .then([](const web::http::http_response& response) { return response.extract_vector(); })
      // `client` stays alive until the exchange has ended, also one that nobody waits for any more.
      .then([flight, client](const pplx::task<std::vector<unsigned char>>& body) {
        try {
          const std::vector<unsigned char> bytes = body.get();
          flight->Change([&] {
            flight->answer.body.assign(bytes.begin(), bytes.end());
            flight->done = true;
          });
        } catch (...) {
          flight->Change([&] { flight->failed = flight->done = true; });
        }
      });
}

// REQUIRES: flight.mutex is held.
fhir::Result<RestAnswer> Outcome(Flight& flight) {
  if (flight.has_head) {
    if (flight.answer.body.size() > flight.max_answer_bytes) flight.too_large = true;
    flight.answer.too_large = flight.too_large;
    flight.answer.complete = flight.done && !flight.failed && !flight.too_large;
    if (!flight.answer.complete) flight.answer.body.clear();
    return flight.answer;
  }
  if (flight.sent) {
    return Fail(ErrorCode::kUncertain, "the connection was lost before the partner's answer");
  }
  if (!flight.done) {
    return Fail(ErrorCode::kTimeout, "the partner's server could not be reached in time");
  }
  return Fail(ErrorCode::kUnavailable, "no trusted connection to the partner's server");
}

fhir::Result<RestAnswer> Exchange(const RestRequest& request, const TlsTrust& trust,
                                  size_t max_answer_bytes, SteadyTime deadline) {
  const milliseconds limit =
      std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
  if (limit <= milliseconds(0)) {
    return Fail(ErrorCode::kTimeout, "no time was left to ask the partner's server");
  }
  const auto flight = std::make_shared<Flight>();
  flight->max_answer_bytes = max_answer_bytes;
  const web::uri uri(request.url);
  fhir::Result<web::http::http_request> made = MakeRequest(request, uri, flight);
  if (!made.ok()) return made.error();
  // A client for each exchange: a reused connection that turns out dead makes cpprestsdk repeat the
  // request by itself, and its TLS settings could not be tied to this exchange.
  const auto client =
      std::make_shared<http_client>(uri.authority(), MakeConfig(trust, flight, limit));
  pplx::cancellation_token_source cancel;
  Start(client, *made, cancel.get_token(), flight);

  std::unique_lock lock(flight->mutex);
  flight->changed.wait_until(lock, deadline, [&] { return flight->done || flight->too_large; });
  fhir::Result<RestAnswer> outcome = Outcome(*flight);
  const bool stop = !flight->done;
  lock.unlock();
  if (stop) cancel.cancel();  // closes the connection
  return outcome;
}

}  // namespace

fhir::Result<RestAnswer> CallRest(const RestRequest& request, const TlsTrust& trust,
                                  size_t max_answer_bytes, SteadyTime deadline) {
  if (!IsHttpsUrl(request.url)) return Fail(ErrorCode::kInvalid, "the endpoint's URL is not https");
  try {
    return Exchange(request, trust, max_answer_bytes, deadline);
  } catch (...) {  // before the exchange started: an unreadable URL or TLS file
    return Fail(ErrorCode::kUnavailable, "the endpoint's URL or TLS files cannot be used");
  }
}

bool SameOrigin(const std::string& a, const std::string& b) {
  try {
    const web::uri left(a);
    const web::uri right(b);
    const auto port = [](const web::uri& uri) { return uri.port() <= 0 ? 443 : uri.port(); };
    return left.scheme() == right.scheme() && !left.host().empty() && left.host() == right.host() &&
           port(left) == port(right) && left.user_info() == right.user_info();
  } catch (...) {
    return false;
  }
}

void PrepareClientThreads() {
  static const bool once = [] {
    try {
      crossplat::threadpool::initialize_with_threads(4);
    } catch (...) {  // the pool exists already: something used it before main did
    }
    return true;
  }();
  (void)once;
}

}  // namespace adapters
