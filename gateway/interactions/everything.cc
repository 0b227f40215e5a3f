// http://hl7.org/fhir/R4/patient-operation-everything.html: the Patient and what the compartment of
// this patient holds, in pages; with each page what it refers to, unless that is another patient's.
// Types that the caller may not read are left out.
#include <algorithm>
#include <charconv>
#include <set>

#include "fhir/bundle.h"
#include "fhir/compartment.h"
#include "fhir/reference.h"
#include "fhir/search/index_entries.h"
#include "fhir/search/keys.h"
#include "gateway/auth/page_token.h"
#include "gateway/interactions/interactions.h"
#include "gateway/interactions/search_query.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr size_t kMostPerPage = 1'000;
constexpr size_t kMostRead = 5'000;  // for one page, which has less where most is not wanted

struct Asked {
  size_t count = 200;
  std::optional<fhir::Instant> since;
  fhir::Span care{fhir::Instant::min(), fhir::Instant::max()};  // start, end
  std::set<std::string> types;                                  // empty: all
  std::string after;
};

fhir::Result<fhir::Span> DayOf(const std::string& name, const std::string& value) {
  const auto date = fhir::DateTime::Parse(value);
  if (!date.ok() || value.find('T') != std::string::npos) {
    return Fail(ErrorCode::kMalformed, "must be a date", name);
  }
  return date->Covers();
}

// Whether the care it tells of overlaps the span: from the first to the last of its dates, which
// are what R4 has search parameters of. What has none is of any time; so is the Patient.
bool IsOfTime(const fhir::Resource& resource, const fhir::Span& care) {
  if (resource.type() == "Patient") return true;
  std::string first;
  std::string last;
  for (const fhir::SearchParameter& parameter : fhir::SearchParametersOf(resource.type())) {
    const bool of_care = parameter.kind == fhir::SearchKind::kDate &&
                         parameter.name != "_lastUpdated" && parameter.name != "birthdate";
    if (!of_care) continue;
    for (const fhir::IndexEntry& entry : fhir::IndexEntries(resource, parameter)) {
      if (first.empty() || entry.low < first) first = entry.low;
      if (last.empty() || entry.high > last) last = entry.high;
    }
  }
  return first.empty() ||
         (first < fhir::InstantKey(care.end) && last > fhir::InstantKey(care.begin));
}

bool IsWanted(const Asked& asked, const fhir::Resource& resource, fhir::Instant last_updated) {
  return (asked.types.empty() || asked.types.contains(resource.type())) &&
         (!asked.since || last_updated >= *asked.since) && IsOfTime(resource, asked.care);
}

struct Page {
  std::vector<fhir::Resource> matches;
  std::vector<fhir::Resource> included;
  std::string next;
};

fhir::Status AddMatches(store::Reader& reader, const Call& call, const Asked& asked, Page& page) {
  page.next = asked.after;
  size_t read = 0;
  do {
    auto found = reader.OfPatient(call.caller.programme, call.id, asked.count - page.matches.size(),
                                  page.next);
    if (!found.ok()) return std::move(found).error();
    read += found->matches.size();
    for (const store::ResourceVersion& version : found->matches) {
      if (!call.caller.May(auth::Access::kRead, version.type)) continue;
      auto resource = fhir::Resource::Parse(version.bytes);
      if (!resource.ok() || !IsWanted(asked, *resource, version.last_updated)) continue;
      page.matches.push_back(std::move(*resource));
    }
    page.next = found->next;
  } while (!page.next.empty() && page.matches.size() < asked.count && read < kMostRead);
  return {};
}

// What the matches refer to and is of no patient: a prescriber, an organization, a medication.
fhir::Status AddIncluded(store::Reader& reader, const Call& call, const Asked& asked, Page& page) {
  fhir::SearchPlan plan;
  std::set<std::string> types;
  for (const fhir::Resource& match : page.matches) {
    if (!types.insert(match.type()).second) continue;
    fhir::Include all;
    all.source = match.type();
    all.parameter = "*";
    plan.includes.push_back(std::move(all));
  }
  auto found = IncludedWith(reader, call.caller, plan, page.matches);
  if (!found.ok()) return std::move(found).error();
  for (fhir::Resource& resource : found->resources) {
    const auto updated = fhir::ParseInstant(resource["meta"]["lastUpdated"].text());
    const bool wanted = updated.ok() && IsWanted(asked, resource, *updated);
    if (wanted && fhir::PatientOf(resource).empty()) page.included.push_back(std::move(resource));
  }
  return {};
}

Value Entry(const Call& call, fhir::Resource resource, const char* mode_code) {
  Value mode = Value::Object();
  mode.Set("mode", Value::String(mode_code));
  Value entry = Value::Object();
  entry.Set("fullUrl", Value::String(call.base() + "/" + resource.Relative()));
  entry.Set("resource", std::move(resource.mutable_json()));
  entry.Set("search", std::move(mode));
  return entry;
}

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
    } else if (name == "start" || name == "end") {
      auto day = DayOf(name, value);
      if (!day.ok()) return std::move(day).error();
      (name == "start" ? asked.care.begin : asked.care.end) =
          name == "start" ? day->begin : day->end;
    } else if (name == "_type") {
      for (size_t start = 0; start <= value.size();) {
        const size_t comma = std::min(value.find(',', start), value.size());
        const auto type = asked.types.insert(value.substr(start, comma - start)).first;
        if (!fhir::IsResourceType(*type)) {
          return Fail(ErrorCode::kMalformed, "this is not a resource type of R4", name);
        }
        start = comma + 1;
      }
    } else if (name == "after") {
      asked.after = value;
    } else if (name != "_format" && name != "_pretty") {
      return Fail(ErrorCode::kMalformed, "$everything has no such parameter", name);
    }
  }
  if (asked.care.end <= asked.care.begin) {
    return Fail(ErrorCode::kMalformed, "the end precedes the start", "end");
  }
  return asked;
}

}  // namespace

Answer Everything(Call& call) {
  auto asked = ReadAsked(call);
  if (!asked.ok()) return std::move(asked).error();
  Page page;
  auto looked = call.tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto patient = LoadResource(reader, call.caller.programme, "Patient", call.id);
    if (!patient.ok()) return std::move(patient).error();
    if (auto added = AddMatches(reader, call, *asked, page); !added.ok()) return added;
    return AddIncluded(reader, call, *asked, page);
  });
  if (!looked.ok()) return std::move(looked).error();
  std::vector<Value> entries;
  for (fhir::Resource& match : page.matches) {
    entries.push_back(Entry(call, std::move(match), "match"));
  }
  for (fhir::Resource& one : page.included) {
    entries.push_back(Entry(call, std::move(one), "include"));
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
