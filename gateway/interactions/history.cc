// http://hl7.org/fhir/R4/http.html#history (of an instance)
#include <algorithm>
#include <charconv>

#include "fhir/bundle.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::json::Value;

constexpr size_t kMostVersions = 200;

std::string_view Method(store::WriteMethod method) {
  switch (method) {
    case store::WriteMethod::kCreate:
      return "POST";
    case store::WriteMethod::kUpdate:
      return "PUT";
    case store::WriteMethod::kDelete:
      return "DELETE";
  }
  return "PUT";
}

Value Entry(const Call& call, const store::ResourceVersion& version) {
  const std::string url = call.type + "/" + call.id;
  Value entry = Value::Object();
  entry.Set("fullUrl", Value::String(call.base() + "/" + url));
  if (!version.bytes.empty()) {
    auto resource = fhir::json::Parse(version.bytes);
    if (resource.ok()) entry.Set("resource", std::move(*resource));
  }
  Value request = Value::Object();
  request.Set("method", Value::String(std::string(Method(version.method))));
  request.Set("url", Value::String(url));
  entry.Set("request", std::move(request));
  Value response = Value::Object();
  response.Set("status", Value::String(version.method == store::WriteMethod::kCreate   ? "201"
                                       : version.method == store::WriteMethod::kDelete ? "204"
                                                                                       : "200"));
  response.Set("etag", Value::String("W/\"" + std::to_string(version.version) + "\""));
  response.Set("lastModified", Value::String(fhir::FormatInstant(version.last_updated)));
  entry.Set("response", std::move(response));
  return entry;
}

}  // namespace

Answer History(Call& call) {
  size_t count = 50;
  int64_t before = 0;
  for (const auto& [name, value] : call.parameters) {
    int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [last, error] = std::from_chars(value.data(), end, number);
    const bool good = error == std::errc() && last == end && number > 0;
    if (name != "_count" && name != "_before") {
      return fhir::Fail(fhir::ErrorCode::kNotSupported, "unknown parameter of history", name);
    }
    if (!good) return fhir::Fail(fhir::ErrorCode::kMalformed, "must be a number above 0", name);
    if (name == "_count") count = std::min<size_t>(static_cast<size_t>(number), kMostVersions);
    if (name == "_before") before = number;
  }
  std::vector<store::ResourceVersion> versions;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto read = reader.History(call.caller.programme, call.type, call.id, count + 1, before);
    if (!read.ok()) return std::move(read).error();
    versions = std::move(*read);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  if (versions.empty() && before == 0) {
    return fhir::Fail(fhir::ErrorCode::kNotFound, "there is no such resource");
  }
  const std::string self = call.base() + "/" + call.type + "/" + call.id + "/_history";
  std::vector<fhir::BundleLink> links = {{"self", self}};
  if (versions.size() > count) {
    versions.pop_back();
    links.push_back({"next", self + "?_count=" + std::to_string(count) +
                                 "&_before=" + std::to_string(versions.back().version)});
  }
  // Versions are numbered without gaps, so the newest says how many there are.
  const int64_t total = before == 0 && !versions.empty() ? versions.front().version : -1;
  std::vector<Value> entries;
  for (const store::ResourceVersion& version : versions) entries.push_back(Entry(call, version));
  return JsonResponse(200, fhir::MakeBundle("history", std::move(entries), total, links));
}

}  // namespace gateway::interactions
