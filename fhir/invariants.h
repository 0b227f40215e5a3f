// The rules that stand on more than one element: R4's invariants, those of references, and ours.
#pragma once

#include <map>
#include <span>
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

// One rule of the specification that fails resources ("error" in its StructureDefinition).
struct Invariant {
  std::string_view id;         // "per-1"
  std::string_view structure;  // "Period"; it binds types based on it, too
  std::string_view message;
  // Null for what another part of the validator checks for every type; `message` names the part.
  bool (*holds)(const json::Value& value) = nullptr;
  std::string_view code = "invariant";
  std::string_view element = "";
};

// Every invariant that the validator knows.
std::span<const Invariant> Invariants();

// Rules of ours on one structure ("CommunicationRequest").
std::vector<Breach> CheckOwnRules(std::string_view structure, const json::Value& value);

// The rules of one reference. `targets` is "A|B" or empty for any; `contained` maps the ids of the
// contained resources to their types. http://hl7.org/fhir/R4/references.html
using ContainedTypes = std::map<std::string, std::string, std::less<>>;
std::vector<Breach> CheckReference(const json::Value& value, std::string_view targets,
                                   const ContainedTypes& contained);

// Types of which nothing may be accepted that could change its meaning unknown to us: those that
// decisions are read from. http://hl7.org/fhir/R4/extensibility.html#modifierExtension
bool RefusesModifiers(std::string_view resource_type);

}  // namespace fhir
