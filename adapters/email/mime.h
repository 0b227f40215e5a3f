// The RFC 5322 message of one e-mail. Strict: nothing that could add a header or a recipient
// passes.
#pragma once

#include <string>

#include "adapters/message.h"
#include "fhir/date_time.h"
#include "fhir/result.h"

namespace adapters {

// The whole message with CRLF line ends, every line at most 998 bytes, the body quoted-printable.
// The Message-ID is derived from `idempotency_key`: a repeat has the same. With an unsubscribe_url
// it has List-Unsubscribe and List-Unsubscribe-Post (RFC 8058). kInvalid names the part that breaks
// its grammar, never its value.
fhir::Result<std::string> BuildMimeMessage(const Content& content, std::string_view idempotency_key,
                                           fhir::Instant date);

// RFC 2047: as it is when plain ASCII, else in encoded words, folded.
std::string EncodeHeaderText(std::string_view utf8);

// RFC 2045 §6.7. Line ends of any kind become CRLF; the text ends with one.
std::string EncodeQuotedPrintable(std::string_view utf8);

}  // namespace adapters
