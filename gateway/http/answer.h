// An answer's head as it goes out on the wire, and the edge's own refusals.
#pragma once

#include <string>

#include "gateway/http/framing.h"
#include "gateway/http/message.h"

namespace gateway::http {

struct AnswerFacts {
  std::string_view request_id;
  bool http11 = true;
  bool keep_alive = true;
  bool tls = true;
};

// False when the status or a field cannot stand on the wire (CR or LF in a value splits an answer).
bool Writable(const Response& response);

// Whether an answer of that status has a body at all (RFC 9110 6.4.1).
bool HasBody(int status);

// Appends status line and fields. Content-Length, Connection, Date and X-Request-Id are the edge's:
// the handler's own are left out. REQUIRES: Writable(response).
void WriteHead(const Response& response, const AnswerFacts& facts, std::string& out);

// The OperationOutcome for a refusal at the edge.
Response RefusalResponse(const Refusal& refusal);

}  // namespace gateway::http
