// JSON Web Signatures in compact form, taken apart strictly, and the encoding beneath them.
// https://www.rfc-editor.org/rfc/rfc7515 . Nothing here trusts the header: callers choose the key
// and the algorithm themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/date_time.h"
#include "fhir/json/value.h"
#include "fhir/result.h"

namespace gateway::auth {

// RFC 4648 §5 without padding. Decoding refuses padding, white space and non-zero trailing bits, so
// that every value has exactly one spelling.
std::string Base64UrlEncode(std::string_view bytes);
std::optional<std::string> Base64UrlDecode(std::string_view text);
std::optional<std::string> Base64Decode(std::string_view text);  // padded, RFC 4648 section 4

struct Jws {
  fhir::json::Value header;
  fhir::json::Value payload;
  std::string_view signed_part;  // header.payload as sent; points into the text given
  std::string signature;
};

// kUnauthenticated unless it is three base64url parts, of which the first two are JSON objects, the
// header asks for no extension (`crit`) and the whole is at most 8 KiB. The signature is NOT
// checked.
fhir::Result<Jws> SplitJws(std::string_view compact);

std::string Sha256(std::string_view data);

// A NumericDate claim (RFC 7519 §2) in whole seconds; nullopt when it is not a number or is absurd.
std::optional<fhir::Instant> NumericDate(const fhir::json::Value& claim);
fhir::json::Value NumericDate(fhir::Instant t);

}  // namespace gateway::auth
