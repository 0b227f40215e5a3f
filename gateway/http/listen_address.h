// "127.0.0.1:8443" or "[::]:8443", as configuration writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/result.h"

namespace gateway::http {

struct ListenAddress {
  std::string host;  // a literal address, without brackets
  uint16_t port;
};

// kInvalid unless it is a literal address and a port.
fhir::Result<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace gateway::http
