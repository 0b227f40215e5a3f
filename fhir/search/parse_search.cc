#include <algorithm>
#include <charconv>

#include "fhir/reference.h"
#include "fhir/search/asked_text.h"
#include "fhir/search/canonical_links.h"
#include "fhir/search/clauses.h"
#include "fhir/search/keys.h"
#include "fhir/search/parameters.h"
#include "fhir/search/search_plan.h"

namespace fhir {
namespace {

constexpr size_t kMostParameters = 100;
constexpr size_t kMostCriteria = 1'000;
constexpr size_t kLongestName = 256;
constexpr size_t kLongestValue = 4'096;
constexpr int kMostJoins = 3;
constexpr char kNoUrl[] =
    "this reference is a canonical url, and the url of what it leads to is not indexed here; the "
    "setting search.index adds it";

// "subject:Patient.name:exact" -> parameter "subject", modifier "Patient", rest "name:exact".
struct Name {
  std::string_view parameter;
  std::string_view modifier;
  std::string_view rest;  // after the dot of a chain
};

Name TakeApart(std::string_view name) {
  Name parts;
  const size_t dot = name.find('.');
  if (dot != std::string_view::npos) parts.rest = name.substr(dot + 1);
  name = name.substr(0, dot);
  const size_t colon = name.find(':');
  parts.parameter = name.substr(0, colon);
  if (colon != std::string_view::npos) parts.modifier = name.substr(colon + 1);
  if (name.ends_with(':')) parts.parameter = name;  // a modifier is missing: no name of R4
  return parts;
}

class Parser {
 public:
  Parser(std::string_view type, const IndexPlan& plan, const SearchOptions& options)
      : plan_(plan), options_(options) {
    search_.type = std::string(type);
  }

  Result<SearchPlan> Run(const SearchParameters& parameters);

 private:
  Status Add(std::string_view name, const std::string& value);
  // true: it was one of those that say how to answer rather than what to find.
  Result<bool> AddResultParameter(const Name& name, const std::string& value);
  Status AddInclude(const Name& name, std::string_view value);
  Status AddSort(std::string_view value);

  Result<Condition> ConditionOf(std::string_view type, std::string_view name,
                                const std::string& value, int joins);
  Result<Condition> Forward(std::string_view type, const Name& name, const std::string& value,
                            int joins);
  Result<Condition> Reverse(std::string_view type, std::string_view name, const std::string& value,
                            int joins);
  Result<Condition> LastUpdated(const Name& name, const std::string& value);
  void AddTimes(Prefix prefix, const Span& asked, std::vector<Span>& spans) const;
  // kTooCostly once there are too many.
  Status Count(size_t criteria, std::string_view parameter);
  Result<Clause> Simple(std::string_view type, const Name& name, const std::string& value);

  // The parameter, when the type has it and it is indexed; else the refusal in words.
  Result<const SearchParameter*> Indexed(std::string_view type, std::string_view parameter) const;
  // "name" where the parts of names are indexed instead.
  bool StandsForNameParts(std::string_view type, std::string_view parameter) const;

