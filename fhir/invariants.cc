#include "fhir/invariants.h"

#include <algorithm>
#include <array>

#include "fhir/canonicals.h"
#include "fhir/channel.h"
#include "fhir/codes.h"
#include "fhir/invariants/tables.h"
#include "fhir/reference.h"
#include "fhir/value_set.h"

namespace fhir {
namespace {

void CheckMedium(const json::Value& resource, std::vector<Breach>& breaches) {
  const auto& media = resource["medium"].items();
  for (size_t i = 0; i < media.size(); ++i) {
    const auto& codings = media[i]["coding"].items();
    for (size_t k = 0; k < codings.size(); ++k) {
      const std::string& system = codings[k]["system"].text();
      const std::string& code = codings[k]["code"].text();
      const bool known = system == kParticipationMode ? IsParticipationMode(code)
                         : system == kChannelSystem   ? ChannelFromCode(code).has_value()
                                                      : true;
      if (known) continue;
      breaches.push_back(
          {"code-invalid", "the code system has no such code",
           "medium[" + std::to_string(i) + "].coding[" + std::to_string(k) + "].code"});
    }
  }
}

// "If the fullUrl is not a urn, it is consistent with the id of the resource."
// http://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl
void CheckFullUrls(const json::Value& bundle, std::vector<Breach>& breaches) {
  const auto& entries = bundle["entry"].items();
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto named = ParseReference(entries[i]["fullUrl"].text());
    const json::Value& resource = entries[i]["resource"];
    const bool restful = named && named->form == Reference::Form::kAbsolute;
    if (!restful || !resource["id"].is_string()) continue;
    if (named->id == resource["id"].text() && named->type == resource["resourceType"].text()) {
      continue;
    }
    breaches.push_back({"value", "the full URL is not that of the resource",
                        "entry[" + std::to_string(i) + "].fullUrl"});
  }
}

std::string_view TargetType(const Reference& reference, const ContainedTypes& contained) {
  if (reference.form != Reference::Form::kContained) return reference.type;
  const auto found = contained.find(reference.id);
  return found != contained.end() ? std::string_view(found->second) : std::string_view{};
}

}  // namespace

std::span<const Invariant> Invariants() {
  static const std::vector<Invariant> kAll = [] {
    std::vector<Invariant> all;
    for (const auto rules :
         {invariants::OfDataTypes(), invariants::OfDomain(), invariants::OfCare(),
          invariants::OfConformance(), invariants::OfStructureDefinitions()}) {
      all.insert(all.end(), rules.begin(), rules.end());
    }
    return all;
  }();
  return kAll;
}

std::vector<Breach> CheckOwnRules(std::string_view structure, const json::Value& value) {
  std::vector<Breach> breaches;
  if (structure == "Communication" || structure == "CommunicationRequest") {
    CheckMedium(value, breaches);
  } else if (structure == "Bundle") {
    CheckFullUrls(value, breaches);
  }
  return breaches;
}

std::vector<Breach> CheckReference(const json::Value& value, std::string_view targets,
                                   const ContainedTypes& contained) {
  constexpr const char* kSayings[] = {"reference",  "identifier", "display",
                                      "_reference", "_display",   "extension"};
  const bool says = std::any_of(std::begin(kSayings), std::end(kSayings),
                                [&](const char* member) { return value.Find(member) != nullptr; });
  // http://hl7.org/fhir/R4/references.html#Reference; of one with nothing at all ele-1 speaks.
  if (!says && value.Find("type") != nullptr) {
    return {{"required", "a reference has a reference, an identifier or a display", ""}};
  }
  const std::string& text = value["reference"].text();
  std::string_view type = value["type"].text();
  std::optional<Reference> reference;
  if (!text.empty()) {
    reference = ParseReference(text);
    if (!reference) {
      // An absolute URL may lead to something that is not a FHIR REST resource.
      const bool absolute = text.find("://") != std::string::npos &&
                            text.find_first_of(" \t\r\n") == std::string::npos;
      if (absolute) return {};
      return {{"value", "the reference is not Type/id, a URL, a urn or a fragment", "reference"}};
    }
    const std::string_view said = type;
    type = TargetType(*reference, contained);
    if (IsResourceType(said) && !type.empty() && said != type) {
      return {{"value", "the reference is to another type than its type says", "type"}};
    }
    const bool inside = reference->form == Reference::Form::kContained && !reference->id.empty();
    if (inside && type.empty()) {
      return {{"not-found", "the reference points to no contained resource (ref-1)", "reference"}};
    }
  }
  if (targets.empty() || !IsResourceType(type) || IsListed(targets, type)) return {};
  return {{"value", "the reference points to a resource type not allowed here",
           reference ? "reference" : "type"}};
}

bool RefusesModifiers(std::string_view resource_type) {
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"ActivityDefinition", "Communication", "CommunicationRequest", "Consent", "Contract",
       "Coverage", "MedicationRequest", "Patient", "RelatedPerson", "Task"});
  return std::find(kTypes.begin(), kTypes.end(), resource_type) != kTypes.end();
}

}  // namespace fhir
