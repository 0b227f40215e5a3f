// The digests and encodings that the ways out need. All total; any thread.
#pragma once

#include <string>
#include <string_view>

namespace adapters {

std::string Sha256(std::string_view bytes);  // 32 raw bytes
std::string HmacSha256(std::string_view key, std::string_view bytes);
std::string Hex(std::string_view bytes);            // lower case
std::string Base64(std::string_view bytes);         // padded, no line ends
std::string Base64Url(std::string_view bytes);      // RFC 4648 §5, not padded
std::string PercentEncode(std::string_view bytes);  // all but RFC 3986's unreserved characters

}  // namespace adapters
