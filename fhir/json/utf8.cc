#include "fhir/json/utf8.h"

#include <cstddef>

namespace fhir::json {
namespace {

bool IsContinuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// Bytes of the sequence that `lead` begins (RFC 3629), 0 when it begins none.
size_t SequenceLength(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

}  // namespace

TextDefect CheckUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return TextDefect::kControl;
      ++i;
      continue;
    }
    const size_t length = SequenceLength(c);
    if (length == 0 || text.size() - i < length) return TextDefect::kEncoding;
    for (size_t k = 1; k < length; ++k) {
      if (!IsContinuation(static_cast<unsigned char>(text[i + k]))) return TextDefect::kEncoding;
    }
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (c == 0xED && second >= 0xA0) return TextDefect::kSurrogate;
    const bool overlong = (c == 0xE0 && second < 0xA0) || (c == 0xF0 && second < 0x90);
    const bool above = c == 0xF4 && second > 0x8F;
    if (overlong || above) return TextDefect::kEncoding;
    i += length;
  }
  return TextDefect::kNone;
}

}  // namespace fhir::json
