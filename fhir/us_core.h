// What US Core asks beyond R4, for those who ask whether a resource conforms to it; nothing is
// refused for the lack of it. US Core 6.1.0, the profiles that the domain uses.
// https://hl7.org/fhir/us/core/STU6.1/profiles-and-extensions.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/resource.h"

namespace fhir {

struct UsCoreProfile {
  std::string_view name;  // "us-core-patient"
  std::string_view type;
  std::string_view mandatory;     // elements that R4 leaves optional, separated by blanks
  std::string_view must_support;  // further ones

  std::string Canonical() const;
};

// nullptr for what is not one of ours, or is of another version ("...|3.1.1").
const UsCoreProfile* FindUsCoreProfile(std::string_view canonical);
std::vector<const UsCoreProfile*> UsCoreProfilesOf(std::string_view type);

// Errors for mandatory elements, required codes and constraints; information for elements that must
// be supported and are absent. Targets of references are judged by type only; value sets that no
// definition at hand lists are not looked up. REQUIRES: the resource is of the profile's type.
std::vector<Issue> CheckUsCore(const UsCoreProfile& profile, const Resource& resource);

}  // namespace fhir
