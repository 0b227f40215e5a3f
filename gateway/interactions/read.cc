// http://hl7.org/fhir/R4/http.html#read and #vread
#include <chrono>

#include "gateway/interactions/interactions.h"
#include "gateway/interactions/search_query.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

// RFC 9110, 13.1: If-Modified-Since counts only without If-None-Match.
bool IsKnown(const http::Request& request, const store::ResourceVersion& found) {
  const std::string_view etag = request.field("If-None-Match");
  if (!etag.empty()) return IfNoneMatchNames(etag, found.version);
  const std::string_view text = request.field("If-Modified-Since");
  if (text.empty()) return false;
  const auto since = fhir::ParseHttpDate(text);
  return since && std::chrono::floor<std::chrono::seconds>(found.last_updated) <= *since;
}

// http://hl7.org/fhir/R4/search.html#summary: a read may ask for a part, too.
fhir::Result<std::optional<fhir::SearchPlan>> AskedPart(const Call& call) {
  fhir::SearchParameters asked;
  for (const auto& parameter : call.parameters) {
    if (parameter.first == "_summary" || parameter.first == "_elements") asked.push_back(parameter);
  }
  if (asked.empty()) return std::optional<fhir::SearchPlan>();
  auto plan = fhir::ParseSearch(call.type, asked, fhir::IndexPlan::Default(), {});
  if (!plan.ok()) return std::move(plan).error();
  if (plan->summary == fhir::Summary::kCount) {
    return Fail(ErrorCode::kMalformed, "a read counts nothing", "_summary");
  }
  return {std::move(*plan)};
}

Answer Present(const Call& call, const std::optional<fhir::SearchPlan>& part,
               std::optional<store::ResourceVersion> found) {
  if (!found) return Fail(ErrorCode::kNotFound, "there is no such resource");
  if (found->deleted()) return Fail(ErrorCode::kGone, "the resource was deleted");
  if (IsKnown(call.request, *found)) {
    http::Response response;
    response.status = 304;
    response.Set("ETag", "W/\"" + std::to_string(found->version) + "\"");
    return response;
  }
  if (found->shredded) return Fail(ErrorCode::kGone, "the patient's data was erased");
  if (part) {
    auto resource = fhir::Resource::Parse(found->bytes);
    if (!resource.ok()) return std::move(resource).error();
    KeepAsked(*part, *resource, true);
    found->bytes = resource->Bytes();
  }
  return ResourceResponse(200, std::move(found->bytes), found->version, found->last_updated);
}

// `version`: nullopt for the present one.
Answer ReadOne(const Call& call, std::optional<int64_t> version) {
  auto part = AskedPart(call);
  if (!part.ok()) return std::move(part).error();
  std::optional<store::ResourceVersion> found;
  auto looked = call.View([&](store::Reader& reader) -> fhir::Status {
    const std::string& programme = call.caller.programme;
    auto read = version ? reader.ReadVersion(programme, call.type, call.id, *version)
                        : reader.Read(programme, call.type, call.id);
    if (!read.ok()) return std::move(read).error();
    found = std::move(*read);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return Present(call, *part, std::move(found));
}

}  // namespace

Answer Read(Call& call) { return ReadOne(call, std::nullopt); }

Answer VRead(Call& call) {
  const std::optional<int64_t> version = VersionOf(call.version);
  if (!version) return Fail(ErrorCode::kNotFound, "there is no such version");
  return ReadOne(call, version);
}

}  // namespace gateway::interactions
