// http://hl7.org/fhir/R4/http.html#read and #vread
#include <charconv>

#include "gateway/interactions/interactions.h"

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
  if (!etag.empty()) {
    return etag == "*" || etag == "W/\"" + std::to_string(found.version) + "\"";
  }
  const std::string_view text = request.field("If-Modified-Since");
  if (text.empty()) return false;
  const auto since = fhir::ParseHttpDate(text);
  return since && std::chrono::floor<std::chrono::seconds>(found.last_updated) <= *since;
}

}  // namespace

Answer Read(Call& call) {
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
  return Present(std::move(found));
}

Answer VRead(Call& call) {
  int64_t version = 0;
  const char* end = call.version.data() + call.version.size();
  const auto [last, error] = std::from_chars(call.version.data(), end, version);
  if (error != std::errc() || last != end) {
    return Fail(ErrorCode::kNotFound, "there is no such version");
  }
  std::optional<store::ResourceVersion> found;
  auto looked = call.View([&](store::Reader& reader) -> fhir::Status {
    auto read = reader.ReadVersion(call.caller.programme, call.type, call.id, version);
    if (!read.ok()) return std::move(read).error();
    found = std::move(*read);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return Present(std::move(found));
}

}  // namespace gateway::interactions
