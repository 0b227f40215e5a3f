#include "gateway/auth/link_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>
#include <chrono>

namespace gateway::auth {
namespace {

std::string LinkMac(std::string_view key, std::string_view tenant, int64_t attempt,
                    std::string_view attempt_id) {
  const std::string text =
      "link|" + std::string(tenant) + "|" + std::to_string(attempt) + "|" + std::string(attempt_id);
  return Hex(HmacSha256(key, text).substr(0, 16));
}

}  // namespace

std::string HmacSha256(std::string_view key, std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
  return std::string(reinterpret_cast<const char*>(out), size);
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string MakeLinkToken(std::string_view key, std::string_view tenant, int64_t attempt,
                          std::string_view attempt_id) {
  return std::string(tenant) + "." + std::to_string(attempt) + "." +
         LinkMac(key, tenant, attempt, attempt_id);
}

std::optional<LinkToken> ReadLinkToken(std::string_view text) {
  const size_t first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  LinkToken token;
  token.tenant = std::string(text.substr(0, first));
  const std::string_view number = text.substr(first + 1, second - first - 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), token.attempt);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  token.mac = std::string(text.substr(second + 1));
  return token;
}

bool VerifyLinkToken(std::string_view key, const LinkToken& token, std::string_view attempt_id) {
  return EqualInConstantTime(token.mac, LinkMac(key, token.tenant, token.attempt, attempt_id));
}

bool VerifyHookSignature(std::string_view key, std::string_view timestamp,
                         std::string_view signature, std::string_view body, fhir::Instant now) {
  int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (error != std::errc() || end != timestamp.data() + timestamp.size()) return false;
  const auto at = fhir::Instant(std::chrono::seconds(seconds));
  if (now - at > std::chrono::minutes(5) || at - now > std::chrono::minutes(5)) return false;
  std::string signed_text(timestamp);
  signed_text += '.';
  signed_text += body;
  return EqualInConstantTime(signature, "v1=" + Hex(HmacSha256(key, signed_text)));
}

}  // namespace gateway::auth
