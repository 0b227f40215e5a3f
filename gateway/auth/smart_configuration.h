// GET /fhir/{programme}/.well-known/smart-configuration
// https://hl7.org/fhir/smart-app-launch/conformance.html#using-well-known
#pragma once

#include <string_view>

#include "fhir/json/value.h"
#include "gateway/http/message.h"

namespace gateway::auth {

fhir::json::Value SmartConfiguration(std::string_view partners_url, std::string_view programme);

// The same as an answer: application/json, for five minutes in caches.
http::Response SmartConfigurationResponse(std::string_view partners_url,
                                          std::string_view programme);

}  // namespace gateway::auth
