// SMART scopes as text: reading one, writing one, and what a client is granted of what it asks for.
// https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/auth/caller.h"

namespace gateway::auth {

// nullopt for what is not a system scope we know, "?..." filters included.
std::optional<Scope> ParseScope(std::string_view word);
// The v2 spelling: "system/Patient.rs".
std::string WriteScope(const Scope& scope);

// The part of `requested` that `registered` covers, as a scope text; empty when there is none.
std::string GrantedScopes(std::string_view requested, std::string_view registered);

}  // namespace gateway::auth
