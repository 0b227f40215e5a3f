// http://hl7.org/fhir/R4/patient-operation-everything.html: the Patient and what the compartment of
// this patient holds, in pages. Types that the caller may not read are left out.
#include <algorithm>
#include <charconv>
#include <set>

#include "fhir/bundle.h"
#include "gateway/auth/page_token.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr size_t kMostPerPage = 1'000;

struct Asked {
  size_t count = 200;
  std::optional<fhir::Instant> since;
  std::set<std::string> types;  // empty: all
  std::string after;
};

std::string PagePlace(const Call& call) { return "$everything/" + call.id; }

fhir::Result<Asked> ReadAsked(Call& call) {
  if (call.parameters.size() == 1 && call.parameters.front().first == "_page") {
    auto asked = auth::OpenPage(call.tenant.page_key, call.caller, PagePlace(call),
                                call.parameters.front().second);
    if (!asked) {
      return Fail(ErrorCode::kMalformed, "this is not a page by this client; start again", "_page");
    }
    call.parameters = http::ParseForm(*asked);
  } else {
    for (const auto& [name, value] : call.parameters) {
      if (name == "after") return Fail(ErrorCode::kMalformed, "there is no such parameter", name);
    }
  }
  Asked asked;
  for (const auto& [name, value] : call.parameters) {
    if (name == "_count") {
      const char* end = value.data() + value.size();
      const auto [last, error] = std::from_chars(value.data(), end, asked.count);
      if (error != std::errc() || last != end || asked.count == 0) {
        return Fail(ErrorCode::kMalformed, "must be a number above 0", name);
      }
      asked.count = std::min(asked.count, kMostPerPage);
    } else if (name == "_since") {
      auto since = fhir::ParseInstant(value);
      if (!since.ok()) return Fail(ErrorCode::kMalformed, "must be an instant", name);
      asked.since = *since;
    } else if (name == "_type") {
      for (size_t start = 0; start <= value.size();) {
        const size_t comma = std::min(value.find(',', start), value.size());
        asked.types.insert(value.substr(start, comma - start));
        start = comma + 1;
      }
    } else if (name == "after") {
      asked.after = value;
    } else {
      return Fail(ErrorCode::kMalformed, "$everything has no such parameter here", name);
    }
  }
  return asked;
}

}  // namespace

Answer Everything(Call& call) {
  auto asked = ReadAsked(call);
  if (!asked.ok()) return std::move(asked).error();
  store::SearchPage page;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto patient = LoadResource(reader, call.caller.programme, "Patient", call.id);
    if (!patient.ok()) return std::move(patient).error();
    auto found = reader.OfPatient(call.caller.programme, call.id, asked->count, asked->after);
    if (!found.ok()) return std::move(found).error();
    page = std::move(*found);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  std::vector<Value> entries;
  for (const store::ResourceVersion& version : page.matches) {
    const bool wanted = (asked->types.empty() || asked->types.contains(version.type)) &&
                        (!asked->since || version.last_updated >= *asked->since) &&
                        call.caller.May(auth::Access::kRead, version.type);
    auto resource = fhir::json::Parse(version.bytes);
    if (!wanted || !resource.ok()) continue;
    Value mode = Value::Object();
    mode.Set("mode", Value::String("match"));
    Value entry = Value::Object();
    entry.Set("fullUrl", Value::String(call.base() + "/" + version.type + "/" + version.id));
    entry.Set("resource", std::move(*resource));
    entry.Set("search", std::move(mode));
    entries.push_back(std::move(entry));
  }
  const std::string self = call.base() + "/Patient/" + call.id + "/$everything";
  std::vector<fhir::BundleLink> links = {{"self", self}};
  if (!page.next.empty()) {
    std::string rest;
    for (const auto& [name, value] : call.parameters) {
      if (name != "after") rest += name + "=" + http::PercentEncode(value) + "&";
    }
    rest += "after=" + http::PercentEncode(page.next);
    links.push_back(
        {"next", self + "?_page=" +
                     auth::SealPage(call.tenant.page_key, call.caller, PagePlace(call), rest)});
  }
  return JsonResponse(200, fhir::MakeBundle("searchset", std::move(entries), -1, links));
}

}  // namespace gateway::interactions
