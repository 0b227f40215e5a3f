#include "gateway/auth/page_token.h"

#include "gateway/auth/jws.h"
#include "gateway/store/sealing.h"

namespace gateway::auth {
namespace {

std::string BoundTo(const Caller& caller, std::string_view type) {
  return store::Join({"page", caller.client, caller.programme, type});
}

}  // namespace

std::string SealPage(std::string_view key, const Caller& caller, std::string_view type,
                     std::string_view search) {
  return Base64UrlEncode(store::Sealer().Seal(key, BoundTo(caller, type), search));
}

std::optional<std::string> OpenPage(std::string_view key, const Caller& caller,
                                    std::string_view type, std::string_view token) {
  const std::optional<std::string> sealed = Base64UrlDecode(token);
  if (!sealed) return std::nullopt;
  return store::Sealer().Open(key, BoundTo(caller, type), *sealed);
}

}  // namespace gateway::auth
