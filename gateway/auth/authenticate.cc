#include "gateway/auth/authenticate.h"

#include <strings.h>

#include <algorithm>
#include <string>

namespace gateway::auth {
namespace {

constexpr std::string_view kScheme = "Bearer ";

fhir::Error Refuse(const char* sentence) {
  return fhir::Fail(fhir::ErrorCode::kUnauthenticated, sentence);
}

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// RFC 6750 b64token.
bool IsToken(std::string_view text) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/=").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

fhir::Result<std::string_view> BearerToken(const http::Request& request) {
  const std::string* value = nullptr;
  for (const http::Field& field : request.fields) {
    if (!SameName(field.name, "Authorization")) continue;
    if (value) return Refuse("there is more than one Authorization field");
    value = &field.value;
  }
  if (!value) return Refuse("an access token is missing: send it as Authorization: Bearer");
  std::string_view text = *value;
  if (!SameName(text.substr(0, kScheme.size()), kScheme)) {
    return Refuse("the Authorization field must be of the scheme Bearer");
  }
  text.remove_prefix(kScheme.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (!IsToken(text)) return Refuse("the access token cannot be read");
  return text;
}

}  // namespace

fhir::Result<Caller> Authenticate(const http::Request& request, Tenants& tenants,
                                  std::string_view programme, fhir::Instant now) {
  fhir::Result<std::string_view> token = BearerToken(request);
  if (!token.ok()) return token.error();
  Tenant* tenant = tenants.OfProgramme(programme);
  if (!tenant) return Refuse("the access token is not one of ours");
  fhir::Result<Caller> caller = tenant->tokens->Verify(*token, now);
  if (!caller.ok()) return caller.error();
  if (caller->tenant != tenant->name) return Refuse("the access token is not one of ours");
  if (caller->programme != programme) {
    return fhir::Fail(fhir::ErrorCode::kForbidden,
                      "the access token is for another programme than the path");
  }
  if (fhir::Status may = tenant->clients->MayCall(caller->client, programme, now); !may.ok()) {
    return may.error();
  }
  return caller;
}

}  // namespace gateway::auth
