// Strings as searches compare them. http://hl7.org/fhir/R4/search.html#string
#pragma once

#include <string>
#include <string_view>

namespace fhir {

// Lower case, no diacritics or combining marks, white space as one blank, none at the ends; control
// characters left out. The text is UTF-8. Normalising twice changes nothing.
std::string NormalText(std::string_view text);

// How a string stands in the index: "<normal>\x1f<as written>\x1f", so that one row answers "begins
// with", ":contains", ":exact" and the order.
std::string IndexText(std::string_view text);

}  // namespace fhir
