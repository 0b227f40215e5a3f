// What of a resource can be searched, and what a search asks.
// http://hl7.org/fhir/R4/search.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/resource.h"
#include "fhir/result.h"

namespace fhir {

// One indexed value. `key` is canonical: a token is "system|code" (and a second value "|code" for
// the search without system; a code element has the second only), a reference is "Type/id" or the
// absolute URL, a canonical its URL, a contact point "email|" and the address in lower case or
// "phone|" and the digits. Keys are for comparing only.
struct SearchValue {
  std::string parameter;  // "identifier", "patient", "status"
  std::string key;

  friend bool operator==(const SearchValue&, const SearchValue&) = default;
};

// Every value of the indexed parameters of this type. Equal values once.
std::vector<SearchValue> SearchValues(const Resource& resource);

// The parameters that Search accepts for `type`, besides _id, _lastUpdated, _count.
std::vector<std::string> SearchParametersOf(std::string_view type);

// The canonical keys that the value text of one parameter ("a,b" is any of both, \, escapes) asks
// for. A reference may be given as id, Type/id or URL; the parameter may end in ":Type" then.
// kInvalid when the parameter is unknown for the type or the value has not its grammar.
Result<std::vector<std::string>> SearchKeys(std::string_view type, std::string_view parameter,
                                            std::string_view value);

// The patient whose compartment the resource is in: "Patient/id", or empty. A Patient is its own.
// http://hl7.org/fhir/R4/compartmentdefinition-patient.html
std::string PatientOf(const Resource& resource);

}  // namespace fhir
