// The one table from ErrorCode to HTTP status and OperationOutcome code.
#pragma once

#include <string_view>

#include "fhir/result.h"
#include "gateway/http/message.h"

namespace gateway::http {

struct HttpError {
  int status;
  std::string_view issue_code;  // http://hl7.org/fhir/R4/valueset-issue-type.html
};

HttpError ToHttp(fhir::ErrorCode code);

// The OperationOutcome answer, application/fhir+json.
Response ErrorResponse(const fhir::Error& error);

}  // namespace gateway::http
