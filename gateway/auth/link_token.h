// The opaque, unforgeable part of an unsubscribe link and the signature of inbound hooks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/date_time.h"

namespace gateway::auth {

std::string HmacSha256(std::string_view key, std::string_view text);  // 32 bytes
bool EqualInConstantTime(std::string_view a, std::string_view b);
std::string Hex(std::string_view bytes);

// "tenant.attempt.mac": names an attempt, no patient (RFC 8058 §3.1 wants it hard to forge). The
// mac is over the attempt's id too: its key is given again after the store was put back from a
// backup.
std::string MakeLinkToken(std::string_view key, std::string_view tenant, int64_t attempt,
                          std::string_view attempt_id);
struct LinkToken {
  std::string tenant;
  int64_t attempt = 0;
  std::string mac;
};
std::optional<LinkToken> ReadLinkToken(std::string_view text);  // unverified
bool VerifyLinkToken(std::string_view key, const LinkToken& token, std::string_view attempt_id);

// X-PSG-Signature: v1=hex(HMAC-SHA256(key, timestamp + "." + body)); the timestamp (Unix seconds)
// must be within five minutes of `now`.
bool VerifyHookSignature(std::string_view key, std::string_view timestamp,
                         std::string_view signature, std::string_view body, fhir::Instant now);

}  // namespace gateway::auth
