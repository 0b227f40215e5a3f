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
  store::HistoryQuery query;
  query.programme = call.caller.programme;
  query.type = call.type;
  query.id = call.id;
  for (const auto& [name, value] : call.parameters) {
    if (name == "_after") {
      query.after = value;
      continue;
    }
    if (name != "_count") {
      return fhir::Fail(fhir::ErrorCode::kNotSupported, "unknown parameter of history", name);
    }
    int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [last, error] = std::from_chars(value.data(), end, number);
    const bool good = error == std::errc() && last == end && number > 0;
    if (!good) return fhir::Fail(fhir::ErrorCode::kMalformed, "must be a number above 0", name);
    query.count = std::min<size_t>(static_cast<size_t>(number), kMostVersions);
  }
  store::HistoryPage page;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto read = reader.History(query);
    if (!read.ok()) return std::move(read).error();
    page = std::move(*read);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  const std::vector<store::ResourceVersion>& versions = page.versions;
  if (versions.empty() && query.after.empty()) {
    return fhir::Fail(fhir::ErrorCode::kNotFound, "there is no such resource");
  }
  const std::string self = call.base() + "/" + call.type + "/" + call.id + "/_history";
  std::vector<fhir::BundleLink> links = {{"self", self}};
  if (!page.next.empty()) {
    links.push_back(
        {"next", self + "?_count=" + std::to_string(query.count) + "&_after=" + page.next});
  }
  // Versions are numbered without gaps, so the newest says how many there are.
  const int64_t total = query.after.empty() ? versions.front().version : -1;
  std::vector<Value> entries;
  for (const store::ResourceVersion& version : versions) entries.push_back(Entry(call, version));
  return JsonResponse(200, fhir::MakeBundle("history", std::move(entries), total, links));
}

}  // namespace gateway::interactions
