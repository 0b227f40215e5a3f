// Every fact the engine knows: where it stands in FHIR (or in the programme, or beside the
// resources), what it is for and an example. FACTS.md is made of this table; a rule may only read
// what is declared here.
#pragma once

#include <span>
#include <string_view>

#include "fhir/result.h"

namespace consent {

struct DeclaredFact {
  std::string_view id;       // "telecom.provided-by"; what Rule::reads names
  std::string_view owner;    // one type of FHIR ("Resource": of any), "Programme" or "Given"
  std::string_view element;  // path under the owner; "telecom.extension name" for one of ours,
                             // "extension name, inner" for one within it
  std::string_view purpose;  // what it says
  std::string_view allowed;  // its type and the codes or identifiers it may hold
  std::string_view example;  // the JSON of the element, as short as it can be; may be empty
};

// By owner, then in the order of a form that is filled in.
std::span<const DeclaredFact> DeclaredFacts();
const DeclaredFact* FindDeclaredFact(std::string_view id);

// kInternal with the rule's id when a rule reads a fact that is not declared. Called before the
// first decision is made.
fhir::Status CheckRulesReadDeclaredFacts();

}  // namespace consent
