// POST $pull-source: Parameters{source, patient} -> Parameters{received, stored, quarantined}.
#include "gateway/interactions/interactions.h"
#include "gateway/sources/pull.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

Value Number(std::string_view name, size_t number) {
  Value part = Value::Object();
  part.Set("name", Value::String(std::string(name)));
  part.Set("valueInteger", Value::Int(static_cast<int64_t>(number)));
  return part;
}

}  // namespace

Answer PullSource(Call& call) {
  auto body = ReadBody(call.request);
  if (!body.ok()) return std::move(body).error();
  std::string source_name;
  std::string patient;
  for (const Value& parameter : (*body)["parameter"].items()) {
    if (parameter["name"].text() == "source") source_name = parameter["valueString"].text();
    if (parameter["name"].text() == "patient") patient = parameter["valueString"].text();
  }
  const Config& config = call.services.workshop.config;
  const SourceConfig* source = nullptr;
  for (const SourceConfig& candidate : config.sources) {
    if (candidate.name == source_name && candidate.programme == call.caller.programme) {
      source = &candidate;
    }
  }
  if (source == nullptr) {
    return Fail(ErrorCode::kNotFound, "this programme has no such source", "parameter.source");
  }
  if (!patient.starts_with("Patient/")) {
    return Fail(ErrorCode::kInvalid, "must be Patient/[id]", "parameter.patient");
  }
  for (const std::string& type : source->types) {
    if (!call.caller.May(auth::Access::kUpdate, type)) {
      return Fail(ErrorCode::kForbidden, "the token's scopes do not cover the source's types");
    }
  }
  adapters::FhirEndpoint* endpoint = call.services.workshop.adapters.Endpoint(source->endpoint);
  if (endpoint == nullptr) return Fail(ErrorCode::kInternal, "the source's endpoint is missing");

  std::optional<fhir::Resource> known;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto loaded = LoadResource(reader, call.caller.programme, "Patient", patient.substr(8));
    if (!loaded.ok()) return std::move(loaded).error();
    known = std::move(*loaded);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  auto pulled = sources::Pull(*source, *endpoint, *known);
  if (!pulled.ok()) return std::move(pulled).error();

  size_t stored = 0;
  auto done =
      Commit(call, [&](store::Transaction& tx, std::vector<Written>& written) -> fhir::Status {
        stored = 0;
        for (const fhir::Resource& record : pulled->records) {
          auto put = PutResource(tx, call.scope(), record, PutMode::kEither);
          if (!put.ok()) return std::move(put).error();
          written.push_back(std::move(*put));
          ++stored;
        }
        for (const fhir::Resource& record : pulled->quarantine) {
          auto put = PutResource(tx, call.scope(), record, PutMode::kEither);
          if (!put.ok()) return std::move(put).error();
        }
        return {};
      });
  if (!done.ok()) return std::move(done).error();
  Value parameters = Value::Object();
  parameters.Set("resourceType", Value::String("Parameters"));
  parameters.Set("parameter",
                 Value::Array({Number("received", pulled->received), Number("stored", stored),
                               Number("quarantined", pulled->quarantine.size())}));
  return JsonResponse(200, parameters);
}

}  // namespace gateway::interactions
