// http://hl7.org/fhir/R4/search.html: what is indexed is searched, what is not is refused in words.
#include "gateway/interactions/search.h"

#include <algorithm>
#include <charconv>

#include "fhir/bundle.h"
#include "fhir/operation_outcome.h"
#include "fhir/reference.h"
#include "fhir/search/asked_text.h"
#include "gateway/auth/page_token.h"
#include "gateway/interactions/interactions.h"
#include "gateway/interactions/search_query.h"

namespace gateway::interactions {
namespace {

using fhir::ErrorCode;
using fhir::Fail;
using fhir::json::Value;

constexpr size_t kMostPerPage = 1'000;
constexpr size_t kUsualPerPage = 20;
constexpr size_t kMostTypes = 10;

// Where a page begins: in which of the types, and after what.
struct Place {
  size_t type = 0;
  std::string after;
};

// A paging link stands for the whole search it was made from.
fhir::Result<Place> ResumePage(Call& call) {
  Place place;
  for (const auto& [name, value] : call.parameters) {
    if (name != "_page") continue;
    auto search = auth::OpenPage(call.tenant.page_key, call.caller, call.type, value);
    if (!search || call.parameters.size() != 1) {
      return Fail(ErrorCode::kMalformed,
                  "this is not a page of a search by this client; start the search again", "_page");
    }
    auto parameters = http::ParseForm(*search);
    // The place was written last; a link of an older version has another one.
    if (parameters.size() < 2 || parameters.back().first != "after") {
      return Fail(ErrorCode::kMalformed, "this page is too old; start the search again", "_page");
    }
    place.after = parameters.back().second;
    parameters.pop_back();
    place.type = static_cast<size_t>(std::atoi(parameters.back().second.c_str()));
    parameters.pop_back();
    call.parameters = std::move(parameters);
    return place;
  }
  return place;
}

std::string NextLink(const Call& call, const Place& place) {
  std::string rest;
  for (const auto& [name, value] : call.parameters) {
    rest += http::PercentEncode(name) + "=" + http::PercentEncode(value) + "&";
  }
  rest += "type=" + std::to_string(place.type) + "&after=" + http::PercentEncode(place.after);
  return call.base() + (call.type.empty() ? "" : "/" + call.type) +
         "?_page=" + auth::SealPage(call.tenant.page_key, call.caller, call.type, rest);
}

// Whether no value of the parameter is one of a patient's: it shapes the answer, asks for presence,
// or is a code of a list that R4 has.
bool IsHarmless(const std::string& type, std::string_view name) {
  constexpr std::string_view kHarmless[] = {
      "_count",      "_elements", "_format", "_include", "_lastUpdated", "_pretty", "_profile",
      "_revinclude", "_security", "_sort",   "_summary", "_tag",         "_total",  "_type"};
  if (name.find('.') != std::string_view::npos || name.starts_with("_has:")) return false;
  const std::string_view key = name.substr(0, name.find(':'));
  if (std::find(std::begin(kHarmless), std::end(kHarmless), key) != std::end(kHarmless))
    return true;
  if (name.ends_with(":missing")) return true;
  const fhir::SearchParameter* parameter = fhir::FindSearchParameter(type, key);
  return parameter != nullptr && parameter->kind == fhir::SearchKind::kToken &&
         !parameter->parts.empty() &&
         std::all_of(
             parameter->parts.begin(), parameter->parts.end(), [](const fhir::SearchPart& part) {
               return part.type == "boolean" || (part.type == "code" && !part.system.empty());
             });
}

// What was heeded, but for what may name a patient: no URL the gateway makes carries such a value
// (house, promise 4).
std::string SelfLink(const Call& call, const std::vector<fhir::SearchPlan>& plans) {
  std::string self = call.base() + (call.type.empty() ? "" : "/" + call.type);
  char separator = '?';
  for (const auto& parameter : call.parameters) {
    const auto& [name, value] = parameter;
    const bool kept = std::all_of(plans.begin(), plans.end(), [&](const fhir::SearchPlan& plan) {
      const bool is_type = call.type.empty() && name == "_type";
      const auto& heeded = plan.heeded;
      return is_type || (std::find(heeded.begin(), heeded.end(), parameter) != heeded.end() &&
                         IsHarmless(plan.type, name));
    });
    if (!kept) continue;
    self += separator + http::PercentEncode(name) + "=" + http::PercentEncode(value);
    separator = '&';
  }
  return self;
}

Value Entry(const Call& call, const std::string& relative, Value resource, const char* mode_code) {
  Value entry = Value::Object();
  entry.Set("fullUrl", Value::String(call.base() + "/" + relative));
  entry.Set("resource", std::move(resource));
  Value mode = Value::Object();
  mode.Set("mode", Value::String(mode_code));
  entry.Set("search", std::move(mode));
  return entry;
}

Value MatchEntry(const Call& call, const fhir::SearchPlan& plan, store::ResourceVersion match) {
  const std::string relative = match.type + "/" + match.id;
  const bool whole = plan.summary == fhir::Summary::kFalse && plan.elements.empty();
  if (whole) return Entry(call, relative, Value::Written(std::move(match.bytes)), "match");
  auto resource = fhir::Resource::Parse(match.bytes);
  if (!resource.ok()) return {};
  KeepAsked(plan, *resource, true);
  return Entry(call, relative, std::move(resource->mutable_json()), "match");
}

Value IncludedEntry(const Call& call, const fhir::SearchPlan& plan, fhir::Resource resource) {
  KeepAsked(plan, resource, false);
  const std::string relative = resource.Relative();
  return Entry(call, relative, std::move(resource.mutable_json()), "include");
}

Value OutcomeEntry(const std::vector<fhir::Issue>& warnings) {
  Value entry = Value::Object();
  entry.Set("resource", fhir::OperationOutcome(warnings));
  Value mode = Value::Object();
  mode.Set("mode", Value::String("outcome"));
  entry.Set("search", std::move(mode));
  return entry;
}

// The search of each type: of the path, or of _type.
fhir::Result<std::vector<fhir::SearchPlan>> Plans(const Call& call, const fhir::IndexPlan& index) {
  fhir::SearchOptions options;
  const bool lenient = Prefers(call.request, "handling=lenient");
  options.handling = lenient ? fhir::Handling::kLenient : fhir::Handling::kStrict;
  options.now = call.services.clock.Now();
  options.base = call.base();
  std::vector<std::string> types;
  fhir::SearchParameters parameters;
  if (!call.type.empty()) types.push_back(call.type);
  for (const auto& parameter : call.parameters) {
    if (!call.type.empty() || parameter.first != "_type") {
      parameters.push_back(parameter);
      continue;
    }
    for (std::string_view type : fhir::SplitUnescaped(parameter.second, ','))
      types.emplace_back(type);
  }
  if (types.empty() || types.size() > kMostTypes) {
    return fhir::Refusal("required",
                         "a search over several types names them, at most ten: _type=A,B", "_type");
  }
  std::vector<fhir::SearchPlan> plans;
  for (const std::string& type : types) {
    if (!fhir::IsResourceType(type)) {
      return fhir::Refusal("value", "this is not a resource type of R4", "_type");
    }
    if (!call.caller.May(auth::Access::kSearch, type)) {
      return Fail(ErrorCode::kForbidden,
                  "the token's scopes do not cover this; ask for a scope on this type", "_type");
    }
    auto plan = fhir::ParseSearch(type, parameters, index, options);
    if (!plan.ok()) return std::move(plan).error();
    plans.push_back(std::move(*plan));
  }
  if (plans.size() > 1 && !plans.front().sort.empty()) {
    return fhir::Refusal("not-supported", "a search over several types has no order of its own",
                         "_sort");
  }
  return plans;
}

// What one page of the answer is made of.
class Page {
 public:
  Page(Call& call, Place place) : call_(call), place_(std::move(place)) {}

