// Where each key of a JSON-with-comments text stands, for errors that name the line.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace gateway {

// Path ("vendors.smtp[0].host") -> line, from 1; "" is the line of the document itself.
// REQUIRES: fhir::json::ParseWithComments accepts the text.
std::map<std::string, int, std::less<>> LinesOfKeys(std::string_view text);

}  // namespace gateway
