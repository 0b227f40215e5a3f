// The grammar of every text that becomes part of a protocol: whatever does not pass here never
// reaches a header line, an envelope or a URL. All total; any thread.
#pragma once

#include <string>
#include <string_view>

#include "fhir/result.h"

namespace adapters {

// No control character (so no CR, LF or NUL), no byte above 0x7E, not empty, at most `max` bytes.
bool IsPrintableAscii(std::string_view text, size_t max);

// Valid UTF-8 without NUL; line ends and tabs only where `text` is a body.
enum class TextUse { kHeader, kBody };
bool IsCleanText(std::string_view text, TextUse use);

// RFC 5321 Mailbox, narrowed: dot-atom local part, a domain name of two labels or more, ASCII only.
bool IsEmailAddress(std::string_view text);
// The part after the @. REQUIRES: IsEmailAddress(address).
std::string_view DomainOf(std::string_view address);

// RFC 1123 host name, IPv4 address, or IPv6 address without brackets.
bool IsHost(std::string_view text);

// E.164 with the plus sign: "+12065550100".
bool IsE164(std::string_view text);
// E.164, a short code of 3 to 8 digits, or an alphanumeric sender of up to 11 characters.
bool IsSmsSender(std::string_view text);

// An https URL without user, password, fragment, space, quote or angle bracket.
bool IsHttpsUrl(std::string_view text);

// Code points of valid UTF-8.
size_t CountCharacters(std::string_view utf8);

// The content of a small file that holds a secret, without its trailing line ends. kUnavailable
// when it cannot be read, is empty or longer than 64 KiB: nothing can be sent until the operator
// acts.
fhir::Result<std::string> ReadSecretFile(const std::string& path);

}  // namespace adapters
