// http://hl7.org/fhir/R4/resource-operation-validate.html
#include "fhir/validate.h"

#include "fhir/operation_outcome.h"
#include "fhir/us_core.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::Issue;
using fhir::Severity;
using fhir::json::Value;

// What is asked: the body's parameters win over the address's.
struct Asked {
  Value resource;
  std::string mode;
  std::string profile;
};

fhir::Result<Asked> ReadAsked(const Call& call) {
  Asked asked;
  for (const auto& [name, value] : call.parameters) {
    if (name == "mode") asked.mode = value;
    if (name == "profile") asked.profile = value;
  }
  if (call.request.body.empty() && !call.id.empty()) return asked;
  auto body = ReadBody(call.request);
  if (!body.ok()) return std::move(body).error();
  if (body->type() != "Parameters" || call.type == "Parameters") {
    asked.resource = body->json();
    return asked;
  }
  for (const Value& parameter : (*body)["parameter"].items()) {
    const std::string& name = parameter["name"].text();
    if (name == "resource") asked.resource = parameter["resource"];
    if (name == "mode") asked.mode = parameter["valueCode"].text();
    if (name != "profile") continue;
    asked.profile = parameter["valueUri"].text();
    if (asked.profile.empty()) asked.profile = parameter["valueCanonical"].text();
  }
  return asked;
}

// Every resource is validated against the base definition of its type and our own extensions.
bool IsBaseProfile(std::string_view profile, std::string_view type) {
  constexpr std::string_view kBaseDefinitions = "http://hl7.org/fhir/StructureDefinition/";
  profile = profile.substr(0, profile.find('|'));
  return profile.starts_with(kBaseDefinitions) && profile.substr(kBaseDefinitions.size()) == type;
}

// US Core is judged for those who ask; a write is never refused for the lack of it.
std::vector<Issue> ProfileFindings(const std::string& profile, const fhir::Resource& resource) {
  if (profile.empty() || IsBaseProfile(profile, resource.type())) return {};
  const fhir::UsCoreProfile* us_core = fhir::FindUsCoreProfile(profile);
  if (us_core == nullptr) {
    return {{Severity::kError, "not-supported",
             "the profile is not known here; validated against the base only", ""}};
  }
  if (us_core->type != resource.type()) {
    return {{Severity::kError, "invalid", "the profile is of another type", resource.type()}};
  }
  return fhir::CheckUsCore(*us_core, resource);
}

std::vector<Issue> FindingsOf(const Asked& asked, const Call& call) {
  auto resource = fhir::Resource::From(asked.resource);
  if (!resource.ok()) return {{Severity::kError, "structure", resource.error().message, ""}};
  std::vector<Issue> findings = fhir::Validate(*resource);
  if (resource->type() != call.type) {
    findings.push_back({Severity::kError, "invalid",
                        "the resource has another type than the address", "resourceType"});
  }
  if (asked.mode == "update" && resource->id().empty()) {
    findings.push_back({Severity::kError, "required", "an update needs an id", call.type + ".id"});
  }
  if (!call.id.empty() && !resource->id().empty() && resource->id() != call.id) {
    findings.push_back({Severity::kError, "invalid", "the resource has another id than the address",
                        call.type + ".id"});
  }
  for (Issue& finding : ProfileFindings(asked.profile, *resource)) {
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

Answer Validate(Call& call) {
  auto asked = ReadAsked(call);
  if (!asked.ok()) return std::move(asked).error();
  const bool known_mode = asked->mode.empty() || asked->mode == "create" ||
                          asked->mode == "update" || asked->mode == "delete" ||
                          asked->mode == "profile";
  if (!known_mode)
    return Fail(ErrorCode::kMalformed, "the mode is not one of the operation", "mode");
  if (call.id.empty() && (asked->mode == "update" || asked->mode == "delete")) {
    // http://hl7.org/fhir/R4/resource-operation-validate.html: these are of an instance.
    if (asked->resource["id"].text().empty()) {
      return Fail(ErrorCode::kMalformed, "this mode needs an instance", "mode");
    }
  }
  if (asked->resource.is_null()) {
    if (call.id.empty()) return Fail(ErrorCode::kMalformed, "there is no resource", "resource");
    auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
      auto stored = LoadResource(reader, call.caller.programme, call.type, call.id);
      if (!stored.ok()) return std::move(stored).error();
      asked->resource = stored->json();
      return {};
    });
    if (!looked.ok()) return std::move(looked).error();
  }
  std::vector<Issue> findings = FindingsOf(*asked, call);
  if (findings.empty()) {
    findings.push_back({Severity::kInformation, "informational", "the resource is valid", ""});
  }
  return JsonResponse(200, fhir::OperationOutcome(findings));
}

}  // namespace gateway::interactions
