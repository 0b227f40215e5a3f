#include "fhir/compartment.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fhir/reference.h"
#include "fhir/schema_table.h"

namespace fhir {
namespace {

// Calls `visit` with every element at the dotted path; arrays are walked through.
template <class Visit>
void ForEachAt(const json::Value& value, std::string_view path, const Visit& visit) {
  if (value.is_array()) {
    for (const json::Value& item : value.items()) {
      if (!item.is_array()) ForEachAt(item, path, visit);
    }
    return;
  }
  if (path.empty()) {
    if (!value.is_null()) visit(value);
    return;
  }
  const size_t dot = path.find('.');
  const bool last = dot == std::string_view::npos;
  ForEachAt(value[path.substr(0, dot)], last ? std::string_view{} : path.substr(dot + 1), visit);
}

// "Patient/id" of the first literal reference to a patient, else empty.
std::string PatientAt(const json::Value& resource, std::string_view path) {
  std::string found;
  ForEachAt(resource, path, [&found](const json::Value& element) {
    if (!found.empty()) return;
    const auto reference = ParseReference(element["reference"].text());
    if (reference && reference->form == Reference::Form::kRelative &&
        reference->type == "Patient") {
      found = reference->Relative();
    }
  });
  return found;
}

bool IsOfPersons(std::string_view type) {
  return type == "Group" || type == "Patient" || type == "Person" || type == "RelatedPerson";
}

// Whether a reference anywhere in it may lead to a patient: one to a person, to a group of them, or
// one that does not say to what.
bool RefersToPerson(const json::Value& element) {
  if (IsOfPersons(element["type"].text())) return true;
  for (const json::Value& item : element.items()) {
    if (RefersToPerson(item)) return true;
  }
  for (const json::Member& member : element.members()) {
    if (member.name != "reference" || !member.value.is_string()) {
      if (RefersToPerson(member.value)) return true;
      continue;
    }
    const auto reference = ParseReference(member.value.text());
    const bool within = reference && reference->form == Reference::Form::kContained;
    if (!within && (!reference || reference->type.empty() || IsOfPersons(reference->type))) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool MayBeOfPatient(const Resource& resource) {
  const auto others = TypesNotOfPatients();
  return !std::binary_search(others.begin(), others.end(), resource.type()) ||
         !resource["patient"].is_null() || !resource["subject"].is_null() ||
         RefersToPerson(resource.json());
}

std::string PatientOf(const Resource& resource) {
  static constexpr auto kNone = std::to_array<std::string_view>({"AuditEvent", "Provenance"});
  // In the order of who the resource is about, rather than who had a hand in it.
  static constexpr auto kPaths =
      std::to_array<std::string_view>({"patient", "subject", "beneficiary", "for", "individual",
                                       "recipient", "sender", "participant.actor"});
  if (resource.type() == "Patient") {
    return resource.id().empty() ? std::string{} : resource.Relative();
  }
  if (std::find(kNone.begin(), kNone.end(), resource.type()) != kNone.end()) return {};
  for (std::string_view path : kPaths) {
    if (std::string patient = PatientAt(resource.json(), path); !patient.empty()) return patient;
  }
  return {};
}

}  // namespace fhir
