// http://hl7.org/fhir/R4/http.html#read and #vread
#include <chrono>

#include "gateway/interactions/interactions.h"
#include "gateway/interactions/search_query.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

Answer Present(std::optional<store::ResourceVersion> found) {
  if (!found) return Fail(ErrorCode::kNotFound, "there is no such resource");
  if (found->deleted()) return Fail(ErrorCode::kGone, "the resource was deleted");
  if (found->shredded) return Fail(ErrorCode::kGone, "the patient's data was erased");
  return ResourceResponse(200, std::move(found->bytes), found->version, found->last_updated);
}

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

}  // namespace

Answer Read(Call& call) {
  auto part = AskedPart(call);
  if (!part.ok()) return std::move(part).error();
  std::optional<store::ResourceVersion> found;
  auto looked = call.View([&](store::Reader& reader) -> fhir::Status {
    auto read = reader.Read(call.caller.programme, call.type, call.id);
    if (!read.ok()) return std::move(read).error();
    found = std::move(*read);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  if (found && !found->deleted() && IsKnown(call.request, *found)) {
    http::Response response;
    response.status = 304;
    response.Set("ETag", "W/\"" + std::to_string(found->version) + "\"");
    return response;
  }
  if (*part && found && !found->deleted() && !found->shredded) {
    auto resource = fhir::Resource::Parse(found->bytes);
    if (!resource.ok()) return std::move(resource).error();
    KeepAsked(**part, *resource, true);
    found->bytes = resource->Bytes();
  }
  return Present(std::move(found));
}

Answer VRead(Call& call) {
  const std::optional<int64_t> version = VersionOf(call.version);
  if (!version) return Fail(ErrorCode::kNotFound, "there is no such version");
  std::optional<store::ResourceVersion> found;
  auto looked = call.View([&](store::Reader& reader) -> fhir::Status {
    auto read = reader.ReadVersion(call.caller.programme, call.type, call.id, *version);
    if (!read.ok()) return std::move(read).error();
    found = std::move(*read);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return Present(std::move(found));
}

}  // namespace gateway::interactions
