// The one boundary to libcurl over HTTP: POST to an operator-configured https endpoint. Redirects,
// proxies of the environment and connection reuse are off, protocols are pinned, TLS >= 1.2 with
// peer and host verified, the answer is bounded. Nothing of a request appears in an error.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/vendors.h"
#include "fhir/date_time.h"
#include "fhir/result.h"

namespace adapters {

struct HttpHeader {
  std::string name;
  std::string value;  // printable ASCII; anything else is kInvalid
};

struct HttpRequest {
  std::string url;  // https only
  std::string content_type;
  std::vector<HttpHeader> headers{};
  std::string body;
  TlsTrust trust{};
  size_t max_answer_bytes = 64 * 1024;
};

struct HttpAnswer {
  int status = 0;
  bool retry_after = false;      // a Retry-After field was there
  std::chrono::seconds wait{0};  // what it says
  bool truncated = false;        // there was more than max_answer_bytes; the rest was not read
  std::string body;
};

// Blocks for at most `deadline`; any thread. An answer of any status is a value. Errors:
//   kInvalid      the request breaks a grammar; nothing was opened
//   kUnavailable  failed before any byte of the body was handed to the connection
//   kUncertain    the hand-over of the body began and no whole answer came
fhir::Result<HttpAnswer> HttpPost(const HttpRequest& request, std::chrono::milliseconds deadline);

// What a status says about the message, in the terms of Adapter::Deliver:
//   2xx                     accepted
//   401, 407, 408           kUnavailable: refused for us or for the moment, not for this message
//   403                     kForbidden
//   409                     kUncertain: an earlier attempt with the same key is still being worked
//   on 425, 429                kThrottled other 4xx               kInvalid 307, 308 kUnavailable:
//   not processed here, and redirects are not followed 503 with Retry-After    kUnavailable: the
//   server says it did not do it and when to come back everything else         kUncertain: a 500,
//   502 or 504 may come after the message was accepted
fhir::Status StatusOfAnswer(int http_status, bool retry_after);

// The same of a vendor of messages, where 403 is about our account (suspended, not allowed to send)
// and not about the message: kUnavailable.
fhir::Status StatusOfVendor(const HttpAnswer& answer);

// The value of Retry-After, in seconds or as an HTTP-date, as a wait from `now`: at most a day;
// 0 for what is past or no such value.
std::chrono::seconds ReadRetryAfter(std::string_view value, fhir::Instant now);

}  // namespace adapters
