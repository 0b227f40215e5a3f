// http://hl7.org/fhir/R4/http.html#history: of an instance, of a type, of the programme.
#include <algorithm>
#include <charconv>

#include "fhir/bundle.h"
#include "gateway/auth/page_token.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
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
  const std::string url = version.type + "/" + version.id;
  Value entry = Value::Object();
  entry.Set("fullUrl", Value::String(call.base() + "/" + url));
  if (!version.bytes.empty()) {
    entry.Set("resource", Value::Written(version.bytes));
  }
  Value request = Value::Object();
  request.Set("method", Value::String(std::string(Method(version.method))));
  const bool creates = version.method == store::WriteMethod::kCreate;
  request.Set("url", Value::String(creates ? version.type : url));
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

// The place in a page token that the search's own cannot be taken for.
std::string PagePlace(const Call& call) { return "_history/" + call.type + "/" + call.id; }

fhir::Status TakeParameter(store::HistoryQuery& query, const std::string& name,
                           const std::string& value) {
  if (name == "_count") {
    size_t number = 0;
    const char* end = value.data() + value.size();
    const auto [last, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || last != end || number == 0) {
      return Fail(ErrorCode::kMalformed, "must be a number above 0", name);
    }
    query.count = std::min(number, kMostVersions);
  } else if (name == "_since") {
    auto since = fhir::ParseInstant(value);
    if (!since.ok()) return Fail(ErrorCode::kMalformed, "must be an instant", name);
    query.since = *since;
  } else if (name == "_at") {
    auto at = fhir::DateTime::Parse(value);
    if (!at.ok()) return Fail(ErrorCode::kMalformed, "must be a dateTime", name);
    query.at = at->Covers();
  } else if (name == "_after") {
    query.after = value;
  } else if (name != "_format" && name != "_pretty") {
    return Fail(ErrorCode::kMalformed, "history has no such parameter", name);
  }
  return {};
}

fhir::Result<store::HistoryQuery> ReadQuery(Call& call) {
  if (call.parameters.size() == 1 && call.parameters.front().first == "_page") {
    auto asked = auth::OpenPage(call.tenant.page_key, call.caller, PagePlace(call),
                                call.parameters.front().second);
    if (!asked) {
      return Fail(ErrorCode::kMalformed,
                  "this is not a page of a history by this client; start it again", "_page");
    }
    call.parameters = http::ParseForm(*asked);
  } else {
    for (const auto& [name, value] : call.parameters) {
      if (name == "_after")
        return Fail(ErrorCode::kMalformed, "history has no such parameter", name);
    }
  }
  store::HistoryQuery query;
  query.programme = call.caller.programme;
  query.type = call.type;
  query.id = call.id;
  for (const auto& [name, value] : call.parameters) {
    if (auto taken = TakeParameter(query, name, value); !taken.ok()) {
      return std::move(taken).error();
    }
  }
  return query;
}

std::string NextLink(const Call& call, const std::string& self, const std::string& after) {
  std::string rest;
  for (const auto& [name, value] : call.parameters) {
    if (name != "_after") rest += name + "=" + http::PercentEncode(value) + "&";
  }
  rest += "_after=" + http::PercentEncode(after);
  return self +
         "?_page=" + auth::SealPage(call.tenant.page_key, call.caller, PagePlace(call), rest);
}

// Versions are read; without an id they are found, too, which takes a search scope.
bool MaySee(const Call& call, std::string_view type) {
  return call.caller.May(auth::Access::kRead, type) &&
         (!call.id.empty() || call.caller.May(auth::Access::kSearch, type));
}

}  // namespace

Answer History(Call& call) {
  if (!call.type.empty() && !MaySee(call, call.type)) {
    return Fail(ErrorCode::kForbidden,
                "the token's scopes do not cover this; ask to read and search this type");
  }
  auto query = ReadQuery(call);
  if (!query.ok()) return std::move(query).error();
  store::HistoryPage page;
  bool exists = call.id.empty();
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto read = reader.History(*query);
    if (!read.ok()) return std::move(read).error();
    page = std::move(*read);
    if (exists || !page.versions.empty()) return {};
    auto present = reader.Read(call.caller.programme, call.type, call.id);
    if (!present.ok()) return std::move(present).error();
    exists = present->has_value();
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  if (!exists && page.versions.empty()) {
    return Fail(ErrorCode::kNotFound, "there is no such resource");
  }
  std::string self = call.base();
  for (const std::string& part : {call.type, call.id}) {
    if (!part.empty()) self += "/" + part;
  }
  self += "/_history";
  std::vector<fhir::BundleLink> links = {{"self", self}};
  if (!page.next.empty()) links.push_back({"next", NextLink(call, self, page.next)});
  // Versions are numbered without gaps, so the newest says how many there are.
  const bool all = !call.id.empty() && query->after.empty() && !query->since && !query->at;
  const int64_t total = all && !page.versions.empty() ? page.versions.front().version : -1;
  std::vector<Value> entries;
  for (const store::ResourceVersion& version : page.versions) {
    // Of the programme: what the caller may not see is left out.
    if (MaySee(call, version.type)) entries.push_back(Entry(call, version));
  }
  return JsonResponse(200, fhir::MakeBundle("history", std::move(entries), total, links));
}

}  // namespace gateway::interactions
