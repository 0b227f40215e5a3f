#include "gateway/sources/pull.h"

#include <chrono>
#include <utility>

#include "fhir/canonicals.h"
#include "fhir/operation_outcome.h"
#include "fhir/validate.h"
#include "gateway/auth/link_token.h"
#include "gateway/http/message.h"
#include "gateway/ledger/merkle_tree.h"

namespace gateway::sources {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr std::chrono::milliseconds kDeadline{10'000};

Value Text(std::string_view text) { return Value::String(std::string(text)); }

// Every reference to the partner's patient becomes one to ours; the others name records we may not
// have, so they keep the partner's address as absolute references.
void MapReferences(Value& element, const std::string& theirs, const std::string& ours,
                   const std::string& base) {
  if (std::vector<Value>* items = element.mutable_items()) {
    for (Value& item : *items) MapReferences(item, theirs, ours, base);
    return;
  }
  std::vector<fhir::json::Member>* members = element.mutable_members();
  if (members == nullptr) return;
  for (fhir::json::Member& member : *members) {
    if (member.name != "reference" || !member.value.is_string()) {
      MapReferences(member.value, theirs, ours, base);
      continue;
    }
    const std::string& text = member.value.text();
    if (text == theirs || text == base + "/" + theirs) {
      member.value = Text(ours);
    } else if (!text.empty() && text.front() != '#' && text.find(':') == std::string::npos) {
      member.value = Text(base + "/" + text);
    }
  }
}

fhir::Resource Quarantined(const std::string& id, const fhir::Resource& record,
                           const std::string& source, const std::string& patient,
                           std::vector<fhir::Issue> findings) {
  Value json = Value::Object();
  json.Set("resourceType", Text("Basic"));
  json.Set("id", Text("q-" + id.substr(0, 62)));
  // A contained resource must not have meta.versionId or contained ones (dom-2, dom-4); the record
  // is kept whole as text instead, sealed like everything else of the patient.
  Value outcome = fhir::OperationOutcome(findings);
  outcome.Set("id", Text("findings"));
  json.Set("contained", Value::Array({std::move(outcome)}));
  Value original = Value::Object();
  original.Set("url", Text(std::string(fhir::kBase) + "/StructureDefinition/quarantined-record"));
  original.Set("valueString", Text(record.Bytes()));
  Value why = Value::Object();
  why.Set("url", Text(std::string(fhir::kBase) + "/StructureDefinition/quarantine-findings"));
  Value reference = Value::Object();
  reference.Set("reference", Text("#findings"));
  why.Set("valueReference", std::move(reference));
  json.Set("extension", Value::Array({std::move(original), std::move(why)}));
  Value coding = Value::Object();
  coding.Set("system", Text(std::string(fhir::kBase) + "/CodeSystem/record-kind"));
  coding.Set("code", Text("quarantine"));
  Value code = Value::Object();
  code.Set("coding", Value::Array({std::move(coding)}));
  code.Set("text", Text(source));
  json.Set("code", std::move(code));
  Value subject = Value::Object();
  subject.Set("reference", Text(patient));
  json.Set("subject", std::move(subject));
  auto made = fhir::Resource::From(std::move(json));
  return made.ok() ? std::move(*made) : fhir::Resource();
}

}  // namespace

std::string LocalId(std::string_view source, std::string_view type, std::string_view id) {
  const std::string key = std::string(source) + "|" + std::string(type) + "|" + std::string(id);
  return "s-" + auth::Hex(ledger::LeafHash(key)).substr(0, 40);
}

fhir::Result<Pulled> Pull(const SourceConfig& source, adapters::FhirEndpoint& endpoint,
                          const fhir::Resource& patient) {
  std::string value;
  for (const Value& identifier : patient["identifier"].items()) {
    if (identifier["system"].text() == source.identifier_system) value = identifier["value"].text();
  }
  if (value.empty()) {
    return Fail(ErrorCode::kInvalid, "the patient has no identifier of the source's system",
                "Patient.identifier");
  }
  auto found = endpoint.Search("Patient",
                               "identifier=" + http::PercentEncode(source.identifier_system) +
                                   "%7C" + http::PercentEncode(value),
                               kDeadline);
  if (!found.ok()) return std::move(found).error();
  if (found->empty()) return Fail(ErrorCode::kNotFound, "the source does not know this patient");
  if (found->size() > 1) {
    return Fail(ErrorCode::kConflict, "the source has several patients with this identifier");
  }
  const std::string theirs = found->front().Relative();
  const std::string ours = patient.Relative();

  Pulled pulled;
  for (const std::string& type : source.types) {
    auto records = endpoint.Search(type, "patient=" + http::PercentEncode(theirs), kDeadline);
    if (!records.ok()) return std::move(records).error();
    for (fhir::Resource& record : *records) {
      if (record.type() != type) continue;  // an OperationOutcome among the matches
      ++pulled.received;
      const std::string id = LocalId(source.name, type, record.id());
      fhir::Resource mapped = record;
      mapped.mutable_json().Remove("meta");
      MapReferences(mapped.mutable_json(), theirs, ours, "urn:psgateway:source:" + source.name);
      mapped.mutable_json().Set("id", Text(id));
      Value meta = Value::Object();
      meta.Set("source", Text("urn:psgateway:source:" + source.name));
      mapped.mutable_json().Set("meta", std::move(meta));
      std::vector<fhir::Issue> findings = fhir::Validate(mapped);
      const bool about_patient = mapped["subject"]["reference"].text() == ours ||
                                 mapped["patient"]["reference"].text() == ours;
      if (!about_patient) {
        findings.push_back({fhir::Severity::kError, "business-rule",
                            "the record is about another patient than was asked for",
                            type + ".subject"});
      }
      if (fhir::HasErrors(findings)) {
        pulled.quarantine.push_back(
            Quarantined(id, record, source.name, ours, std::move(findings)));
      } else {
        pulled.records.push_back(std::move(mapped));
      }
    }
  }
  return pulled;
}

}  // namespace gateway::sources
