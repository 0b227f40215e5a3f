#include "adapters/strict_text.h"

#include <arpa/inet.h>

#include <fstream>
#include <iterator>
#include <string>

namespace adapters {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsAlnum(char c) { return IsDigit(c) || IsAlpha(c); }

bool AllDigits(std::string_view text) {
  for (const char c : text) {
    if (!IsDigit(c)) return false;
  }
  return !text.empty();
}

bool IsDomain(std::string_view text, size_t min_labels) {
  if (text.empty() || text.size() > 253) return false;
  size_t labels = 0;
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    for (const char c : label) {
      if (!IsAlnum(c) && c != '-') return false;
    }
    ++labels;
    if (dot == std::string_view::npos) return labels >= min_labels;
    text.remove_prefix(dot + 1);
  }
}

bool IsAtom(std::string_view text) {  // RFC 5322 atext
  static constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  for (const char c : text) {
    if (!IsAlnum(c) && kMarks.find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

// The length of the UTF-8 sequence at the start of `text`; 0 when it is none (RFC 3629 §4).
size_t SequenceLength(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = at(1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return size;
}

}  // namespace

bool IsPrintableAscii(std::string_view text, size_t max) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return !text.empty() && text.size() <= max;
}

bool IsCleanText(std::string_view text, TextUse use) {
  while (!text.empty()) {
    const size_t size = SequenceLength(text);
    if (size == 0) return false;
    const char c = text.front();
    const bool layout = c == '\n' || c == '\r' || c == '\t';
    if (size == 1 && (c < 0x20 || c == 0x7F) && !(layout && use == TextUse::kBody)) return false;
    text.remove_prefix(size);
  }
  return true;
}

bool IsEmailAddress(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > 254 || at > 64) return false;
  std::string_view local = text.substr(0, at);
  if (!IsDomain(text.substr(at + 1), 2)) return false;
  while (true) {
    const size_t dot = local.find('.');
    if (!IsAtom(local.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    local.remove_prefix(dot + 1);
  }
}

std::string_view DomainOf(std::string_view address) {
  return address.substr(address.rfind('@') + 1);
}

bool IsHost(std::string_view text) {
  if (IsDomain(text, 1)) return true;  // covers IPv4 too
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool IsE164(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         AllDigits(text.substr(1));
}

bool IsSmsSender(std::string_view text) {
  if (IsE164(text)) return true;
  if (AllDigits(text)) return text.size() >= 3 && text.size() <= 8;
  for (const char c : text) {
    if (!IsAlnum(c) && c != ' ') return false;
  }
  return !text.empty() && text.size() <= 11;
}

bool IsHttpsUrl(std::string_view text) {
  static constexpr std::string_view kScheme = "https://";
  if (!IsPrintableAscii(text, 2000) || text.substr(0, kScheme.size()) != kScheme) return false;
  if (text.find_first_of(" \"<>\\^`{|}#") != std::string_view::npos) return false;
  const std::string_view rest = text.substr(kScheme.size());
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  return !authority.empty() && authority.front() != ':' &&
         authority.find('@') == std::string_view::npos;
}

size_t CountCharacters(std::string_view utf8) {
  size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

fhir::Result<std::string> ReadSecretFile(const std::string& path) {
  static constexpr size_t kMaxBytes = 64 * 1024;
  std::ifstream file(path, std::ios::binary);
  std::string secret;
  if (file) secret.assign(std::istreambuf_iterator<char>(file), {});
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty() || secret.size() > kMaxBytes) {
    return fhir::Fail(fhir::ErrorCode::kUnavailable, "a secret file of the vendor cannot be read");
  }
  return secret;
}

}  // namespace adapters
