#include "fhir/search/index_entries.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fhir/reference.h"
#include "fhir/search/keys.h"
#include "fhir/search/text.h"

namespace fhir {
namespace {

using fhirpath::Item;
using json::Value;

constexpr size_t kLongestText = 4'096;       // of what is kept in order
constexpr int kMostVersionParts = 6;         // that :below of a canonical can ask for
constexpr size_t kMostCombinations = 2'000;  // of a composite's components

// A value's terms, texts and ranges before they are given the parameter's name.
struct Raw {
  std::vector<std::string> terms;
  std::vector<std::string> systems;  // terms that no composite is made of
  std::vector<std::string> texts;
  struct Range {
    std::string key, low, high;
  };
  std::vector<Range> ranges;
  bool present = false;
};

void AddText(Raw& raw, const std::string& text) {
  if (text.empty()) return;
  raw.texts.push_back(IndexText(std::string_view(text).substr(0, kLongestText)));
}

void AddCode(Raw& raw, const std::string& system, const std::string& code) {
  if (!system.empty()) raw.systems.push_back(TokenKey(system, ""));
  if (code.empty()) return;
  raw.terms.push_back(system.empty() ? NoSystemKey(code) : TokenKey(system, code));
  raw.terms.push_back(TokenKey("", code));
}

void AddIdentifier(Raw& raw, const Value& identifier) {
  const std::string& value = identifier["value"].text();
  AddCode(raw, identifier["system"].text(), value);
  if (value.empty()) return;
  for (const Value& coding : identifier["type"]["coding"].items()) {
    if (coding["code"].text().empty()) continue;
    raw.terms.push_back("#of-type|" + TokenKey(coding["system"].text(), coding["code"].text()) +
                        "|" + value);
  }
  AddText(raw, identifier["type"]["text"].text());
}

void AddToken(Raw& raw, const Value& value, std::string_view type) {
  if (value.is_bool()) {
    raw.terms.push_back(TokenKey("", value.boolean() ? "true" : "false"));
  } else if (value.is_string() || value.is_number()) {
    if (!value.text().empty()) raw.terms.push_back(TokenKey("", value.text()));
  } else if (type == "CodeableConcept") {
    for (const Value& coding : value["coding"].items()) {
      AddCode(raw, coding["system"].text(), coding["code"].text());
      AddText(raw, coding["display"].text());
    }
    AddText(raw, value["text"].text());
  } else if (type == "Coding") {
    AddCode(raw, value["system"].text(), value["code"].text());
    AddText(raw, value["display"].text());
  } else if (type == "Identifier") {
    AddIdentifier(raw, value);
  } else if (type == "ContactPoint" && !value["value"].text().empty()) {
    raw.terms.push_back(ContactKey(value["value"].text()));
  }
}

void AddString(Raw& raw, const Value& value, std::string_view type) {
  if (value.is_string()) return AddText(raw, value.text());
  constexpr const char* kNameParts[] = {"text", "family", "given", "prefix", "suffix"};
  constexpr const char* kAddressParts[] = {"text",  "line",       "city",   "district",
                                           "state", "postalCode", "country"};
  const auto add = [&](const Value& part) {
    AddText(raw, part.text());
    for (const Value& one : part.items()) AddText(raw, one.text());
  };
  if (type == "HumanName") {
    for (const char* part : kNameParts) add(value[part]);
  } else if (type == "Address") {
    for (const char* part : kAddressParts) add(value[part]);
  }
}

// "url|version" is found by its url too; "url|" is one that names no version.
void AddCanonical(Raw& raw, const std::string& url) {
  if (url.empty()) return;
  raw.terms.push_back(url);
  const size_t bar = url.find('|');
  if (bar == std::string::npos && url.front() != '#') raw.terms.push_back(url + "|");
  if (bar == std::string::npos || bar == 0) return;
  raw.terms.push_back(url.substr(0, bar));
  size_t end = bar;
  for (int part = 0; part < kMostVersionParts && end != std::string::npos; ++part) {
    end = url.find('.', end + 1);
    raw.systems.push_back("#below|" + url.substr(0, end));
  }
}

bool IsTarget(const std::vector<std::string>& targets, std::string_view type) {
  return std::any_of(targets.begin(), targets.end(),
                     [&](const std::string& one) { return one == "*" || one == type; });
}

void AddReference(Raw& raw, const Value& value, const std::vector<std::string>& targets) {
  if (value.is_string()) return AddCanonical(raw, value.text());
  if (const std::string& inside = value["resourceType"].text(); !inside.empty()) {
    const std::string& id = value["id"].text();
    if (!id.empty()) raw.terms.push_back(inside + "/" + id);
    return;
  }
  const Value& identifier = value["identifier"];
  if (!identifier["value"].text().empty()) {
    const std::string& system = identifier["system"].text();
    const std::string& code = identifier["value"].text();
    if (!system.empty()) {
      raw.systems.push_back("#identifier|" + TokenKey(system, ""));
      raw.terms.push_back("#identifier|" + TokenKey(system, code));
    }
    raw.terms.push_back("#identifier|" + TokenKey("", code));
  }
  const std::string& text = value["reference"].text();
  const auto reference = ParseReference(text);
  if (!reference) {
    // A URL that is no RESTful one.
    if (text.find("://") != std::string::npos) raw.terms.push_back(text);
    return;
  }
  if (!reference->type.empty() && !IsTarget(targets, reference->type)) return;
  switch (reference->form) {
    case Reference::Form::kRelative:
      raw.terms.push_back(reference->Relative());
      break;
    case Reference::Form::kAbsolute:
      raw.terms.push_back(reference->base + "/" + reference->Relative());
      break;
    case Reference::Form::kUrn:
      raw.terms.push_back(reference->id);
      break;
    case Reference::Form::kContained:
      break;
  }
}

std::optional<Span> SpanOf(const Value& value) {
  if (!value.is_string()) return std::nullopt;
  const auto parsed = DateTime::Parse(value.text());
  if (!parsed.ok()) return std::nullopt;
  return parsed->Covers();
}

void AddSpan(Raw& raw, Instant begin, Instant end) {
  if (begin < end) raw.ranges.push_back({"", InstantKey(begin), InstantKey(end)});
}

void AddPeriod(Raw& raw, const Value& period) {
  const auto start = SpanOf(period["start"]);
  const auto end = SpanOf(period["end"]);
  if (!start && !end) return;
  AddSpan(raw, start ? start->begin : Instant::min(), end ? end->end : Instant::max());
}

// From the first to the last of its times: what lies between is taken as meant.
void AddTiming(Raw& raw, const Value& timing) {
  std::optional<Span> whole;
  for (const Value& event : timing["event"].items()) {
    const auto span = SpanOf(event);
    if (!span) continue;
    if (!whole) whole = span;
    whole->begin = std::min(whole->begin, span->begin);
    whole->end = std::max(whole->end, span->end);
  }
  if (whole) AddSpan(raw, whole->begin, whole->end);
  AddPeriod(raw, timing["repeat"]["boundsPeriod"]);
}

void AddDate(Raw& raw, const Value& value, std::string_view type) {
  if (const auto span = SpanOf(value)) return AddSpan(raw, span->begin, span->end);
  if (type == "Period") AddPeriod(raw, value);
  if (type == "Timing") AddTiming(raw, value);
}

// [low, high] of a Range, a Quantity with its comparator, or a plain number.
std::optional<std::pair<std::string, std::string>> Ends(const Value& value, std::string_view type) {
  if (type == "Range") {
    const auto low = Decimal::Parse(value["low"]["value"].text());
    const auto high = Decimal::Parse(value["high"]["value"].text());
    if (!low && !high) return std::nullopt;
    auto ends = std::pair(low ? low->Ordered() : LowestDecimal(),
                          high ? AfterDecimal(*high) : HighestDecimal());
    if (ends.first >= ends.second) return std::nullopt;
    return ends;
  }
  const auto number = Decimal::Parse(value.is_object() ? value["value"].text() : value.text());
  if (!number) return std::nullopt;
  const std::string& comparator = value["comparator"].text();
  if (comparator == "<") return std::pair(LowestDecimal(), number->Ordered());
  if (comparator == "<=") return std::pair(LowestDecimal(), AfterDecimal(*number));
  if (comparator == ">") return std::pair(AfterDecimal(*number), HighestDecimal());
  if (comparator == ">=") return std::pair(number->Ordered(), HighestDecimal());
  return std::pair(number->Ordered(), AfterDecimal(*number));
}

void AddNumber(Raw& raw, const Value& value, std::string_view type) {
  if (auto ends = Ends(value, type)) {
    raw.ranges.push_back({"", std::move(ends->first), std::move(ends->second)});
  }
}

void AddQuantity(Raw& raw, const Value& value, std::string_view type) {
  const auto ends = Ends(value, type);
  if (!ends) return;
  std::vector<std::string> keys = {""};
  if (type == "Money") {
    const std::string& currency = value["currency"].text();
    if (!currency.empty()) {
      keys.push_back(TokenKey("", currency));
      keys.push_back(TokenKey("urn:iso:std:iso:4217", currency));
    }
  }
  // The unit of a Range is that of its ends.
  for (const Value* unit : {&value, &value["low"], &value["high"]}) {
    const std::string& system = (*unit)["system"].text();
    const std::string& code = (*unit)["code"].text();
    const std::string& name = (*unit)["unit"].text();
    if (!name.empty()) keys.push_back(TokenKey("", name));
    if (!code.empty()) keys.push_back(TokenKey("", code));
    if (!code.empty() && !system.empty()) keys.push_back(TokenKey(system, code));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (std::string& key : keys) raw.ranges.push_back({std::move(key), ends->first, ends->second});
}

void AddValue(Raw& raw, SearchKind kind, const std::vector<std::string>& targets, const Item& item,
              std::string_view declared) {
  const Value& value = *item.value;
  const std::string_view type = item.type.empty() ? declared : item.type;
  raw.present = true;
  switch (kind) {
    case SearchKind::kToken:
      return AddToken(raw, value, type);
    case SearchKind::kString:
      return AddString(raw, value, type);
    case SearchKind::kReference:
      return AddReference(raw, value, targets);
    case SearchKind::kDate:
      return AddDate(raw, value, type);
    case SearchKind::kNumber:
      return AddNumber(raw, value, type);
    case SearchKind::kQuantity:
      return AddQuantity(raw, value, type);
    case SearchKind::kUri:
      if (!value.text().empty()) raw.texts.push_back(value.text() + kTextEnd);
      return;
    case SearchKind::kComposite:
    case SearchKind::kSpecial:
      return;
  }
}

// What a component adds to a composite's key where it is not the one that is compared in order.
std::vector<std::string> TermsOf(const Raw& raw, SearchKind kind) {
  std::vector<std::string> terms;
  for (const std::string& term : raw.terms) {
    if (!term.starts_with('#')) terms.push_back(term);
  }
  if (kind != SearchKind::kToken) {
    for (const std::string& text : raw.texts) terms.push_back(text.substr(0, text.find(kTextEnd)));
  }
  for (const Raw::Range& range : raw.ranges) terms.push_back(range.key + "=" + range.low);
  return terms;
}

// Every combination of the components' terms; one component keeps its ranges, or its texts.
void AddComposite(Raw& raw, const SearchParameter& parameter, const Value& resource,
                  const Item& root) {
  std::vector<std::string> keys = {""};
  std::vector<Raw> parts;
  const size_t ordered = OrderedComponent(parameter);
  for (size_t i = 0; i < parameter.components.size(); ++i) {
    const SearchComponent& component = parameter.components[i];
    const auto items = component.part.path.Evaluate(resource, root);
    Raw& part = parts.emplace_back();
    if (!items.ok()) return;
    for (const Item& item : *items) {
      AddValue(part, component.kind, component.targets, item, component.part.type);
    }
  }
  const bool beginning = EndsWithString(parameter);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i == ordered || (beginning && i + 1 == parts.size())) continue;
    std::vector<std::string> longer;
    for (const std::string& key : keys) {
      for (const std::string& term : TermsOf(parts[i], parameter.components[i].kind))
        longer.push_back(key + term + "$");
    }
    keys = std::move(longer);
    if (keys.empty() || keys.size() > kMostCombinations) return;
  }
  for (const std::string& key : keys) {
    if (beginning) {
      for (const std::string& text : parts.back().texts) raw.texts.push_back(key + text);
      continue;
    }
    if (ordered == parts.size()) {
      raw.terms.push_back(key);
      continue;
    }
    for (const Raw::Range& range : parts[ordered].ranges) {
      raw.ranges.push_back({key + range.key, range.low, range.high});
    }
  }
}

void AddEntries(const Resource& resource, const SearchParameter& parameter,
                std::vector<IndexEntry>& out) {
  Raw raw;
  for (const SearchPart& part : parameter.parts) {
    const auto items = part.path.Evaluate(resource.json());
    if (!items.ok()) continue;
    for (const Item& item : *items) {
      if (parameter.kind == SearchKind::kComposite) {
        AddComposite(raw, parameter, resource.json(), item);
      } else {
        AddValue(raw, parameter.kind, parameter.targets, item, part.type);
      }
    }
  }
  using Kind = IndexEntry::Kind;
  const bool says_presence = (parameter.kind == SearchKind::kToken && !parameter.always_present) ||
                             parameter.kind == SearchKind::kReference;
  if (raw.present && says_presence) raw.terms.emplace_back(kPresentKey);
  for (std::vector<std::string>* terms : {&raw.terms, &raw.systems}) {
    for (std::string& term : *terms) {
      out.push_back({Kind::kTerm, parameter.name, std::move(term), "", ""});
    }
  }
  for (std::string& text : raw.texts) {
    out.push_back({Kind::kText, parameter.name, std::move(text), "", ""});
  }
  for (Raw::Range& range : raw.ranges) {
    out.push_back({Kind::kRange, parameter.name, std::move(range.key), std::move(range.low),
                   std::move(range.high)});
  }
}

// The contained resources that the parameter refers to.
std::vector<Resource> ContainedBy(const Resource& resource, const SearchParameter& parameter) {
  std::vector<Resource> found;
  for (const SearchPart& part : parameter.parts) {
    const auto items = part.path.Evaluate(resource.json());
    if (!items.ok()) continue;
    for (const Item& item : *items) {
      const std::string& text = (*item.value)["reference"].text();
      if (text.size() < 2 || text.front() != '#') continue;
      for (const Value& contained : resource["contained"].items()) {
        if (contained["id"].text() != std::string_view(text).substr(1)) continue;
        auto one = Resource::From(contained);
        if (one.ok() && parameter.MayTarget(one->type())) found.push_back(std::move(*one));
      }
    }
  }
  return found;
}

// So that a chain finds what the reference leads to, as it would outside.
void AddContained(const Resource& resource, const IndexPlan& plan, std::vector<IndexEntry>& out) {
  if (resource["contained"].size() == 0) return;
  for (const std::string& name : plan.ParametersOf(resource.type())) {
    const SearchParameter* parameter = FindSearchParameter(resource.type(), name);
    if (parameter == nullptr || parameter->kind != SearchKind::kReference) continue;
    for (const Resource& contained : ContainedBy(resource, *parameter)) {
      for (const std::string& own : plan.ParametersOf(contained.type())) {
        const SearchParameter* of = FindSearchParameter(contained.type(), own);
        if (of == nullptr) continue;
        const size_t first = out.size();
        AddEntries(contained, *of, out);
        for (size_t i = first; i < out.size(); ++i) {
          out[i].parameter = ContainedName(name, contained.type(), own);
        }
      }
    }
  }
}

void Order(std::vector<IndexEntry>& entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
}

}  // namespace