  const IndexPlan& plan_;
  const SearchOptions& options_;
  SearchPlan search_;
  size_t criteria_ = 0;
};

Result<const SearchParameter*> Parser::Indexed(std::string_view type,
                                               std::string_view parameter) const {
  const SearchParameter* found = FindSearchParameter(type, parameter);
  if (found == nullptr) {
    return Refusal("not-supported",
                   "R4 has no search parameter of this name for " + std::string(type), parameter);
  }
  if (found->name != "_id" && !plan_.Has(type, parameter)) {
    return Refusal("not-supported",
                   "this parameter of " + std::string(type) +
                       " is not indexed here; the setting search.index adds it",
                   parameter);
  }
  return found;
}

bool Parser::StandsForNameParts(std::string_view type, std::string_view parameter) const {
  return parameter == "name" && !plan_.Has(type, "name") && plan_.Has(type, "family") &&
         plan_.Has(type, "given");
}

Result<Clause> Parser::Simple(std::string_view type, const Name& name, const std::string& value) {
  const auto ask = [&](std::string_view parameter) -> Result<Clause> {
    auto found = Indexed(type, parameter);
    if (!found.ok()) return std::move(found).error();
    return ClauseOf({**found, name.modifier, value, options_.now, options_.base});
  };
  Result<Clause> clause = Clause{};
  if (StandsForNameParts(type, name.parameter)) {
    clause = ask("family");
    if (!clause.ok()) return clause;
    auto given = ask("given");
    if (!given.ok()) return given;
    for (Criterion& one : given->any_of) clause->any_of.push_back(std::move(one));
  } else {
    clause = ask(name.parameter);
    if (!clause.ok()) return clause;
  }
  if (auto room = Count(clause->any_of.size(), name.parameter); !room.ok()) {
    return std::move(room).error();
  }
  return clause;
}

Status Parser::Count(size_t criteria, std::string_view parameter) {
  criteria_ += criteria;
  if (criteria_ <= kMostCriteria) return {};
  return Fail(ErrorCode::kTooCostly, "the search has more than 1,000 values; split it",
              std::string(parameter));
}

Result<Condition> Parser::LastUpdated(const Name& name, const std::string& value) {
  if (name.modifier == "missing") {
    if (value != "true" && value != "false") {
      return Refusal("value", ":missing is true or false", name.parameter);
    }
    return Condition{{{}, value == "false"}, nullptr, {}};  // nothing is without it
  }
  if (!name.modifier.empty()) {
    return Refusal("not-supported", "this modifier is not for _lastUpdated", name.parameter);
  }
  std::vector<Span> spans;
  for (std::string_view text : SplitUnescaped(value, ',')) {
    const Prefix prefix = TakePrefix(text);
    auto asked = AskedSpan(text, name.parameter);
    if (!asked.ok()) return std::move(asked).error();
    AddTimes(prefix, *asked, spans);
  }
  if (auto room = Count(spans.size(), name.parameter); !room.ok()) return std::move(room).error();
  if (spans.size() == 1) return Condition{{}, nullptr, spans.front()};
  Condition condition;
  for (const Span& span : spans) {
    Criterion& within = condition.clause.any_of.emplace_back();
    within.test = Criterion::Test::kRange;
    within.parameter = "_lastUpdated";
    within.low_from = InstantKey(span.begin);
    within.low_before = InstantKey(span.end);
  }
  return condition;
}

// The instants that the prefix leaves.
void Parser::AddTimes(Prefix prefix, const Span& asked, std::vector<Span>& spans) const {
  switch (prefix) {
    case Prefix::kEq:
      return spans.push_back(asked);
    case Prefix::kAp:
      return spans.push_back(About(asked, options_.now));
    case Prefix::kGt:
    case Prefix::kSa:
      return spans.push_back({asked.end, Instant::max()});
    case Prefix::kGe:
      return spans.push_back({asked.begin, Instant::max()});
    case Prefix::kLt:
    case Prefix::kEb:
      return spans.push_back({Instant::min(), asked.begin});
    case Prefix::kLe:
      return spans.push_back({Instant::min(), asked.end});
    case Prefix::kNe:
      spans.push_back({Instant::min(), asked.begin});
      return spans.push_back({asked.end, Instant::max()});
  }
}

// subject:Patient.name=x: every type that the reference may be of and that has the rest.
Result<Condition> Parser::Forward(std::string_view type, const Name& name, const std::string& value,
                                  int joins) {
  auto found = Indexed(type, name.parameter);
  if (!found.ok()) return std::move(found).error();
  const SearchParameter& parameter = **found;
  if (parameter.kind != SearchKind::kReference) {
    return Refusal("not-supported", "only a reference can be followed", name.parameter);
  }
  std::vector<std::string> targets = parameter.targets;
  if (!name.modifier.empty()) {
    if (!IsResourceType(name.modifier) || !parameter.MayTarget(name.modifier)) {
      return Refusal("not-supported", "the reference cannot be of that type", name.parameter);
    }
    targets = {std::string(name.modifier)};
  } else if (!targets.empty() && targets.front() == "*") {
    return Refusal("not-supported",
                   "the reference may be of any type; say which: parameter:Type.parameter",
                   name.parameter);
  }
  auto join = std::make_shared<Join>();
  join->parameter = parameter.name;
  const Name rest = TakeApart(name.rest);
  for (const std::string& target : targets) {
    const bool has =
        rest.parameter == "_has" || FindSearchParameter(target, rest.parameter) != nullptr;
    if (!has && targets.size() > 1) continue;
    auto condition = ConditionOf(target, name.rest, value, joins + 1);
    if (!condition.ok()) return std::move(condition).error();
    join->sides.push_back({target, std::move(*condition)});
  }
  if (join->sides.empty()) {
    return Refusal("not-supported", "what the reference leads to has no parameter of this name",
                   rest.parameter);
  }
  return Condition{{}, std::move(join), {}};
}

// _has:Observation:patient:code=x
Result<Condition> Parser::Reverse(std::string_view type, std::string_view name,
                                  const std::string& value, int joins) {
  std::string_view text = name.substr(std::string_view("_has").size());
  std::string_view parts[2];
  for (std::string_view& part : parts) {
    const size_t end = text.starts_with(':') ? text.find(':', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      return Refusal("value", "_has is _has:Type:reference:parameter", "_has");
    }
    part = text.substr(1, end - 1);
    text.remove_prefix(end);
  }
  text.remove_prefix(1);
  const SearchParameter* reference = FindSearchParameter(parts[0], parts[1]);
  if (reference == nullptr || reference->kind != SearchKind::kReference ||
      !reference->MayTarget(type)) {
    return Refusal("not-supported", "_has names no reference to the type that is searched", "_has");
  }
  if (IsCanonical(*reference) && UrlTargets(*reference, type, plan_).empty()) {
    return Refusal("not-supported", kNoUrl, "_has");
  }
  auto condition = ConditionOf(parts[0], text, value, joins + 1);
  if (!condition.ok()) return condition;
  auto join = std::make_shared<Join>();
  join->reverse = true;
  join->parameter = reference->name;
  join->sides.push_back({std::string(parts[0]), std::move(*condition)});
  return Condition{{}, std::move(join), {}};
}

Result<Condition> Parser::ConditionOf(std::string_view type, std::string_view name,
                                      const std::string& value, int joins) {
  if (joins > kMostJoins) {
    return Fail(ErrorCode::kTooCostly, "a chain has at most three steps",
                std::string(TakeApart(name).parameter));
  }
  if (name.starts_with("_has:")) return Reverse(type, name, value, joins);
  const Name parts = TakeApart(name);
  if (!parts.rest.empty()) return Forward(type, parts, value, joins);
  if (parts.parameter == "_lastUpdated") return LastUpdated(parts, value);
  auto clause = Simple(type, parts, value);
  if (!clause.ok()) return std::move(clause).error();
  return Condition{std::move(*clause), nullptr, {}};
}

Status Parser::AddSort(std::string_view value) {
  std::vector<SortKey> keys = search_.sort;  // one that is left out leaves none of its keys
  for (std::string_view key : SplitUnescaped(value, ',')) {
    const bool descending = key.starts_with('-');
    if (descending) key.remove_prefix(1);
    if (key == "_lastUpdated" || key == "_id") {
      keys.push_back({std::string(key), descending});
      continue;
    }
    if (StandsForNameParts(search_.type, key)) key = "family";
    auto found = Indexed(search_.type, key);
    if (!found.ok()) {
      Error error = std::move(found).error();
      error.path = error.findings.front().expression = "_sort";
      return error;
    }
    const SearchKind kind = (*found)->kind;
    if (kind == SearchKind::kComposite || kind == SearchKind::kSpecial) {
      return Refusal("not-supported", "values of several parts have no order", "_sort");
    }
    const bool hashed = kind == SearchKind::kToken || kind == SearchKind::kReference;
    keys.push_back(
        {std::string(key), descending, hashed ? SortKey::From::kResource : SortKey::From::kIndex});
  }
  if (keys.size() > 5) {
    return Fail(ErrorCode::kTooCostly, "at most five sort keys", "_sort");
  }
  search_.sort = std::move(keys);
  return {};
}

// MedicationRequest:requester:Practitioner
Status Parser::AddInclude(const Name& name, std::string_view value) {
  Include include;
  include.reverse = name.parameter == "_revinclude";
  include.iterate = name.modifier == "iterate" || name.modifier == "recurse";
  if (!name.modifier.empty() && !include.iterate) {
    return Refusal("not-supported", "the only modifier of an include is iterate", name.parameter);
  }
  const auto parts = SplitUnescaped(value, ':');
  if (value == "*" && !include.reverse) {
    include.source = search_.type;
    include.parameter = "*";
  } else if (value == "*") {
    return Refusal("not-supported",
                   "what refers back is asked type by type: _revinclude=Type:parameter or Type:*",
                   name.parameter);
  } else if (parts.size() < 2 || parts.size() > 3) {
    return Refusal("value", "an include is Type:parameter or Type:parameter:Type", name.parameter);
  } else {
    include.source = parts[0];
    include.parameter = parts[1];
    if (parts.size() == 3) include.target = parts[2];
  }
  if (!IsResourceType(include.source) ||
      (!include.target.empty() && !IsResourceType(include.target))) {
    return Refusal("value", "an include names a resource type of R4", name.parameter);
  }
  if (include.parameter != "*") {
    const SearchParameter* parameter = FindSearchParameter(include.source, include.parameter);
    if (parameter == nullptr || parameter->kind != SearchKind::kReference) {
      return Refusal("not-supported", "the type has no reference parameter of this name",
                     name.parameter);
    }
    if (!include.reverse && IsCanonical(*parameter) &&
        UrlTargets(*parameter, include.target, plan_).empty()) {
      return Refusal("not-supported", kNoUrl, name.parameter);
    }
    if (include.reverse && !plan_.Has(include.source, include.parameter)) {
      return Refusal("not-supported",
                     "this reference is not indexed here; the setting search.index adds it",
                     name.parameter);
    }
  }
  search_.includes.push_back(std::move(include));
  if (search_.includes.size() > 20) {
    return Fail(ErrorCode::kTooCostly, "at most twenty includes", std::string(name.parameter));
  }
  return {};
}

Result<bool> Parser::AddResultParameter(const Name& name, const std::string& value) {
  const std::string_view key = name.parameter;
  const auto refuse = [&](std::string message) {
    return Refusal("value", std::move(message), key);
  };
  if (key == "_include" || key == "_revinclude") {
    if (auto added = AddInclude(name, value); !added.ok()) return std::move(added).error();
    return true;
  }
  constexpr std::string_view kOwn[] = {"_count",  "_sort",   "_total", "_summary",  "_elements",
                                       "_format", "_pretty", "_list",  "_contained"};
  if (std::find(std::begin(kOwn), std::end(kOwn), key) == std::end(kOwn)) return false;
  if (!name.modifier.empty() || !name.rest.empty()) {
    return Refusal("not-supported", "this parameter has no modifiers", key);
  }
  if (key == "_count") {
    size_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (error != std::errc() || end != value.data() + value.size()) {
      return refuse("must be a whole number");
    }
    search_.count = count;
  } else if (key == "_sort") {
    if (auto added = AddSort(value); !added.ok()) return std::move(added).error();
  } else if (key == "_total") {
    if (value != "none" && value != "estimate" && value != "accurate") {
      return refuse("_total is none, estimate or accurate");
    }
    search_.with_total = value != "none";
  } else if (key == "_summary") {
    constexpr std::string_view kWords[] = {"false", "true", "text", "data", "count"};
    const auto word = std::find(std::begin(kWords), std::end(kWords), value);
    if (word == std::end(kWords)) return refuse("_summary is true, text, data, count or false");
    search_.summary = static_cast<Summary>(word - std::begin(kWords));
  } else if (key == "_elements") {
    for (std::string_view element : SplitUnescaped(value, ',')) {
      // Type.element is for the included ones too.
      if (element.empty()) return refuse("_elements is a list of top elements");
      search_.elements.emplace_back(element);
    }
  } else if (key == "_list") {
    const std::string_view id = std::string_view(value).starts_with("List/")
                                    ? std::string_view(value).substr(5)
                                    : std::string_view(value);
    if (!IsId(id)) return refuse("_list is the id of a List");
    search_.lists.emplace_back(id);
  } else if (key == "_contained" && value != "false") {
    return Refusal("not-supported", "contained resources are not searched by themselves", key);
  }
  return true;
}

Status Parser::Add(std::string_view name, const std::string& value) {
  if (name.size() > kLongestName) {
    return Fail(ErrorCode::kTooLarge, "a parameter's name is longer than 256 bytes");
  }
  const Name parts = TakeApart(name);
  if (value.size() > kLongestValue) {
    return Fail(ErrorCode::kTooLarge, "the value is longer than 4,096 bytes",
                std::string(parts.parameter));
  }
  auto done = AddResultParameter(parts, value);
  if (!done.ok()) return std::move(done).error();
  if (*done) return {};
  auto condition = ConditionOf(search_.type, name, value, 0);
  if (!condition.ok()) return std::move(condition).error();
  search_.all_of.push_back(std::move(*condition));
  return {};
}

Result<SearchPlan> Parser::Run(const SearchParameters& parameters) {
  if (parameters.size() > kMostParameters) {
    return Fail(ErrorCode::kTooCostly, "the search has more than 100 parameters");
  }
  for (const auto& [name, value] : parameters) {
    // http://hl7.org/fhir/R4/search.html#escaping: a parameter without a value is as if not there.
    if (value.empty() && options_.handling == Handling::kLenient) continue;
    auto added = Add(name, value);
    if (added.ok()) {
      search_.heeded.emplace_back(name, value);
      continue;
    }
    Error error = std::move(added).error();
    const bool unknown = !error.findings.empty() && error.findings.front().code == "not-supported";
    if (!unknown || options_.handling == Handling::kStrict) return error;
    Issue warning = std::move(error.findings.front());
    warning.severity = Severity::kWarning;
    warning.message += "; the search was made without it";
    search_.warnings.push_back(std::move(warning));
  }
  if (search_.summary == Summary::kText && !search_.includes.empty()) {
    return Refusal("value", "_summary=text goes with neither _include nor _revinclude", "_summary");
  }
  return std::move(search_);
}

}  // namespace

Result<SearchPlan> ParseSearch(std::string_view type, const SearchParameters& parameters,
                               const IndexPlan& plan, const SearchOptions& options) {
  return Parser(type, plan, options).Run(parameters);
}

}  // namespace fhir
