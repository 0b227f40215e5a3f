#include "gateway/http/http_error.h"

#include "fhir/json/json.h"
#include "fhir/operation_outcome.h"

namespace gateway::http {

HttpError ToHttp(fhir::ErrorCode code) {
  using enum fhir::ErrorCode;
  switch (code) {
    case kMalformed:
      return {400, "structure"};
    case kInvalid:
      return {422, "invalid"};
    case kUnauthenticated:
      return {401, "login"};
    case kForbidden:
      return {403, "forbidden"};
    case kNotFound:
      return {404, "not-found"};
    case kGone:
      return {410, "deleted"};
    case kNotSupported:
      return {501, "not-supported"};
    case kMethodNotAllowed:
      return {405, "not-supported"};
    case kNotAcceptable:
      return {406, "not-supported"};
    case kUnsupportedMediaType:
      return {415, "not-supported"};
    case kConflict:
      return {409, "conflict"};
    case kPreconditionFailed:
      return {412, "conflict"};
    case kTooLarge:
      return {413, "too-long"};
    case kTooCostly:
      return {422, "too-costly"};
    case kThrottled:
      return {429, "throttled"};
    case kUnavailable:
      return {503, "transient"};
    case kTimeout:
      return {504, "timeout"};
    case kUncertain:
    case kInternal:
      break;
  }
  return {500, "exception"};
}

Response ErrorResponse(const fhir::Error& error) {
  const HttpError http = ToHttp(error.code);
  Response response;
  response.status = http.status;
  response.Set("Content-Type", "application/fhir+json; charset=utf-8");
  // RFC 9110 15.5.2: a 401 names a way in. RFC 9110 10.2.3: a hint when to come back.
  if (http.status == 401) response.Set("WWW-Authenticate", "Bearer");
  if (http.status == 429 || http.status == 503) response.Set("Retry-After", "1");
  response.body = fhir::json::Write(fhir::OperationOutcome(error, http.issue_code));
  return response;
}

}  // namespace gateway::http
