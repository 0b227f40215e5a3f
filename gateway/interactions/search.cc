// http://hl7.org/fhir/R4/search.html: what is indexed is searched, what is not is refused in words.
#include <algorithm>
#include <charconv>

#include "fhir/bundle.h"
#include "fhir/search_parameters.h"
#include "gateway/auth/page_token.h"
#include "gateway/interactions/interactions.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr size_t kMostPerPage = 1000;

fhir::Result<int64_t> Number(const std::string& name, const std::string& value) {
  int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto [last, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || last != end || number < 0) {
    return Fail(ErrorCode::kMalformed, "must be a whole number", name);
  }
  return number;
}

std::vector<std::string> Ids(const std::string& value) {
  std::vector<std::string> ids;
  size_t start = 0;
  while (start <= value.size()) {
    const size_t comma = std::min(value.find(',', start), value.size());
    if (comma > start) ids.push_back(value.substr(start, comma - start));
    start = comma + 1;
  }
  return ids;
}

// _lastUpdated=ge2026-11-22: the prefixes of http://hl7.org/fhir/R4/search.html#prefix on ranges.
fhir::Result<fhir::Span> LastUpdated(const std::string& text) {
  std::string prefix = text.substr(0, 2);
  std::string date = text;
  if (!prefix.empty() && std::isalpha(static_cast<unsigned char>(prefix[0]))) {
    date = text.substr(2);
  } else {
    prefix = "eq";
  }
  auto parsed = fhir::DateTime::Parse(date);
  if (!parsed.ok()) return Fail(ErrorCode::kMalformed, "is not a date", "_lastUpdated");
  const fhir::Span span = parsed->Covers();
  if (prefix == "eq") return span;
  if (prefix == "gt" || prefix == "sa") return fhir::Span{span.end, fhir::Instant::max()};
  if (prefix == "ge") return fhir::Span{span.begin, fhir::Instant::max()};
  if (prefix == "lt" || prefix == "eb") return fhir::Span{fhir::Instant::min(), span.begin};
  if (prefix == "le") return fhir::Span{fhir::Instant::min(), span.end};
  return Fail(ErrorCode::kNotSupported, "this prefix is not supported for _lastUpdated",
              "_lastUpdated");
}

fhir::Status AddParameter(store::SearchQuery& query, const std::string& name,
                          const std::string& value) {
  if (name == "_id") {
    fhir::Clause clause;
    for (const std::string& id : Ids(value)) {
      fhir::Criterion criterion;
      criterion.test = fhir::Criterion::Test::kId;
      criterion.parameter = "_id";
      criterion.key = id;
      clause.any_of.push_back(std::move(criterion));
    }
    query.all_of.push_back(std::move(clause));
  } else if (name == "_lastUpdated") {
    auto span = LastUpdated(value);
    if (!span.ok()) return std::move(span).error();
    query.last_updated.push_back(*span);
  } else if (name == "_count") {
    auto count = Number(name, value);
    if (!count.ok()) return std::move(count).error();
    query.count = std::min<size_t>(static_cast<size_t>(*count), kMostPerPage);
  } else if (name == "_after") {
    query.after = value;
  } else if (name == "_total") {
    query.with_total = value == "accurate";
  } else if (name == "_format") {
    if (value.find("json") == std::string::npos) {
      return Fail(ErrorCode::kNotAcceptable, "only JSON is produced", "_format");
    }
  } else {
    auto keys = fhir::SearchKeys(query.type, name, value);
    if (!keys.ok()) return std::move(keys).error();
    query.all_of.push_back(store::AnyTerm(name, std::move(*keys)));
  }
  return {};
}

// A paging link stands for the whole search it was made from.
fhir::Status ResumePage(Call& call) {
  for (const auto& [name, value] : call.parameters) {
    if (name != "_page") continue;
    auto search = auth::OpenPage(call.tenant.page_key, call.caller, call.type, value);
    if (!search || call.parameters.size() != 1) {
      return Fail(ErrorCode::kMalformed,
                  "this is not a page of a search by this client; start the search again", "_page");
    }
    call.parameters = http::ParseForm(*search);
    return {};
  }
  return {};
}

}  // namespace

Answer Search(Call& call) {
  if (auto resumed = ResumePage(call); !resumed.ok()) return std::move(resumed).error();
  store::SearchQuery query;
  query.programme = call.caller.programme;
  query.type = call.type;
  std::string self = call.base() + "/" + call.type;
  char separator = '?';
  for (const auto& [name, value] : call.parameters) {
    if (auto added = AddParameter(query, name, value); !added.ok()) return std::move(added).error();
    // A value may name a patient: no URL the gateway makes carries one (house, promise 4).
    const bool harmless = name == "_count" || name == "_total" || name == "_lastUpdated";
    if (!harmless) continue;
    self += separator + name + "=" + http::PercentEncode(value);
    separator = '&';
  }
  store::SearchPage page;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto found = reader.Search(query);
    if (!found.ok()) return std::move(found).error();
    page = std::move(*found);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();

  std::vector<Value> entries;
  for (const store::ResourceVersion& match : page.matches) {
    auto resource = fhir::json::Parse(match.bytes);
    if (!resource.ok()) continue;  // erased between index and body
    Value entry = Value::Object();
    entry.Set("fullUrl", Value::String(call.base() + "/" + match.type + "/" + match.id));
    entry.Set("resource", std::move(*resource));
    Value mode = Value::Object();
    mode.Set("mode", Value::String("match"));
    entry.Set("search", std::move(mode));
    entries.push_back(std::move(entry));
  }
  std::vector<fhir::BundleLink> links = {{"self", self}};
  if (!page.next.empty()) {
    std::string rest;
    for (const auto& [name, value] : call.parameters) {
      if (name == "_after") continue;
      rest += http::PercentEncode(name) + "=" + http::PercentEncode(value) + "&";
    }
    rest += "_after=" + http::PercentEncode(page.next);
    links.push_back(
        {"next", call.base() + "/" + call.type + "?_page=" +
                     auth::SealPage(call.tenant.page_key, call.caller, call.type, rest)});
  }
  return JsonResponse(200, fhir::MakeBundle("searchset", std::move(entries), page.total, links));
}

}  // namespace gateway::interactions
