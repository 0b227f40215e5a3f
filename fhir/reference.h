// A literal reference, taken apart. http://hl7.org/fhir/R4/references.html#literal
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fhir {

struct Reference {
  enum class Form { kRelative, kAbsolute, kContained, kUrn };
  Form form = Form::kRelative;
  std::string base;     // absolute only: "https://ehr.example/fhir"
  std::string type;     // "Patient"; empty for contained and urn
  std::string id;       // logical id, fragment or whole urn
  std::string version;  // after _history/, or empty

  std::string Relative() const { return type + "/" + id; }
};

// nullopt when the text is none of the forms, or names no R4 resource type.
std::optional<Reference> ParseReference(std::string_view text);

// ParseReference(text)->Relative(), less its pains: "Patient/1"; empty where the text is no
// reference, or one without a type.
std::string RelativeReference(std::string_view text);

// http://hl7.org/fhir/R4/datatypes.html#id : [A-Za-z0-9\-\.]{1,64}
bool IsId(std::string_view text);

// One of the 146 concrete resource types of R4 4.0.1.
bool IsResourceType(std::string_view name);
std::span<const std::string_view> ResourceTypes();  // all of them, in the order of names

}  // namespace fhir
