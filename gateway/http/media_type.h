// A media type as fields of HTTP write it. RFC 9110, 8.3.1
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::http {

struct MediaType {
  std::string name;                                             // in small letters: "text/html"
  std::vector<std::pair<std::string, std::string>> parameters;  // both in small letters, no quotes

  // Empty when it is not there.
  std::string_view Parameter(std::string_view parameter) const;
};

// "application/fhir+json; charset=UTF-8". Never fails: a name that is none is answered as it
// stands.
MediaType ParseMediaType(std::string_view text);

// Those of an Accept field that may be sent (q above 0), in its order.
std::vector<MediaType> ParseAccept(std::string_view field);

}  // namespace gateway::http
