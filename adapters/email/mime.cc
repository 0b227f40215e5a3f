#include "adapters/email/mime.h"

#include "adapters/digest.h"
#include "adapters/strict_text.h"

namespace adapters {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

constexpr size_t kMaxHeaderText = 900;  // bytes of subject or sender's name
constexpr size_t kMaxLine = 76;         // RFC 2045 §6.7 (5), RFC 2047 §2

// "Sun, 22 Nov 2026 02:26:24 +0000" (RFC 5322 §3.3); the HTTP form ends in GMT.
std::string MailDate(fhir::Instant date) {
  std::string text = fhir::FormatHttpDate(date);
  return text.substr(0, text.size() - 3) + "+0000";
}

std::string MailBox(std::string_view name, std::string_view address) {
  std::string box;
  if (!name.empty()) {
    const std::string encoded = EncodeHeaderText(name);
    if (encoded == name) {
      box += '"';
      for (const char c : name) {
        if (c == '"' || c == '\\') box += '\\';
        box += c;
      }
      box += "\"";
    } else {
      box += encoded;
    }
    box += "\r\n ";
  }
  return box.append("<").append(address).append(">");
}

fhir::Status Check(const Content& content) {
  if (!IsEmailAddress(content.to)) {
    return Fail(ErrorCode::kInvalid, "the recipient's e-mail address is not valid");
  }
  if (!IsEmailAddress(content.from)) {
    return Fail(ErrorCode::kInvalid, "the programme's sender address is missing or not valid");
  }
  if (content.from_name.size() > kMaxHeaderText ||
      !IsCleanText(content.from_name, TextUse::kHeader)) {
    return Fail(ErrorCode::kInvalid, "the sender's name has characters that it must not have");
  }
  if (content.subject.size() > kMaxHeaderText || !IsCleanText(content.subject, TextUse::kHeader)) {
    return Fail(ErrorCode::kInvalid, "the subject is too long or has control characters");
  }
  if (content.text.empty() || !IsCleanText(content.text, TextUse::kBody)) {
    return Fail(ErrorCode::kInvalid, "the text is empty or has control characters");
  }
  if (!content.unsubscribe_url.empty() &&
      (content.unsubscribe_url.size() > 900 || !IsHttpsUrl(content.unsubscribe_url))) {
    return Fail(ErrorCode::kInvalid, "the unsubscribe URL is not a plain https URL");
  }
  return {};
}

}  // namespace

std::string EncodeHeaderText(std::string_view utf8) {
  static constexpr size_t kMaxPlain = 60;  // leaves room for "Subject: " in one line of 78
  const bool plain = utf8.size() <= kMaxPlain && utf8.find("=?") == std::string_view::npos &&
                     (utf8.empty() || IsPrintableAscii(utf8, kMaxPlain));
  if (plain) return std::string(utf8);
  static constexpr size_t kChunk = 42;  // bytes: 56 base64 characters and 12 of frame
  std::string out;
  while (!utf8.empty()) {
    size_t size = std::min(kChunk, utf8.size());
    // A character is never split over two encoded words (RFC 2047 §5).
    while (size < utf8.size() && (static_cast<unsigned char>(utf8[size]) & 0xC0) == 0x80) --size;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + Base64(utf8.substr(0, size)) + "?=";
    utf8.remove_prefix(size);
  }
  return out;
}

std::string EncodeQuotedPrintable(std::string_view utf8) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  size_t column = 0;
  const auto end_line = [&] {
    out += "\r\n";
    column = 0;
  };
  for (size_t i = 0; i < utf8.size(); ++i) {
    const char c = utf8[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < utf8.size() && utf8[i + 1] == '\n') ++i;
      end_line();
      continue;
    }
    const bool last_of_line = i + 1 == utf8.size() || utf8[i + 1] == '\r' || utf8[i + 1] == '\n';
    const bool blank = c == ' ' || c == '\t';
    const bool literal = (c > 0x20 && c < 0x7F && c != '=') || (blank && !last_of_line);
    const size_t width = literal ? 1 : 3;
    if (column + width > kMaxLine - 1) {  // the soft line break needs one
      out += '=';
      end_line();
    }
    if (literal) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '=';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
    column += width;
  }
  if (column > 0) end_line();
  return out;
}

fhir::Result<std::string> BuildMimeMessage(const Content& content, std::string_view idempotency_key,
                                           fhir::Instant date) {
  if (fhir::Status checked = Check(content); !checked.ok()) return checked.error();
  std::string mail;
  mail += "Date: " + MailDate(date) + "\r\n";
  mail += "From: " + MailBox(content.from_name, content.from) + "\r\n";
  mail += "To: <" + content.to + ">\r\n";
  mail += "Subject: " + EncodeHeaderText(content.subject) + "\r\n";
  mail += "Message-ID: <" + Hex(Sha256(idempotency_key)).substr(0, 40) + "@";
  mail.append(DomainOf(content.from)).append(">\r\n");
  if (!content.unsubscribe_url.empty()) {
    mail += "List-Unsubscribe: <" + content.unsubscribe_url + ">\r\n";
    mail += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
  }
  mail += "Auto-Submitted: auto-generated\r\n";
  mail += "MIME-Version: 1.0\r\n";
  mail += "Content-Type: text/plain; charset=utf-8\r\n";
  mail += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
  return mail + EncodeQuotedPrintable(content.text);
}

}  // namespace adapters
