#include "fhir/us_core.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/fhirpath/expression.h"
#include "fhir/invariants/words.h"

namespace fhir {
namespace {

using json::Value;

constexpr std::string_view kStructures = "http://hl7.org/fhir/us/core/StructureDefinition/";
constexpr std::string_view kVersion = "6.1.0";

// ---- the profiles

constexpr auto kProfiles = std::to_array<UsCoreProfile>({
    {"us-core-condition-encounter-diagnosis", "Condition", "category code",
     "clinicalStatus verificationStatus encounter onset[x] abatement[x] recordedDate"},
    {"us-core-condition-problems-health-concerns", "Condition", "category code",
     "clinicalStatus verificationStatus onset[x] abatement[x] recordedDate"},
    {"us-core-coverage", "Coverage", "relationship",
     "identifier type subscriberId period class class.value class.name"},
    {"us-core-medicationrequest", "MedicationRequest", "",
     "category reported[x] encounter authoredOn requester dosageInstruction dosageInstruction.text "
     "dosageInstruction.timing dosageInstruction.doseAndRate "
     "dosageInstruction.doseAndRate.dose[x] dispenseRequest "
     "dispenseRequest.numberOfRepeatsAllowed dispenseRequest.quantity"},
    {"us-core-organization", "Organization", "active name",
     "identifier identifier.system identifier.value telecom telecom.system telecom.value address "
     "address.line address.city address.state address.postalCode address.country"},
    {"us-core-patient", "Patient",
     "identifier identifier.system identifier.value name telecom.system telecom.value gender",
     "name.use name.family name.given name.suffix name.period telecom telecom.use birthDate "
     "deceased[x] address address.use address.line address.city address.state address.postalCode "
     "address.period communication"},
    {"us-core-practitioner", "Practitioner",
     "identifier identifier.system identifier.value name name.family",
     "telecom telecom.system telecom.value address address.line address.city address.state "
     "address.postalCode address.country"},
    {"us-core-practitionerrole", "PractitionerRole", "telecom.system telecom.value",
     "practitioner organization code specialty location telecom endpoint"},
    {"us-core-relatedperson", "RelatedPerson", "active", "relationship name telecom address"},
});

// A rule in FHIRPath that must be true.
struct Rule {
  std::string_view profile;
  Severity severity;
  std::string_view code;
  std::string_view message;
  std::string_view element;
  std::string_view expression;
};

#define US_CORE "http://hl7.org/fhir/us/core/StructureDefinition/"
#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"
#define OMB "system = 'urn:oid:2.16.840.1.113883.6.238' and "
#define UNKNOWN "system = '" TERMINOLOGY "v3-NullFlavor' and (code = 'UNK' or code = 'ASKU')"

constexpr auto kRules = std::to_array<Rule>({
    {"us-core-patient", Severity::kError, "invariant",
     "a name has a family or given name, or the reason why not (us-core-6)", "name",
     "(name.family.exists() or name.given.exists()) xor "
     "extension('http://hl7.org/fhir/StructureDefinition/data-absent-reason').exists()"},
    {"us-core-patient", Severity::kInformation, "informational",
     "the must-support extension us-core-race is absent", "extension",
     "extension('" US_CORE "us-core-race').exists()"},
    {"us-core-patient", Severity::kInformation, "informational",
     "the must-support extension us-core-ethnicity is absent", "extension",
     "extension('" US_CORE "us-core-ethnicity').exists()"},
    {"us-core-patient", Severity::kError, "required", "a race needs its text", "extension",
     "extension('" US_CORE "us-core-race').where(extension('text').value.exists().not()).empty()"},
    {"us-core-patient", Severity::kError, "required", "an ethnicity needs its text", "extension",
     "extension('" US_CORE
     "us-core-ethnicity').where(extension('text').value.exists().not()).empty()"},
    {"us-core-patient", Severity::kError, "code-invalid", "the race is no category of OMB",
     "extension",
     "extension('" US_CORE "us-core-race').extension('ombCategory').where(value.exists((" OMB
     "(code = '1002-5' or code = '2028-9' or code = '2054-5' or code = '2076-8' or "
     "code = '2106-3')) or (" UNKNOWN ")).not()).empty()"},
    {"us-core-patient", Severity::kError, "code-invalid", "the ethnicity is no category of OMB",
     "extension",
     "extension('" US_CORE "us-core-ethnicity').extension('ombCategory').where(value.exists((" OMB
     "(code = '2135-2' or code = '2186-5')) or (" UNKNOWN ")).not()).empty()"},
    {"us-core-patient", Severity::kError, "code-invalid", "the birth sex is not one of its codes",
     "extension",
     "extension('" US_CORE "us-core-birthsex').where((value = 'F' or value = 'M' or "
     "value = 'ASKU' or value = 'OTH' or value = 'UNK').not()).empty()"},

    {"us-core-condition-encounter-diagnosis", Severity::kError, "code-invalid",
     "a category is encounter-diagnosis", "category",
     "category.coding.exists(system = '" TERMINOLOGY
     "condition-category' and code = 'encounter-diagnosis')"},
    {"us-core-condition-problems-health-concerns", Severity::kError, "code-invalid",
     "a category is problem-list-item or health-concern", "category",
     "category.coding.exists((system = '" TERMINOLOGY
     "condition-category' and code = 'problem-list-item') or (system = "
     "'http://hl7.org/fhir/us/core/CodeSystem/condition-category' and code = 'health-concern'))"},
    {"us-core-condition-encounter-diagnosis", Severity::kError, "value", "the subject is a Patient",
     "subject", "subject.resolve().where($this is Group).empty()"},
    {"us-core-condition-problems-health-concerns", Severity::kError, "value",
     "the subject is a Patient", "subject", "subject.resolve().where($this is Group).empty()"},

    {"us-core-coverage", Severity::kError, "invariant",
     "a member id or a subscriber id is needed (us-core-15)", "subscriberId",
     "subscriberId.exists() or identifier.type.coding.exists(system = '" TERMINOLOGY
     "v2-0203' and code = 'MB')"},

    {"us-core-medicationrequest", Severity::kError, "invariant",
     "an order needs its requester (us-core-21)", "requester",
     "requester.exists() or (intent = 'order' or intent = 'original-order' or "
     "intent = 'reflex-order' or intent = 'filler-order' or intent = 'instance-order').not()"},
    {"us-core-medicationrequest", Severity::kError, "value", "the subject is a Patient", "subject",
     "subject.resolve().where($this is Group).empty()"},

    {"us-core-practitionerrole", Severity::kError, "invariant",
     "a contact or an endpoint is needed (pd-1)", "telecom",
     "telecom.exists() or endpoint.exists()"},
    {"us-core-practitionerrole", Severity::kError, "invariant",
     "a practitioner, organization, service or location is needed (us-core-13)", "practitioner",
     "practitioner.exists() or organization.exists() or healthcareService.exists() or "
     "location.exists()"},

    {"us-core-relatedperson", Severity::kError, "invariant",
     "a name or a relationship is needed (us-core-14)", "name",
     "name.exists() or relationship.exists()"},
});

#undef UNKNOWN
#undef OMB
#undef TERMINOLOGY
#undef US_CORE

// ---- the checks

template <class Visit>
void EachWord(std::string_view words, const Visit& visit) {
  while (!words.empty()) {
    const size_t blank = words.find(' ');
    visit(words.substr(0, blank));
    words.remove_prefix(blank == std::string_view::npos ? words.size() : blank + 1);
  }
}

// Visits what may hold the last step of `element`, with its path: "identifier.system" leads to
// every identifier.
template <class Visit>
void EachHolder(const Value& value, const std::string& path, std::string_view element,
                const Visit& visit) {
  const size_t dot = element.find('.');
  if (dot == std::string_view::npos) return visit(value, path, element);
  const std::string_view name = element.substr(0, dot);
  const std::string below = path + "." + std::string(name);
  const Value& child = value[name];
  if (child.is_object()) return EachHolder(child, below, element.substr(dot + 1), visit);
  for (size_t i = 0; i < child.size(); ++i) {
    EachHolder(child.at(i), below + "[" + std::to_string(i) + "]", element.substr(dot + 1), visit);
  }
}

// As FHIRPath says it: onset[x] is onset.
std::string WithoutChoice(std::string path) {
  if (path.ends_with("[x]")) path.resize(path.size() - 3);
  return path;
}

// Ten digits, the last one the check digit of the rest with the prefix 80840.
// https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand
bool IsNpi(std::string_view npi) {
  if (npi.size() != 10) return false;
  int sum = 24;  // of the prefix
  for (size_t i = 0; i < npi.size(); ++i) {
    if (npi[i] < '0' || npi[i] > '9') return false;
    const int digit = (npi[i] - '0') * (i % 2 == 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

class Check {
 public:
  Check(const UsCoreProfile& profile, const Resource& resource)
      : profile_(profile), resource_(resource) {}

  std::vector<Issue> Run() {
    EachWord(profile_.mandatory, [this](std::string_view element) { Mandatory(element); });
    for (const Rule& rule : kRules) {
      if (rule.profile == profile_.name) Holds(rule);
    }
    if (profile_.type == "Organization" || profile_.type == "Practitioner") Npis();
    EachWord(profile_.must_support, [this](std::string_view element) { MustSupport(element); });
    return std::move(findings_);
  }

 private:
  void Find(Severity severity, std::string_view code, std::string_view message, std::string path) {
    findings_.push_back({severity, std::string(code), std::string(message), std::move(path)});
  }

  void Mandatory(std::string_view element) {
    EachHolder(resource_.json(), resource_.type(), element,
               [this](const Value& holder, const std::string& path, std::string_view name) {
                 if (invariants::Has(holder, name)) return;
                 Find(Severity::kError, "required", "an element that US Core asks for is missing",
                      path + "." + std::string(name));
               });
  }

  // Once for all holders: one that has it shows that it is supported.
  void MustSupport(std::string_view element) {
    bool has_holder = false;
    bool is_there = false;
    EachHolder(resource_.json(), resource_.type(), element,
               [&](const Value& holder, const std::string&, std::string_view name) {
                 has_holder = true;
                 is_there = is_there || invariants::Has(holder, name);
               });
    if (!has_holder || is_there) return;
    Find(Severity::kInformation, "informational", "a must-support element is absent",
         WithoutChoice(resource_.type() + "." + std::string(element)));
  }

  void Holds(const Rule& rule) {
    const auto expression = fhirpath::Expression::Compile(rule.expression);
    const auto holds = [&] {
      const auto items = expression->Evaluate(resource_.json());
      return items.ok() && items->size() == 1 && items->front().value->boolean();
    };
    if (!expression.ok() || !holds()) {
      Find(rule.severity, rule.code, rule.message,
           resource_.type() + "." + std::string(rule.element));
    }
  }

  void Npis() {
    const auto& identifiers = resource_["identifier"].items();
    for (size_t i = 0; i < identifiers.size(); ++i) {
      const bool is_npi = identifiers[i]["system"].text() == "http://hl7.org/fhir/sid/us-npi";
      if (!is_npi || IsNpi(identifiers[i]["value"].text())) continue;
      Find(Severity::kError, "invariant",
           "an NPI has ten digits, the last the check digit (us-core-16, us-core-17)",
           resource_.type() + ".identifier[" + std::to_string(i) + "].value");
    }
  }

  const UsCoreProfile& profile_;
  const Resource& resource_;
  std::vector<Issue> findings_;
};

}  // namespace

std::string UsCoreProfile::Canonical() const {
  return std::string(kStructures) + std::string(name);
}

const UsCoreProfile* FindUsCoreProfile(std::string_view canonical) {
  const size_t bar = canonical.find('|');
  if (bar != std::string_view::npos && canonical.substr(bar + 1) != kVersion) return nullptr;
  canonical = canonical.substr(0, bar);
  if (!canonical.starts_with(kStructures)) return nullptr;
  canonical.remove_prefix(kStructures.size());
  const auto found =
      std::find_if(kProfiles.begin(), kProfiles.end(),
                   [&](const UsCoreProfile& profile) { return profile.name == canonical; });
  return found != kProfiles.end() ? &*found : nullptr;
}

std::vector<const UsCoreProfile*> UsCoreProfilesOf(std::string_view type) {
  std::vector<const UsCoreProfile*> profiles;
  for (const UsCoreProfile& profile : kProfiles) {
    if (profile.type == type) profiles.push_back(&profile);
  }
  return profiles;
}

std::vector<Issue> CheckUsCore(const UsCoreProfile& profile, const Resource& resource) {
  return Check(profile, resource).Run();
}

}  // namespace fhir