std::vector<IndexEntry> IndexEntries(const Resource& resource, const IndexPlan& plan) {
  std::vector<IndexEntry> entries;
  for (const std::string& name : plan.ParametersOf(resource.type())) {
    const SearchParameter* parameter = FindSearchParameter(resource.type(), name);
    if (parameter != nullptr) AddEntries(resource, *parameter, entries);
  }
  AddContained(resource, plan, entries);
  Order(entries);
  return entries;
}

std::vector<IndexEntry> IndexEntries(const Resource& resource, const SearchParameter& parameter) {
  std::vector<IndexEntry> entries;
  AddEntries(resource, parameter, entries);
  Order(entries);
  return entries;
}

std::optional<std::string> SortValueOf(const Resource& resource, const SearchParameter& parameter,
                                       bool largest) {
  std::optional<std::string> best;
  for (const IndexEntry& entry : IndexEntries(resource, parameter)) {
    std::string_view value = entry.key;
    if (entry.kind != IndexEntry::Kind::kTerm || value.starts_with('#')) continue;
    if (parameter.kind == SearchKind::kToken) {
      // "|code" stands there for every code, whatever its system.
      if (!value.starts_with('|') || value.starts_with("||")) continue;
      value.remove_prefix(1);
    } else if (value.ends_with('|')) {
      continue;  // a canonical, which is there without the bar, too
    }
    if (!best || (largest ? value > *best : value < *best)) best = value;
  }
  return best;
}

std::vector<std::string> ReferencesOf(const Resource& resource, const SearchParameter& parameter) {
  std::vector<std::string> references;
  if (parameter.kind != SearchKind::kReference) return references;
  for (const IndexEntry& entry : IndexEntries(resource, parameter)) {
    if (!entry.key.starts_with('#')) references.push_back(entry.key);
  }
  return references;
}

}  // namespace fhir
