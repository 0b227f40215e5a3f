// The result of an operation that can fail. An Error says that the operation failed; what is wrong
// with the data is a list of Issue (findings), which an Error may carry.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "fhir/issue.h"

namespace fhir {

// What kind of failure it is, in words of the domain. gateway/http_error.h maps each to one HTTP
// status and one OperationOutcome code.
enum class ErrorCode : uint8_t {
  kMalformed,             // cannot be read at all: syntax, encoding, framing
  kInvalid,               // readable, but breaks a rule of FHIR or of a profile
  kUnauthenticated,       // no valid credential
  kForbidden,             // authenticated, not allowed
  kNotFound,              // no such resource, type, route or version
  kGone,                  // deleted
  kNotSupported,          // this server does not do that
  kMethodNotAllowed,      // the route exists, the method does not
  kNotAcceptable,         // none of the accepted formats can be produced
  kUnsupportedMediaType,  // the body's content type cannot be read
  kConflict,              // contradicts the present state
  kPreconditionFailed,    // If-Match or another condition does not hold
  kTooLarge,              // over a limit of size
  kTooCostly,             // over a limit of work
  kThrottled,             // queues are full; later it may succeed
  kUnavailable,           // certainly not done; later it may succeed
  kTimeout,               // not done in time
  kUncertain,             // may have been done: the answer was lost
  kInternal,              // a defect of ours
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one lower-case sentence, no values
  std::string path;     // FHIRPath of the element or name of the parameter; may be empty
  std::vector<Issue> findings{};

  friend bool operator==(const Error&, const Error&) = default;
};

// Either a T or an Error. REQUIRES ok() before value().
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(tl::make_unexpected(std::move(error))) {}  // NOLINT

  bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& value() & { return *state_; }
  const T& value() const& { return *state_; }
  T&& value() && { return *std::move(state_); }
  T& operator*() & { return *state_; }
  const T& operator*() const& { return *state_; }
  T&& operator*() && { return *std::move(state_); }
  T* operator->() { return &*state_; }
  const T* operator->() const { return &*state_; }

  const Error& error() const& { return state_.error(); }
  Error&& error() && { return std::move(state_).error(); }

 private:
  tl::expected<T, Error> state_;
};

// Done, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : state_(tl::make_unexpected(std::move(error))) {}  // NOLINT

  bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return state_.error(); }
  Error&& error() && { return std::move(state_).error(); }

 private:
  tl::expected<void, Error> state_;
};

using Status = Result<void>;

inline Error Fail(ErrorCode code, std::string message, std::string path = {}) {
  return Error{code, std::move(message), std::move(path), {}};
}

}  // namespace fhir