  fhir::Status Fill(store::Reader& reader);
  fhir::json::Value Bundle();
  // For the access journal: "MedicationRequest,Patient".
  std::string TypesShown() const;

 private:
  fhir::Status FillFrom(store::Reader& reader, const fhir::SearchPlan& plan, size_t type);

  Call& call_;
  Place place_;
  std::vector<fhir::SearchPlan> plans_;
  std::vector<Value> entries_;
  std::vector<std::string> types_shown_;
  std::vector<fhir::Issue> warnings_;
  size_t room_ = kUsualPerPage;
  bool counts_only_ = false;
  int64_t total_ = -1;
  bool more_ = false;
};

fhir::Status Page::Fill(store::Reader& reader) {
  auto plans = Plans(call_, reader.Plan());
  if (!plans.ok()) return std::move(plans).error();
  plans_ = std::move(*plans);
  const fhir::SearchPlan& first = plans_.front();
  room_ = std::min(first.count.value_or(kUsualPerPage), kMostPerPage);
  counts_only_ = room_ == 0 || first.summary == fhir::Summary::kCount;
  if (counts_only_) room_ = 0;
  warnings_ = first.warnings;
  for (size_t type = 0; type < plans_.size(); ++type) {
    fhir::SearchPlan& plan = plans_[type];
    plan.with_total = plan.with_total || counts_only_;
    if (type < place_.type && !plan.with_total) continue;
    if (more_ && !plan.with_total) break;
    if (auto filled = FillFrom(reader, plan, type); !filled.ok()) return filled;
  }
  return {};
}

fhir::Status Page::FillFrom(store::Reader& reader, const fhir::SearchPlan& plan, size_t type) {
  auto query = QueryOf(reader, call_.caller, plan);
  if (!query.ok()) return std::move(query).error();
  const bool shown = type >= place_.type && !more_ && !counts_only_;
  // A full page still has to know whether there is one more.
  query->count = shown ? std::max<size_t>(room_, 1) : 0;
  if (type == place_.type) query->after = place_.after;
  auto page = reader.Search(*query);
  if (!page.ok()) return std::move(page).error();
  if (plan.with_total) total_ = std::max<int64_t>(total_, 0) + std::max<int64_t>(page->total, 0);
  if (!shown) return {};
  if (room_ == 0) {
    if (page->matches.empty()) return {};
    more_ = true;
    place_ = {type, ""};
    return {};
  }
  room_ -= page->matches.size();
  // Erased between index and body.
  std::erase_if(page->matches, [](const auto& match) { return match.bytes.empty(); });
  Included included;
  if (!plan.includes.empty()) {
    std::vector<fhir::Resource> matches;
    for (const store::ResourceVersion& match : page->matches) {
      auto resource = fhir::Resource::Parse(match.bytes);
      if (resource.ok()) matches.push_back(std::move(*resource));
    }
    auto found = IncludedWith(reader, call_.caller, plan, matches);
    if (!found.ok()) return std::move(found).error();
    included = std::move(*found);
  }
  const auto shows = [&](const std::string& one) {
    const auto known = std::find(types_shown_.begin(), types_shown_.end(), one);
    if (known == types_shown_.end()) types_shown_.push_back(one);
  };
  shows(plan.type);
  for (const fhir::Resource& one : included.resources) shows(one.type());
  for (store::ResourceVersion& match : page->matches) {
    entries_.push_back(MatchEntry(call_, plan, std::move(match)));
  }
  for (fhir::Resource& one : included.resources) {
    entries_.push_back(IncludedEntry(call_, plan, std::move(one)));
  }
  warnings_.insert(warnings_.end(), included.warnings.begin(), included.warnings.end());
  more_ = !page->next.empty();
  if (more_) place_ = {type, page->next};
  return {};
}

std::string Page::TypesShown() const {
  std::string types;
  for (const std::string& type : types_shown_) types += (types.empty() ? "" : ",") + type;
  return types;
}

Value Page::Bundle() {
  if (!warnings_.empty()) entries_.push_back(OutcomeEntry(warnings_));
  std::vector<fhir::BundleLink> links = {{"self", SelfLink(call_, plans_)}};
  if (more_) links.push_back({"next", NextLink(call_, place_)});
  return fhir::MakeBundle("searchset", std::move(entries_), total_, links);
}

}  // namespace

fhir::Result<Value> SearchPage(Call& call, store::Reader& reader) {
  auto place = ResumePage(call);
  if (!place.ok()) return std::move(place).error();
  Page page(call, std::move(*place));
  if (auto filled = page.Fill(reader); !filled.ok()) return std::move(filled).error();
  call.audit_subject = page.TypesShown();
  return page.Bundle();
}

Answer Search(Call& call) {
  Value bundle;
  auto looked = call.View([&](store::Reader& reader) -> fhir::Status {
    auto page = SearchPage(call, reader);
    if (!page.ok()) return std::move(page).error();
    bundle = std::move(*page);
    return {};
  });
  if (!looked.ok()) return std::move(looked).error();
  return JsonResponse(200, bundle);
}

}  // namespace gateway::interactions
