#include "gateway/outreach/write_back.h"

#include <utility>

#include "fhir/compartment.h"
#include "fhir/reference.h"
#include "gateway/http/message.h"
#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

using fhir::json::Value;

Value Text(std::string text) { return Value::String(std::move(text)); }

// The partner may have another resource under the same id.
void MakeAbsolute(Value& element, const std::string& base, const std::string& patient,
                  const Value& identifier) {
  if (auto* items = element.mutable_items()) {
    for (Value& item : *items) MakeAbsolute(item, base, patient, identifier);
    return;
  }
  if (element.mutable_members() == nullptr) return;
  const Value& text = element["reference"];
  const auto reference = fhir::ParseReference(text.text());
  if (text.is_string() && reference && reference->form == fhir::Reference::Form::kRelative) {
    const bool of_patient = !identifier.is_null() && reference->Relative() == patient;
    if (of_patient) {
      element.Remove("reference");
      element.Set("type", Text("Patient"));
      element.Set("identifier", identifier);
    } else {
      element.Set("reference", Text(base + "/" + text.text()));
    }
  }
  for (fhir::json::Member& member : *element.mutable_members()) {
    MakeAbsolute(member.value, base, patient, identifier);
  }
}

}  // namespace

fhir::Result<Value> IdentifierAt(store::Reader& reader, const Config& config,
                                 const std::string& programme, const std::string& endpoint,
                                 const fhir::Resource& resource) {
  const std::string patient = fhir::PatientOf(resource);
  if (patient.empty()) return Value();
  for (const SourceConfig& source : config.sources) {
    if (source.endpoint != endpoint || source.programme != programme) continue;
    auto record = LoadResource(reader, programme, "Patient", patient.substr(patient.find('/') + 1));
    if (!record.ok()) return std::move(record).error();
    for (const Value& identifier : (*record)["identifier"].items()) {
      if (identifier["system"].text() != source.identifier_system) continue;
      Value known = Value::Object();
      known.Set("system", identifier["system"]);
      known.Set("value", identifier["value"]);
      return known;
    }
  }
  return Value();
}

WriteBack WriteBackOf(fhir::Resource communication, const std::string& base,
                      const Value& identifier) {
  const std::string id = communication.id();
  const std::string patient = fhir::PatientOf(communication);
  Value& json = communication.mutable_json();
  MakeAbsolute(json, base, patient, identifier);
  json.Remove("id");
  // The partner's server stamps its own; labels go along.
  if (Value security = json["meta"]["security"]; security.size() > 0) {
    Value meta = Value::Object();
    meta.Set("security", std::move(security));
    json.Set("meta", std::move(meta));
  } else {
    json.Remove("meta");
  }
  Value ours = Value::Object();
  ours.Set("system", Text(base));
  ours.Set("value", Text(id));
  Value identifiers = json["identifier"].is_array() ? json["identifier"] : Value::Array();
  identifiers.Add(std::move(ours));
  json.Set("identifier", std::move(identifiers));
  return {std::move(communication), "identifier=" + http::PercentEncode(base) + "%7C" + id};
}

}  // namespace gateway::outreach
