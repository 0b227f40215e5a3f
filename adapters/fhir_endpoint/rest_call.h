// One HTTP exchange with a partner's server, by cpprestsdk. Nothing of cpprestsdk appears here.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapters/http_post.h"
#include "adapters/vendors.h"
#include "fhir/result.h"

namespace adapters {

using SteadyTime = std::chrono::steady_clock::time_point;

struct RestRequest {
  std::string method;  // GET, POST, PUT
  std::string url;     // https only
  std::vector<HttpHeader> headers{};
  std::string content_type;  // of the body; without a body empty
  std::string body;
};

struct RestAnswer {
  int status = 0;
  bool retry_after = false;
  bool complete = true;  // false: the status is known, the body was lost or over the limit
  bool too_large = false;
  std::string location;
  std::string body;
};

// Blocks until `deadline` at the longest; any thread. Redirects are not followed, TLS >= 1.2, peer
// and host verified against `trust`. An answer of any status is a value. No exception leaves it.
// Errors:
//   kInvalid      not an https URL, or a header breaks its grammar
//   kUnavailable  failed before any byte of the request's body was sent
//   kTimeout      the deadline passed before any byte of the request's body was sent
//   kUncertain    the request was sent and no status came back
fhir::Result<RestAnswer> CallRest(const RestRequest& request, const TlsTrust& trust,
                                  size_t max_answer_bytes, SteadyTime deadline);

// Whether both are of one scheme, host and port. False when either cannot be read.
bool SameOrigin(const std::string& a, const std::string& b);

}  // namespace adapters
