#include "gateway/auth/access_token.h"

#include <openssl/crypto.h>

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "fhir/json/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/link_token.h"

namespace gateway::auth {
namespace {

using fhir::json::Value;

constexpr char kHeader[] = R"({"alg":"HS256","typ":"at+jwt"})";

fhir::Error Refuse(const char* sentence) {
  return fhir::Fail(fhir::ErrorCode::kUnauthenticated, sentence);
}

}  // namespace

// What a signature check found, until the token ends; and the revoked token ids.
class AccessTokens::Cache {
 public:
  std::optional<Caller> Find(std::string_view token) {
    size_t hash = std::hash<std::string_view>()(token);
    Shard& shard = shards_[hash % shards_.size()];
    std::lock_guard lock(shard.mutex);
    auto it = shard.callers.find(hash);
    if (it == shard.callers.end() || !EqualInConstantTime(it->second.first, token)) {
      return std::nullopt;
    }
    return it->second.second;
  }

  void Keep(std::string_view token, const Caller& caller, fhir::Instant now) {
    size_t hash = std::hash<std::string_view>()(token);
    Shard& shard = shards_[hash % shards_.size()];
    std::lock_guard lock(shard.mutex);
    if (shard.callers.size() >= kPerShard) {
      std::erase_if(shard.callers, [now](const auto& e) { return e.second.second.expires <= now; });
      if (shard.callers.size() >= kPerShard) shard.callers.clear();
    }
    shard.callers.insert_or_assign(hash, std::pair(std::string(token), caller));
  }

  void Revoke(std::string_view token_id, fhir::Instant expires, fhir::Instant now) {
    std::lock_guard lock(revoked_mutex_);
    std::erase_if(revoked_, [now](const auto& e) { return e.second <= now; });
    revoked_.insert_or_assign(std::string(token_id), expires);
  }

  bool Revoked(std::string_view token_id) {
    std::lock_guard lock(revoked_mutex_);
    return revoked_.contains(token_id);
  }

 private:
  static constexpr size_t kPerShard = 256;
  struct Shard {
    std::mutex mutex;
    std::unordered_map<size_t, std::pair<std::string, Caller>> callers;
  };
  std::array<Shard, 16> shards_;
  std::mutex revoked_mutex_;
  std::map<std::string, fhir::Instant, std::less<>> revoked_;
};

AccessTokens::AccessTokens(std::string key, std::string issuer)
    : key_(std::move(key)), issuer_(std::move(issuer)), cache_(std::make_unique<Cache>()) {}

AccessTokens::~AccessTokens() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string AccessTokens::Issue(const Caller& caller, std::string_view scope_text,
                                fhir::Instant now) const {
  Value claims;
  claims.Set("iss", Value::String(issuer_));
  claims.Set("sub", Value::String(caller.client));
  claims.Set("tenant", Value::String(caller.tenant));
  claims.Set("programme", Value::String(caller.programme));
  claims.Set("scope", Value::String(std::string(scope_text)));
  claims.Set("jti", Value::String(caller.token_id));
  claims.Set("iat", NumericDate(now));
  claims.Set("exp", NumericDate(caller.expires));
  std::string token = Base64UrlEncode(kHeader) + "." + Base64UrlEncode(fhir::json::Write(claims));
  return token + "." + Base64UrlEncode(HmacSha256(key_, token));
}

fhir::Result<Caller> AccessTokens::Read(std::string_view token) const {
  fhir::Result<Jws> jws = SplitJws(token);
  if (!jws.ok()) return Refuse("the access token cannot be read");
  if (jws->header["alg"].text() != "HS256" ||
      !EqualInConstantTime(HmacSha256(key_, jws->signed_part), jws->signature)) {
    return Refuse("the access token is not one of ours");
  }
  const Value& claims = jws->payload;
  std::optional<fhir::Instant> expires = NumericDate(claims["exp"]);
  if (claims["iss"].text() != issuer_ || !expires) {
    return Refuse("the access token is not one of ours");
  }
  Caller caller;
  caller.client = claims["sub"].text();
  caller.tenant = claims["tenant"].text();
  caller.programme = claims["programme"].text();
  caller.token_id = claims["jti"].text();
  caller.expires = *expires;
  caller.scope_text = claims["scope"].text();
  caller.scopes = ParseScopes(caller.scope_text);
  return caller;
}

fhir::Result<Caller> AccessTokens::Verify(std::string_view token, fhir::Instant now) const {
  std::optional<Caller> caller = cache_->Find(token);
  if (!caller) {
    fhir::Result<Caller> read = Read(token);
    if (!read.ok()) return read.error();
    caller = std::move(*read);
    if (caller->expires > now) cache_->Keep(token, *caller, now);
  }
  if (caller->expires <= now) return Refuse("the access token has expired");
  if (cache_->Revoked(caller->token_id)) return Refuse("the access token was revoked");
  return std::move(*caller);
}

void AccessTokens::Revoke(std::string_view token_id, fhir::Instant expires, fhir::Instant now) {
  cache_->Revoke(token_id, expires, now);
}

}  // namespace gateway::auth
