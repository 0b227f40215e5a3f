#include "fhir/search/text.h"

#include <algorithm>

#include "fhir/search/text_folding.h"

namespace fhir {
namespace {

constexpr char kSeparator = '\x1f';

// The code point at text[i], and how many bytes it has. The text has been validated as UTF-8.
char32_t Next(std::string_view text, size_t i, size_t* length) {
  const auto byte = [&](size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const unsigned first = byte(i);
  if (first < 0x80) return *length = 1, first;
  if (first < 0xE0) return *length = 2, (first & 0x1F) << 6 | (byte(i + 1) & 0x3F);
  if (first < 0xF0) {
    *length = 3;
    return (first & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F);
  }
  *length = 4;
  return (first & 0x07) << 18 | (byte(i + 1) & 0x3F) << 12 | (byte(i + 2) & 0x3F) << 6 |
         (byte(i + 3) & 0x3F);
}

bool IsMark(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) ||
         (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) ||
         (c >= 0xFE20 && c <= 0xFE2F);
}

bool IsSpace(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace

std::string NormalText(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool space = false;
  const auto put = [&](std::string_view letters) {
    if (space && !result.empty()) result += ' ';
    space = false;
    result += letters;
  };
  size_t length = 1;
  for (size_t i = 0; i < text.size(); i += length) {
    const char32_t c = Next(text, i, &length);
    if (IsSpace(c)) {
      space = true;
    } else if (c < 0x80) {
      const char letter = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
      if (c > 0x1F && c != 0x7F) put({&letter, 1});
    } else if (!IsMark(c)) {
      const auto rows = Foldings();
      const auto found = std::lower_bound(
          rows.begin(), rows.end(), c, [](const Folding& f, char32_t l) { return f.letter < l; });
      const bool folded = found != rows.end() && found->letter == c;
      put(folded ? std::string_view(found->as) : text.substr(i, length));
    }
  }
  return result;
}

std::string IndexText(std::string_view text) {
  std::string result = NormalText(text) + kSeparator;
  for (char c : text) {
    if (c != kSeparator) result += c;
  }
  return result + kSeparator;
}

}  // namespace fhir
