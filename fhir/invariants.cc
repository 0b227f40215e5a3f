#include "fhir/invariants.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "fhir/canonicals.h"
#include "fhir/channel.h"
#include "fhir/codes.h"
#include "fhir/date_time.h"
#include "fhir/reference.h"
#include "fhir/resource.h"
#include "fhir/schema.h"

namespace fhir {
namespace {

using Breaches = std::vector<Breach>;

// An element counts as present when it has only extensions, too.
bool Has(const json::Value& value, const std::string& name) {
  return value.Find(name) != nullptr || value.Find("_" + name) != nullptr;
}

// per-1. Wall-clock days without an offset are compared as UTC; a day's doubt is let pass.
void CheckPeriod(const json::Value& period, Breaches& breaches) {
  const auto start = DateTime::Parse(period["start"].text());
  const auto end = DateTime::Parse(period["end"].text());
  if (!start.ok() || !end.ok()) return;
  constexpr std::chrono::hours kDoubt{14};
  const auto slack = start->has_offset() == end->has_offset() ? std::chrono::hours{0} : kDoubt;
  if (end->Covers().end + slack <= start->Covers().begin) {
    breaches.push_back({"invariant", "period end precedes start", ""});
  }
}

void CheckExtension(const json::Value& extension, Breaches& breaches) {
  const auto& members = extension.members();
  const bool has_value = std::any_of(members.begin(), members.end(), [](const json::Member& m) {
    return m.name.starts_with("value") || m.name.starts_with("_value");
  });
  if (has_value == Has(extension, "extension")) {
    breaches.push_back({"invariant", "an extension has either a value or extensions", ""});
  }
}

void CheckMedium(const json::Value& resource, Breaches& breaches) {
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

void CheckConsent(const json::Value& consent, Breaches& breaches) {
  if (!Has(consent, "policy") && !Has(consent, "policyRule")) {
    breaches.push_back({"invariant", "a consent needs a policy or a policy rule (ppc-1)", ""});
  }
  if (!Has(consent, "patient") && HasCoding(consent["scope"], "", "patient-privacy")) {
    breaches.push_back({"required", "a privacy consent names its patient (ppc-2)", "patient"});
  }
}

void CheckTask(const json::Value& task, Breaches& breaches) {
  const auto authored = DateTime::Parse(task["authoredOn"].text());
  const auto modified = DateTime::Parse(task["lastModified"].text());
  if (!authored.ok() || !modified.ok()) return;
  if (modified->Covers().end <= authored->Covers().begin) {
    breaches.push_back({"invariant", "last modified precedes authored on (inv-1)", "lastModified"});
  }
}

void CheckPatientContact(const json::Value& contact, Breaches& breaches) {
  for (const char* element : {"name", "telecom", "address", "organization"}) {
    if (Has(contact, element)) return;
  }
  breaches.push_back(
      {"invariant", "a contact needs a name, telecom, address or organization (pat-1)", ""});
}

std::string_view TargetType(const Reference& reference,
                            const std::map<std::string, std::string, std::less<>>& contained) {
  if (reference.form != Reference::Form::kContained) return reference.type;
  const auto found = contained.find(reference.id);
  return found != contained.end() ? std::string_view(found->second) : std::string_view{};
}

}  // namespace

std::vector<Breach> CheckInvariants(std::string_view structure, const json::Value& value) {
  Breaches breaches;
  if (structure == "Period") {
    CheckPeriod(value, breaches);
  } else if (structure == "Extension") {
    CheckExtension(value, breaches);
  } else if (structure == "ContactPoint") {
    if (Has(value, "value") && !Has(value, "system")) {
      breaches.push_back({"invariant", "a contact point with a value needs a system (cpt-2)", ""});
    }
  } else if (structure == "Patient.contact") {
    CheckPatientContact(value, breaches);
  } else if (structure == "Organization") {
    if (!Has(value, "identifier") && !Has(value, "name")) {
      breaches.push_back(
          {"invariant", "an organization needs an identifier or a name (org-1)", ""});
    }
  } else if (structure == "Consent") {
    CheckConsent(value, breaches);
  } else if (structure == "Communication" || structure == "CommunicationRequest") {
    CheckMedium(value, breaches);
  } else if (structure == "Task") {
    CheckTask(value, breaches);
  }
  return breaches;
}

std::vector<Breach> CheckReference(const json::Value& value, std::string_view targets,
                                   const std::map<std::string, std::string, std::less<>>& contained,
                                   Strictness strictness) {
  const std::string& text = value["reference"].text();
  if (text.empty()) return {};
  const auto reference = ParseReference(text);
  if (!reference) {
    // An absolute URL may lead to something that is not a FHIR REST resource.
    const bool absolute =
        text.find("://") != std::string::npos && text.find_first_of(" \t\r\n") == std::string::npos;
    if (absolute) return {};
    return {{"value", "the reference is not Type/id, a URL, a urn or a fragment", "reference"}};
  }
  const std::string_view type = TargetType(*reference, contained);
  if (reference->form == Reference::Form::kContained && !reference->id.empty() && type.empty()) {
    return {{"not-found", "the reference points to no contained resource", "reference"}};
  }
  if (!targets.empty() && !type.empty() && !IsListed(targets, type)) {
    const bool grave = strictness == Strictness::kStrict || IsListed(targets, "Patient");
    return {{"value", "the reference points to a resource type not allowed here", "reference",
             grave ? Severity::kError : Severity::kWarning}};
  }
  return {};
}

bool RefusesModifiers(std::string_view resource_type) {
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"Communication", "CommunicationRequest", "Consent", "Patient", "Task"});
  return std::find(kTypes.begin(), kTypes.end(), resource_type) != kTypes.end();
}

}  // namespace fhir
