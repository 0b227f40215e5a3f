#include "gateway/auth/jws.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "fhir/json/json.h"

namespace gateway::auth {
namespace {

constexpr size_t kMaxBytes = 8 * 1024;
constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<int8_t, 256> MakeReverse() {
  std::array<int8_t, 256> reverse{};
  reverse.fill(-1);
  for (int i = 0; i < 64; ++i) {
    reverse[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  return reverse;
}
constexpr std::array<int8_t, 256> kReverse = MakeReverse();

std::optional<fhir::json::Value> DecodeObject(std::string_view part) {
  std::optional<std::string> text = Base64UrlDecode(part);
  if (!text) return std::nullopt;
  fhir::Result<fhir::json::Value> value =
      fhir::json::Parse(*text, {.max_depth = 8, .max_nodes = 1000});
  if (!value.ok() || !value->is_object()) return std::nullopt;
  return std::move(*value);
}

}  // namespace

std::string Base64UrlEncode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  uint32_t buffer = 0;
  int bits = 0;
  for (unsigned char c : bytes) {
    buffer = (buffer << 8) | c;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text.push_back(kAlphabet[(buffer >> bits) & 63]);
    }
  }
  if (bits > 0) text.push_back(kAlphabet[(buffer << (6 - bits)) & 63]);
  return text;
}

std::optional<std::string> Base64UrlDecode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  uint32_t buffer = 0;
  int bits = 0;
  for (unsigned char c : text) {
    int8_t value = kReverse[c];
    if (value < 0) return std::nullopt;
    buffer = (buffer << 6) | static_cast<uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>((buffer >> bits) & 255));
    }
  }
  if ((buffer & ((1u << bits) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) {
    return std::nullopt;
  }
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  std::string url(text);
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  return Base64UrlDecode(url);
}

fhir::Result<Jws> SplitJws(std::string_view compact) {
  auto refuse = [](const char* sentence) {
    return fhir::Fail(fhir::ErrorCode::kUnauthenticated, sentence);
  };
  if (compact.size() > kMaxBytes) return refuse("the token is longer than 8 KiB");
  size_t first = compact.find('.');
  size_t last = compact.rfind('.');
  if (first == std::string_view::npos || first == last || compact.find('.', first + 1) != last) {
    return refuse("the token is not a JWS of three parts");
  }
  std::optional<fhir::json::Value> header = DecodeObject(compact.substr(0, first));
  if (!header) return refuse("the token's header is not a JSON object");
  std::optional<fhir::json::Value> payload =
      DecodeObject(compact.substr(first + 1, last - first - 1));
  if (!payload) return refuse("the token's claims are not a JSON object");
  std::optional<std::string> signature = Base64UrlDecode(compact.substr(last + 1));
  if (!signature) return refuse("the token's signature is not base64url");
  if (header->Find("crit")) return refuse("the token asks for an extension that is not supported");
  return Jws{std::move(*header), std::move(*payload), compact.substr(0, last),
             std::move(*signature)};
}

std::string Sha256(std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
             EVP_sha256(), nullptr);
  out.resize(size);
  return out;
}

std::optional<fhir::Instant> NumericDate(const fhir::json::Value& claim) {
  if (!claim.is_number()) return std::nullopt;
  // A fraction is allowed by RFC 7519 and cut off.
  std::string_view text = claim.text();
  text = text.substr(0, text.find('.'));
  int64_t seconds = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr int64_t kYear9999 = 253402300799;
  if (seconds < 0 || seconds > kYear9999) return std::nullopt;
  return fhir::Instant(std::chrono::seconds(seconds));
}

fhir::json::Value NumericDate(fhir::Instant t) {
  return fhir::json::Value::Int(
      std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count());
}

}  // namespace gateway::auth
