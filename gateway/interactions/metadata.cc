// http://hl7.org/fhir/R4/http.html#capabilities: what this server does, and nothing it does not.
#include "gateway/interactions/metadata.h"

#include <algorithm>
#include <iterator>

#include "fhir/canonicals.h"
#include "fhir/json/json.h"
#include "fhir/reference.h"
#include "fhir/search/canonical_links.h"
#include "fhir/search/parameters.h"
#include "fhir/us_core.h"

namespace gateway::interactions {
namespace {

using fhir::json::Value;

Value Text(std::string_view text) { return Value::String(std::string(text)); }

Value Coded(std::string_view code) {
  Value value = Value::Object();
  value.Set("code", Text(code));
  return value;
}

// The types of our domain, for which the statement says what can be included. All R4 types are
// kept, searched and included alike; to say it of each would make the statement ten times as long.
constexpr const char* kTypes[] = {
    "ActivityDefinition", "Communication",     "CommunicationRequest", "Consent", "Contract",
    "Coverage",           "MedicationRequest", "Organization",         "Patient", "Practitioner",
    "PractitionerRole",   "Provenance",        "RelatedPerson",        "Task"};

// What can be brought along: every reference from here, and the indexed ones of our domain to here.
void AddIncludes(Value& entry, std::string_view type, const fhir::IndexPlan& plan) {
  Value forward = Value::Array();
  forward.Add(Text("*"));
  for (const fhir::SearchParameter& parameter : fhir::SearchParametersOf(type)) {
    if (parameter.kind != fhir::SearchKind::kReference) continue;
    if (fhir::IsCanonical(parameter) && fhir::UrlTargets(parameter, "", plan).empty()) continue;
    forward.Add(Text(std::string(type) + ":" + parameter.name));
  }
  entry.Set("searchInclude", std::move(forward));
  Value reverse = Value::Array();
  for (const char* source : kTypes) {
    for (const fhir::SearchParameter& parameter : fhir::SearchParametersOf(source)) {
      const bool refers = parameter.kind == fhir::SearchKind::kReference &&
                          parameter.MayTarget(type) && plan.Has(source, parameter.name);
      if (refers) reverse.Add(Text(std::string(source) + ":" + parameter.name));
    }
  }
  if (reverse.size() > 0) entry.Set("searchRevInclude", std::move(reverse));
}

// What a client might take to be otherwise.
constexpr char kOfSearch[] =
    "Search: a chain follows references to resources and canonical urls of this programme (of one "
    "without a version to every version) and to contained resources (but for :not and "
    ":missing=true); _contained and _revinclude=* are not supported, _revinclude=Type:* is. "
    ":below of a canonical takes a beginning of its version: |3 has |3.1 below it. A composite "
    "that ends with a string is compared by how the string begins. "
    "The self link leaves out every parameter that could hold a patient's value: it has the "
    "parameters that shape the answer, _profile, _security and _tag, those with :missing, and "
    "tokens whose codes R4 itself lists, like status; the next link stands for the whole search.";

using NamesAndDefinitions = std::vector<std::pair<std::string, std::string>>;

Value Operations(const NamesAndDefinitions& all) {
  Value operations = Value::Array();
  for (const auto& [name, definition] : all) {
    Value operation = Value::Object();
    operation.Set("name", Text(name));
    operation.Set("definition", Text(definition));
    operations.Add(std::move(operation));
  }
  return operations;
}

constexpr char kMeta[] = "http://hl7.org/fhir/OperationDefinition/Resource-meta";

NamesAndDefinitions OperationsOf(std::string_view type) {
  const std::string official = "http://hl7.org/fhir/OperationDefinition/";
  NamesAndDefinitions operations = {{"validate", official + "Resource-validate"},
                                    {"meta", kMeta},
                                    {"meta-add", official + "Resource-meta-add"},
                                    {"meta-delete", official + "Resource-meta-delete"}};
  if (type == "Patient") operations.emplace_back("everything", official + "Patient-everything");
  if (type == "CommunicationRequest") {
    for (const char* name : {"approve", "evaluate", "explain", "review"}) {
      operations.emplace_back(name, std::string(fhir::kBase) + "/OperationDefinition/" + name);
    }
  }
  return operations;
}

Value ResourceEntry(std::string_view type, const fhir::IndexPlan& plan) {
  Value entry = Value::Object();
  entry.Set("type", Text(type));
  const auto profiles = fhir::UsCoreProfilesOf(type);
  if (!profiles.empty()) {
    Value canonicals = Value::Array();
    for (const auto* profile : profiles) canonicals.Add(Text(profile->Canonical()));
    entry.Set("supportedProfile", std::move(canonicals));
  }
  Value interactions = Value::Array();
  for (const char* code : {"read", "vread", "update", "patch", "delete", "history-instance",
                           "history-type", "create", "search-type"}) {
    interactions.Add(Coded(code));
  }
  entry.Set("interaction", std::move(interactions));
  entry.Set("versioning", Text("versioned-update"));
  entry.Set("readHistory", Value::Bool(true));
  entry.Set("updateCreate", Value::Bool(true));
  entry.Set("conditionalCreate", Value::Bool(true));
  entry.Set("conditionalRead", Text("full-support"));
  entry.Set("conditionalUpdate", Value::Bool(true));
  entry.Set("conditionalDelete", Text("single"));
  Value parameters = Value::Array();
  const auto add = [&](std::string_view name, std::string_view kind) {
    Value parameter = Value::Object();
    parameter.Set("name", Text(name));
    parameter.Set("type", Text(kind));
    parameters.Add(std::move(parameter));
  };
  add("_id", "token");
  add("_lastUpdated", "date");
  for (const std::string& name : plan.ParametersOf(type)) {
    add(name, fhir::Code(fhir::FindSearchParameter(type, name)->kind));
  }
  entry.Set("searchParam", std::move(parameters));
  const bool ours = std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
  if (ours) AddIncludes(entry, type, plan);
  Value operations = Operations(OperationsOf(type));
  if (!profiles.empty()) {
    for (Value& operation : *operations.mutable_items()) {
      if (operation["name"].text() != "validate") continue;
      operation.Set("documentation",
                    Text("With a supported profile of US Core 6.1.0 its findings too; a write is "
                         "not refused for them."));
    }
  }
  entry.Set("operation", std::move(operations));
  return entry;
}

}  // namespace

std::string CapabilityStatement(const std::string& base, const std::string& token_url,
                                fhir::Instant started, const fhir::IndexPlan& plan) {
  Value statement = Value::Object();
  statement.Set("resourceType", Text("CapabilityStatement"));
  statement.Set("status", Text("active"));
  statement.Set("date", Text(fhir::FormatInstant(started)));
  statement.Set("kind", Text("instance"));
  Value software = Value::Object();
  software.Set("name", Text("psgateway"));
  software.Set("version", Text("0.1.0"));
  statement.Set("software", std::move(software));
  Value implementation = Value::Object();
  implementation.Set("description", Text("Patient Support Gateway"));
  implementation.Set("url", Text(base));
  statement.Set("implementation", std::move(implementation));
  statement.Set("fhirVersion", Text("4.0.1"));
  statement.Set("format", Value::Array({Text("application/fhir+json"), Text("json")}));
  statement.Set("patchFormat",
                Value::Array({Text("application/json-patch+json"), Text("application/fhir+json")}));

  Value rest = Value::Object();
  rest.Set("mode", Text("server"));
  rest.Set("documentation", Text(kOfSearch));
  Value service = Value::Object();
  Value coding = Value::Object();
  coding.Set("system", Text("http://terminology.hl7.org/CodeSystem/restful-security-service"));
  coding.Set("code", Text("SMART-on-FHIR"));
  service.Set("coding", Value::Array({std::move(coding)}));
  Value uri = Value::Object();
  uri.Set("url", Text("token"));
  uri.Set("valueUri", Text(token_url));
  Value uris = Value::Object();
  uris.Set("url", Text("http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"));
  uris.Set("extension", Value::Array({std::move(uri)}));
  Value security = Value::Object();
  security.Set("extension", Value::Array({std::move(uris)}));
  security.Set("service", Value::Array({std::move(service)}));
  rest.Set("security", std::move(security));
  Value resources = Value::Array();
  for (const std::string_view type : fhir::ResourceTypes()) {
    resources.Add(ResourceEntry(type, plan));
  }
  rest.Set("resource", std::move(resources));
  rest.Set("interaction", Value::Array({Coded("transaction"), Coded("batch"),
                                        Coded("search-system"), Coded("history-system")}));
  rest.Set("operation", Operations({{"meta", kMeta}}));
  statement.Set("rest", Value::Array({std::move(rest)}));
  return fhir::json::Write(statement);
}

}  // namespace gateway::interactions
