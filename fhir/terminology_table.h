// The code systems and value sets that the official definitions hold whole, generated out of them
// at build time (tables/generate_code_systems.mjs).
#pragma once

#include <span>
#include <string_view>

namespace fhir {

// Codes separated by '|', each after a character that says how deep it stands ('0' + depth), each
// before those below it: "0active|1recurrence|1relapse|0inactive". One that is of several kinds
// stands below each.
struct CodeSystemRow {
  std::string_view url;
  std::string_view codes;
};

// What one value set takes from one code system: "a|b", or nothing for all of a system above.
struct ValueSetRow {
  std::string_view url;
  std::string_view system;
  std::string_view codes;
};

std::span<const CodeSystemRow> CodeSystemRows();  // sorted by url
std::span<const ValueSetRow> ValueSetRows();      // sorted by url

}  // namespace fhir
