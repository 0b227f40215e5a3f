// What may come in and what goes out: JSON of FHIR R4, in UTF-8, neither packed nor in another
// version. http://hl7.org/fhir/R4/http.html#mime-type
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/result.h"
#include "gateway/http/message.h"

namespace gateway {

using Parameters = std::vector<std::pair<std::string, std::string>>;  // of an address, decoded

// kNotAcceptable when neither _format nor, without it, Accept takes what is sent back; kMalformed
// when _pretty is neither true nor false.
fhir::Status CheckAccepted(const http::Request& request, const Parameters& parameters);

// Lays the body out for a person where _pretty asks for it.
void Lay(http::Response& response, const Parameters& parameters);

// kUnsupportedMediaType for a body in another encoding, character set or FHIR version. Which media
// type it may have is the interaction's word.
fhir::Status CheckEncoding(const http::Request& request);

// kMalformed where a % of the query begins no escape, or what is spelled is no text.
fhir::Status CheckSpelling(std::string_view query, const Parameters& parameters);

}  // namespace gateway
