#include "gateway/formats.h"

#include <algorithm>
#include <cctype>

#include "fhir/json/utf8.h"
#include "gateway/http/media_type.h"

namespace gateway {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

bool IsR4(const http::MediaType& type) {
  const std::string_view version = type.Parameter("fhirversion");
  return version.empty() || version == "4.0" || version == "4.0.0" || version == "4.0.1";
}

bool IsSent(const http::MediaType& type) {
  constexpr std::string_view kNames[] = {
      "application/fhir+json", "application/json", "json", "text/json", "*/*", "application/*"};
  return std::find(std::begin(kNames), std::end(kNames), type.name) != std::end(kNames) &&
         IsR4(type);
}

// Of JSON as our writer has it, without any white space between its tokens.
std::string Indented(std::string_view json) {
  std::string out;
  out.reserve(json.size() * 2);
  size_t depth = 0;
  bool in_text = false;
  const auto line = [&] { out.append(1, '\n').append(2 * depth, ' '); };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      out += c;
      if (c == '\\') out += json[++i];
      in_text = c != '"';
      continue;
    }
    in_text = c == '"';
    if (c == '}' || c == ']') {
      --depth;
      if (json[i - 1] != '{' && json[i - 1] != '[') line();
    }
    out += c;
    if (c == ':') out += ' ';
    if (c == '{' || c == '[') ++depth;
    const bool empty = i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']');
    if (c == ',' || ((c == '{' || c == '[') && !empty)) line();
  }
  return out;
}

}  // namespace

fhir::Status CheckAccepted(const http::Request& request, const Parameters& parameters) {
  for (const auto& [name, value] : parameters) {
    if (name != "_pretty" || value == "true" || value == "false" || value.empty()) continue;
    return Fail(ErrorCode::kMalformed, "_pretty is true or false", "_pretty");
  }
  for (const auto& [name, value] : parameters) {
    if (name != "_format" || value.empty()) continue;
    http::MediaType format = http::ParseMediaType(value);
    // A plus that was not encoded arrives as a blank.
    std::replace(format.name.begin(), format.name.end(), ' ', '+');
    if (IsSent(format)) return {};
    return Fail(ErrorCode::kNotAcceptable, "only application/fhir+json of FHIR 4.0 is produced",
                "_format");
  }
  const std::string_view field = request.field("Accept");
  if (field.empty()) return {};
  const auto accepted = http::ParseAccept(field);
  if (std::any_of(accepted.begin(), accepted.end(), IsSent)) return {};
  return Fail(ErrorCode::kNotAcceptable, "only application/fhir+json of FHIR 4.0 is produced",
              "Accept");
}

void Lay(http::Response& response, const Parameters& parameters) {
  const bool pretty = std::any_of(parameters.begin(), parameters.end(), [](const auto& one) {
    return one.first == "_pretty" && one.second == "true";
  });
  if (pretty && response.body.starts_with('{')) response.body = Indented(response.body);
}

fhir::Status CheckEncoding(const http::Request& request) {
  const std::string_view coding = request.field("Content-Encoding");
  if (!coding.empty() && coding != "identity") {
    return Fail(ErrorCode::kUnsupportedMediaType, "send the body as it is, not packed",
                "Content-Encoding");
  }
  const auto type = http::ParseMediaType(request.field("Content-Type"));
  const std::string_view charset = type.Parameter("charset");
  if (!charset.empty() && charset != "utf-8" && charset != "us-ascii") {
    return Fail(ErrorCode::kUnsupportedMediaType, "the body must be in UTF-8", "Content-Type");
  }
  if (IsR4(type)) return {};
  return Fail(ErrorCode::kUnsupportedMediaType, "only FHIR 4.0 is understood", "Content-Type");
}

fhir::Status CheckSpelling(std::string_view query, const Parameters& parameters) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  for (size_t at = query.find('%'); at != std::string_view::npos; at = query.find('%', at + 1)) {
    const std::string_view digits = query.substr(at + 1, 2);
    if (digits.size() == 2 && is_hex(digits[0]) && is_hex(digits[1])) continue;
    return Fail(ErrorCode::kMalformed, "a % in the address begins no escape; write %25");
  }
  for (const auto& [name, value] : parameters) {
    for (const std::string& text : {name, value}) {
      if (fhir::json::CheckUtf8(text) == fhir::json::TextDefect::kNone) continue;
      return Fail(ErrorCode::kMalformed, "the parameters must be text in UTF-8");
    }
  }
  return {};
}

}  // namespace gateway
