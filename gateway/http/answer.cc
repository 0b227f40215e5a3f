#include "gateway/http/answer.h"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "fhir/date_time.h"
#include "gateway/clock.h"
#include "gateway/http/http_error.h"

namespace gateway::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool Same(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

bool OwnedByEdge(std::string_view name) {
  return Same(name, "content-length") || Same(name, "connection") || Same(name, "date") ||
         Same(name, "transfer-encoding") || Same(name, "keep-alive") || Same(name, "x-request-id");
}

bool NameChar(char c) {
  return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '-' || c == '_';
}

bool ValueChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

void AppendNumber(size_t number, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, end);
}

const std::string& DateNow() {
  thread_local std::chrono::sys_seconds second{};
  thread_local std::string text;
  const fhir::Instant now = SystemClock().Now();
  const auto this_second = std::chrono::floor<std::chrono::seconds>(now);
  if (text.empty() || this_second != second) {
    second = this_second;
    text = fhir::FormatHttpDate(now);
  }
  return text;
}

fhir::ErrorCode CodeOf(int status) {
  using enum fhir::ErrorCode;
  switch (status) {
    case 405:
      return kMethodNotAllowed;
    case 408:
      return kTimeout;
    case 413:
    case 431:
      return kTooLarge;
    case 417:
    case 501:
    case 505:
      return kNotSupported;
    case 500:
      return kInternal;
    default:
      return kMalformed;
  }
}

}  // namespace

bool Writable(const Response& response) {
  if (response.status < 200 || response.status > 599) return false;
  return std::all_of(response.fields.begin(), response.fields.end(), [](const Field& f) {
    return !f.name.empty() && std::all_of(f.name.begin(), f.name.end(), NameChar) &&
           std::all_of(f.value.begin(), f.value.end(), ValueChar);
  });
}

bool HasBody(int status) { return status != 204 && status != 304; }

void WriteHead(const Response& response, const AnswerFacts& facts, std::string& out) {
  out += "HTTP/1.1 ";
  AppendNumber(static_cast<size_t>(response.status), out);
  out += ' ';
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  out.append(reason.data(), reason.size());
  out += "\r\nDate: ";
  out += DateNow();
  if (HasBody(response.status)) {
    out += "\r\nContent-Length: ";
    AppendNumber(response.body.size(), out);
  }
  bool cache_control = false;
  for (const Field& f : response.fields) {
    if (OwnedByEdge(f.name)) continue;
    cache_control = cache_control || Same(f.name, "cache-control");
    out += "\r\n";
    out += f.name;
    out += ": ";
    out += f.value;
  }
  if (!cache_control) out += "\r\nCache-Control: no-store";
  out += "\r\nX-Content-Type-Options: nosniff";
  if (facts.tls) out += "\r\nStrict-Transport-Security: max-age=31536000";
  out += "\r\nX-Request-Id: ";
  out += facts.request_id;
  if (!facts.keep_alive) {
    out += "\r\nConnection: close";
  } else if (!facts.http11) {
    out += "\r\nConnection: keep-alive";
  }
  out += "\r\n\r\n";
}

Response RefusalResponse(const Refusal& refusal) {
  Response response = ErrorResponse(fhir::Fail(CodeOf(refusal.status), refusal.message));
  response.status = refusal.status;
  if (refusal.status == 405) response.Set("Allow", kAllowedMethods);
  return response;
}

}  // namespace gateway::http
