// The structure of every FHIR R4 type as data, generated out of the official definitions at build
// time (tables/generate_structures.mjs): one row a data type, resource type or backbone element.
//
// A row's elements are separated by blanks: name:type, then ! when required, * when repeating,
// + when part of the summary. A choice is name[x] with its types separated by commas, ? for every
// type an extension may hold. A coded type names the value set it is bound to
// (code=administrative-gender), or after ~ the widest that its codes may be of where it is not; a
// reference its targets (Reference(A|B)). A backbone element's type is its path. What the base's
// row has comes first and is not said again. For example:
//   {"Timing.repeat", "Element", "bounds[x]:Duration,Range,Period+ count:positiveInt+ ..."}
#pragma once

#include <span>
#include <string_view>

#include "fhir/reference.h"

namespace fhir {

struct StructureRow {
  std::string_view name;
  std::string_view base;  // another row's name, or empty
  std::string_view elements;
};

// The codes that one value set takes from one code system.
struct CodesRow {
  std::string_view set;  // the last part of its canonical
  std::string_view system;
  std::string_view codes;  // "a|b"
};

// An extension within one that is defined.
struct ExtensionPart {
  std::string_view url;
  std::string_view types;
  std::string_view codes;
  size_t min;
  size_t max;
};

// An extension that R4 or fhir/profiles defines.
struct ExtensionRow {
  std::string_view url;
  std::string_view contexts;  // the structures that may have it: "Consent|ContactPoint"; empty: any
  std::string_view types;     // of its value, as in member names: "String|Code"; empty for none
  std::string_view codes;     // the value set that binds it, or empty
  bool closed;                // has no other parts than these
  std::span<const ExtensionPart> parts;  // of one that has extensions instead
};

std::span<const StructureRow> StructureRows();  // sorted by name
std::span<const CodesRow> CodesRows();          // sorted by set
std::span<const ExtensionRow> ExtensionRows();  // sorted by url

// The resource types that the definitions class as data of nobody, of businesses or of
// professionals; sorted. http://hl7.org/fhir/R4/security.html#SecPrivConsiderations
std::span<const std::string_view> TypesNotOfPatients();

// The types that ? stands for, separated by commas. http://hl7.org/fhir/R4/datatypes.html#open
std::string_view OpenTypes();

}  // namespace fhir
