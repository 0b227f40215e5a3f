// The rules that stand on more than one element: R4's own invariants and ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json/value.h"

namespace fhir {

// One broken rule. `element` is the path below the checked value, "" for the value itself.
struct Breach {
  std::string code;
  std::string message;
  std::string element;
  Severity severity = Severity::kError;
};

// The rules of one structure ("Period", "Consent", "Patient.contact").
std::vector<Breach> CheckInvariants(std::string_view structure, const json::Value& value);

// The rules of one reference. A wrong target type is an error where patients and the resources that
// decisions stand on are named, elsewhere a warning: real records (and an R4 example) have it.
// `targets` is "A|B" or empty for any; `contained` maps the ids of the contained resources to their
// types. http://hl7.org/fhir/R4/references.html
enum class Strictness : uint8_t { kUsual, kStrict };
std::vector<Breach> CheckReference(const json::Value& value, std::string_view targets,
                                   const std::map<std::string, std::string, std::less<>>& contained,
                                   Strictness strictness);

// Types of which nothing may be accepted that could change its meaning unknown to us.
// http://hl7.org/fhir/R4/extensibility.html#modifierExtension
bool RefusesModifiers(std::string_view resource_type);

}  // namespace fhir
