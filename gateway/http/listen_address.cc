#include "gateway/http/listen_address.h"

#include <arpa/inet.h>

#include <charconv>

namespace gateway::http {

fhir::Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const fhir::Error error =
      fhir::Fail(fhir::ErrorCode::kInvalid,
                 "cannot listen on \"" + std::string(text) +
                     "\": write an address and a port, such as 127.0.0.1:8443 or [::]:8443");
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return error;
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  in6_addr address;  // large enough for both families
  if (::inet_pton(bracketed ? AF_INET6 : AF_INET, std::string(host).c_str(), &address) != 1) {
    return error;
  }

  uint16_t port = 0;
  const auto parsed = std::from_chars(port_text.begin(), port_text.end(), port);
  if (parsed.ec != std::errc() || parsed.ptr != port_text.end()) return error;
  return ListenAddress{std::string(host), port};
}

}  // namespace gateway::http
