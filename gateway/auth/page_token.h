// The opaque part of a paging link: the search sealed, so that no URL the gateway makes carries a
// value of a patient, nobody can alter it, and another caller cannot follow it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/auth/caller.h"

namespace gateway::auth {

// `key`: 32 bytes. `search`: the query text to go on with. Bound to the caller's client and
// programme and to the resource type.
std::string SealPage(std::string_view key, const Caller& caller, std::string_view type,
                     std::string_view search);
// nullopt when it was made for another caller or type, or is not one of ours.
std::optional<std::string> OpenPage(std::string_view key, const Caller& caller,
                                    std::string_view type, std::string_view token);

}  // namespace gateway::auth
