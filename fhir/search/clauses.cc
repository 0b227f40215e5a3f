#include "fhir/search/clauses.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "fhir/reference.h"
#include "fhir/search/asked_text.h"
#include "fhir/search/canonical_links.h"
#include "fhir/search/keys.h"
#include "fhir/search/text.h"
#include "fhir/search/token_criteria.h"

namespace fhir {
namespace {

using Test = Criterion::Test;

constexpr size_t kMostTargets = 30;  // types that an id alone may be of

Criterion Term(const SearchParameter& parameter, std::string key) {
  return {Test::kTerm, parameter.name, std::move(key), {}, {}, {}, {}};
}

Criterion Beginning(const SearchParameter& parameter, std::string key) {
  return {Test::kPrefix, parameter.name, std::move(key), {}, {}, {}, {}};
}

// The bytes of an interval: [low, high) that eq must contain; exact ends for the other prefixes.
struct Interval {
  std::string low, high;        // what the value covers
  std::string at, after;        // where the value is, for gt, lt and the like
  std::string ap_low, ap_high;  // about
};

// http://hl7.org/fhir/R4/search.html#prefix
std::vector<Criterion> Compare(Prefix prefix, const Interval& of, const Criterion& base) {
  Criterion one = base;
  switch (prefix) {
    case Prefix::kEq:
      one.low_from = of.low;
      one.high_to = of.high;
      return {one};
    case Prefix::kNe: {
      Criterion two = base;
      one.low_before = of.low;
      two.high_above = of.high;
      return {one, two};
    }
    case Prefix::kGt:
      one.high_above = of.after;
      return {one};
    case Prefix::kLt:
      one.low_before = of.at;
      return {one};
    case Prefix::kGe: {
      // A number is one point; a date also counts when it lies within what was asked.
      Criterion two = base;
      one.high_above = of.after;
      two.low_from = of.at;
      two.high_to = of.after;
      return {one, two};
    }
    case Prefix::kLe: {
      Criterion two = base;
      one.low_before = of.at;
      two.low_from = of.at;
      two.high_to = of.after;
      return {one, two};
    }
    case Prefix::kSa:
      one.low_from = of.after;
      return {one};
    case Prefix::kEb:
      one.high_to = of.at;
      return {one};
    case Prefix::kAp:
      one.low_before = of.ap_high;
      one.high_above = of.ap_low;
      return {one};
  }
  return {};
}

class Reading {
 public:
  explicit Reading(const AskedValue& asked) : asked_(asked), parameter_(asked.parameter) {}

  Result<Clause> Run();

 private:
  Error Bad(std::string message) const { return Refusal("value", std::move(message), name()); }
  Error BadModifier() const {
    return Refusal(
        "not-supported",
        "this modifier is not for a parameter of type " + std::string(Code(parameter_.kind)),
        name());
  }
  std::string_view name() const { return parameter_.name; }
  bool modified() const { return !asked_.modifier.empty(); }
  Result<std::string> Plain(std::string_view text) const { return Unescape(text, name()); }

  Result<Clause> Missing();
  Status Ask(std::string_view item);
  Status AskToken(std::string_view item);
  Status AskString(std::string_view item);
  Status AskReference(std::string_view item);
  Status AskBelow(std::string_view item);
  Status AskUri(std::string_view item);
  Status AskOrdered(std::string_view item);
  Status AskComposite(std::string_view item);

  Result<std::vector<std::string>> ReferenceTerms(const std::vector<std::string>& targets,
                                                  std::string_view item) const;
  // A date, number or quantity: its interval, and the key that a quantity's unit makes.
  Result<Interval> IntervalOf(SearchKind kind, std::string_view text, std::string* key) const;
  // What a component adds to the key of a composite.
  Result<std::vector<std::string>> ComponentTerms(const SearchComponent& component,
                                                  std::string_view item) const;

  const AskedValue& asked_;
  const SearchParameter& parameter_;
  Clause clause_;
};

Result<Clause> Reading::Missing() {
  if (asked_.value != "true" && asked_.value != "false") return Bad(":missing is true or false");
  clause_.negated = asked_.value == "true";
  switch (parameter_.kind) {
    case SearchKind::kToken:
      if (parameter_.always_present || name() == "_id") {
        clause_.negated = !clause_.negated;  // nothing is without it
        return clause_;
      }
      [[fallthrough]];
    case SearchKind::kReference:
      clause_.any_of.push_back(Term(parameter_, std::string(kPresentKey)));
      return clause_;
    case SearchKind::kString:
    case SearchKind::kUri:
      clause_.any_of.push_back(Beginning(parameter_, ""));
      return clause_;
    case SearchKind::kDate:
    case SearchKind::kNumber:
    case SearchKind::kQuantity:
      clause_.any_of.push_back({Test::kRange, parameter_.name, "", {}, {}, {}, {}});
      return clause_;
    default:
      return BadModifier();
  }
}

Result<Clause> Reading::Run() {
  if (asked_.modifier == "missing") return Missing();
  const auto any = [&](std::initializer_list<std::string_view> allowed) {
    return std::find(allowed.begin(), allowed.end(), asked_.modifier) != allowed.end();
  };
  bool allowed = !modified();
  switch (parameter_.kind) {
    case SearchKind::kToken:
      allowed = allowed || any({"not", "text", "of-type", "in", "not-in", "above", "below"});
      clause_.negated = any({"not", "not-in"});
      break;
    case SearchKind::kString:
      allowed = allowed || any({"exact", "contains"});
      break;
    case SearchKind::kReference:
      allowed = allowed || asked_.modifier == "identifier" ||
                (asked_.modifier == "below" && IsCanonical(parameter_)) ||
                (IsResourceType(asked_.modifier) && parameter_.MayTarget(asked_.modifier));
      break;
    case SearchKind::kUri:
      allowed = allowed || any({"above", "below"});
      break;
    case SearchKind::kSpecial:
      return Refusal("not-supported", "this parameter is not supported", name());
    default:
      break;
  }
  if (!allowed) return BadModifier();
  for (std::string_view item : SplitUnescaped(asked_.value, ',')) {
    if (item.empty()) return Bad("a search value is empty");
    if (auto status = Ask(item); !status.ok()) return std::move(status).error();
  }
  return std::move(clause_);
}

Status Reading::Ask(std::string_view item) {
  switch (parameter_.kind) {
    case SearchKind::kToken:
      return AskToken(item);
    case SearchKind::kString:
      return AskString(item);
    case SearchKind::kReference:
      return AskReference(item);
    case SearchKind::kUri:
      return AskUri(item);
    case SearchKind::kComposite:
      return AskComposite(item);
    default:
      return AskOrdered(item);
  }
}

Status Reading::AskToken(std::string_view item) {
  auto criteria = TokenCriteria(parameter_, asked_.modifier, item);
  if (!criteria.ok()) return std::move(criteria).error();
  for (Criterion& one : *criteria) clause_.any_of.push_back(std::move(one));
  return {};
}

Status Reading::AskString(std::string_view item) {
  auto text = Plain(item);
  if (!text.ok()) return std::move(text).error();
  std::string normal = NormalText(*text);
  if (normal.empty()) return Bad("the value has no letter or digit to compare");
  if (asked_.modifier == "exact") {
    clause_.any_of.push_back(Beginning(parameter_, IndexText(*text)));
  } else if (asked_.modifier == "contains") {
    clause_.any_of.push_back({Test::kContains, parameter_.name, std::move(normal), {}, {}, {}, {}});
  } else {
    clause_.any_of.push_back(Beginning(parameter_, std::move(normal)));
  }
  return {};
}

Result<std::vector<std::string>> Reading::ReferenceTerms(const std::vector<std::string>& targets,
                                                         std::string_view item) const {
  auto text = Plain(item);
  if (!text.ok()) return std::move(text).error();
  const bool typed = modified() && asked_.modifier != "identifier";
  std::vector<std::string> terms;
  if (IsId(*text)) {
    if (typed) return std::vector<std::string>{std::string(asked_.modifier) + "/" + *text};
    if (targets.size() > kMostTargets || (!targets.empty() && targets.front() == "*")) {
      return Bad("a reference that may be of any type needs its type: Type/id");
    }
    for (const std::string& type : targets) terms.push_back(type + "/" + *text);
    // A canonical may look like an id.
    if (terms.empty()) terms.push_back(*text);
    return terms;
  }
  std::string_view plain = *text;
  if (!asked_.base.empty() && plain.starts_with(asked_.base) &&
      plain.substr(asked_.base.size()).starts_with('/')) {
    plain.remove_prefix(asked_.base.size() + 1);
  }
  const auto reference = ParseReference(plain);
  if (!reference || reference->form == Reference::Form::kContained) {
    const bool url = plain.find(':') != std::string_view::npos;  // a canonical
    if (!url) return Bad("a reference is id, Type/id or a URL");
    return std::vector<std::string>{std::string(plain)};
  }
  if (reference->form == Reference::Form::kUrn) return std::vector<std::string>{reference->id};
  if (typed && asked_.modifier != reference->type) {
    return Bad("the value's type is not that of the modifier");
  }
  if (reference->form == Reference::Form::kRelative) {
    return std::vector<std::string>{reference->Relative()};
  }
  terms.push_back(reference->base + "/" + reference->Relative());
  if (terms.front() != plain) terms.emplace_back(plain);  // a canonical that looks like one
  return terms;
}

// Of a canonical every version that begins so: |3 is above |3.1.
// http://hl7.org/fhir/R4/search.html#canonical
Status Reading::AskBelow(std::string_view item) {
  auto text = Plain(item);
  if (!text.ok()) return std::move(text).error();
  const size_t bar = text->find('|');
  if (bar == 0 || bar + 1 == text->size()) return Bad("below takes url or url|version");
  const bool versioned = bar != std::string::npos;
  clause_.any_of.push_back(Term(parameter_, versioned ? "#below|" + *text : std::move(*text)));
  return {};
}

Status Reading::AskReference(std::string_view item) {
  if (asked_.modifier == "identifier") {
    auto term = TokenTerm(name(), nullptr, item);
    if (!term.ok()) return std::move(term).error();
    clause_.any_of.push_back(Term(parameter_, "#identifier|" + *term));
    return {};
  }
  if (asked_.modifier == "below") return AskBelow(item);
  auto terms = ReferenceTerms(parameter_.targets, item);
  if (!terms.ok()) return std::move(terms).error();
  for (std::string& term : *terms) clause_.any_of.push_back(Term(parameter_, std::move(term)));
  return {};
}

Status Reading::AskUri(std::string_view item) {
  auto text = Plain(item);
  if (!text.ok()) return std::move(text).error();
  if (asked_.modifier == "below") {
    clause_.any_of.push_back(Beginning(parameter_, *text + kTextEnd));
    const bool folder = text->ends_with('/') || text->ends_with(':');
    clause_.any_of.push_back(Beginning(parameter_, folder ? *text : *text + "/"));
    return {};
  }
  clause_.any_of.push_back(Beginning(parameter_, *text + kTextEnd));
  if (asked_.modifier == "above") {
    const size_t scheme = text->find("://");
    size_t from = scheme == std::string::npos ? 0 : scheme + 3;
    for (size_t at = text->find('/', from); at != std::string::npos; at = text->find('/', at + 1)) {
      clause_.any_of.push_back(Beginning(parameter_, text->substr(0, at) + kTextEnd));
      clause_.any_of.push_back(Beginning(parameter_, text->substr(0, at + 1) + kTextEnd));
    }
  } else if (text->find('|') == std::string::npos) {
    clause_.any_of.push_back(Beginning(parameter_, *text + "|"));  // any version of a canonical
  }
  return {};
}

Result<Interval> Reading::IntervalOf(SearchKind kind, std::string_view text,
                                     std::string* key) const {
  if (kind == SearchKind::kDate) {
    auto span = AskedSpan(text, name());
    if (!span.ok()) return std::move(span).error();
    const Span about = About(*span, asked_.now);
    const std::string begin = InstantKey(span->begin);
    const std::string end = InstantKey(span->end);
    return Interval{begin, end, begin, end, InstantKey(about.begin), InstantKey(about.end)};
  }
  const auto parts = SplitUnescaped(text, '|');
  const bool quantity = kind == SearchKind::kQuantity;
  if (parts.size() != 1 && !(quantity && parts.size() == 3)) {
    return Bad(quantity ? "a quantity is number or number|system|code" : "the value is no number");
  }
  const auto number = Decimal::Parse(parts.front());
  if (!number) return Bad("the value is no number");
  if (parts.size() == 3) {
    auto system = Plain(parts[1]);
    if (!system.ok()) return std::move(system).error();
    auto code = Plain(parts[2]);
    if (!code.ok()) return std::move(code).error();
    if (code->empty()) return Bad("a quantity with a system needs its code");
    *key = TokenKey(*system, *code);
  }
  return Interval{number->ImpliedLow().Ordered(),
                  number->ImpliedHigh().Ordered(),
                  number->Ordered(),
                  AfterDecimal(*number),
                  std::min(number->TenthLess().Ordered(), number->ImpliedLow().Ordered()),
                  std::max(AfterDecimal(number->TenthMore()), AfterDecimal(number->ImpliedHigh()))};
}

Status Reading::AskOrdered(std::string_view item) {
  const Prefix prefix = TakePrefix(item);
  Criterion base{Test::kRange, parameter_.name, "", {}, {}, {}, {}};
  auto interval = IntervalOf(parameter_.kind, item, &base.key);
  if (!interval.ok()) return std::move(interval).error();
  for (Criterion& one : Compare(prefix, *interval, base)) clause_.any_of.push_back(std::move(one));
  return {};
}

Result<std::vector<std::string>> Reading::ComponentTerms(const SearchComponent& component,
                                                         std::string_view item) const {
  switch (component.kind) {
    case SearchKind::kToken: {
      if (item.ends_with('|')) return Bad("in a composite a token needs its code");
      auto term = TokenTerm(name(), &component.part, item);
      if (!term.ok()) return std::move(term).error();
      return std::vector<std::string>{std::move(*term)};
    }
    case SearchKind::kReference:
      return ReferenceTerms(component.targets, item);
    case SearchKind::kString:
    case SearchKind::kUri: {
      auto text = Plain(item);
      if (!text.ok()) return std::move(text).error();
      return std::vector<std::string>{component.kind == SearchKind::kUri ? *text
                                                                         : NormalText(*text)};
    }
    default: {
      std::string key;
      auto interval = IntervalOf(component.kind, item, &key);
      if (!interval.ok()) return std::move(interval).error();
      return std::vector<std::string>{key + "=" + interval->at};
    }
  }
}

Status Reading::AskComposite(std::string_view item) {
  const auto values = SplitUnescaped(item, '$');
  const size_t count = parameter_.components.size();
  if (values.size() != count) return Bad("the value must have every component, separated by $");
  const size_t ordered = OrderedComponent(parameter_);
  const bool beginning = EndsWithString(parameter_);
  std::vector<std::string> keys = {""};
  for (size_t i = 0; i < count; ++i) {
    if (i == ordered || (beginning && i + 1 == count)) continue;
    auto terms = ComponentTerms(parameter_.components[i], values[i]);
    if (!terms.ok()) return std::move(terms).error();
    std::vector<std::string> longer;
    for (const std::string& key : keys) {
      for (const std::string& term : *terms) longer.push_back(key + term + "$");
    }
    keys = std::move(longer);
  }
  if (beginning) {
    auto text = Plain(values.back());
    if (!text.ok()) return std::move(text).error();
    const std::string normal = NormalText(*text);
    if (normal.empty()) return Bad("the value has no letter or digit to compare");
    for (const std::string& key : keys) {
      clause_.any_of.push_back(Beginning(parameter_, key + normal));
    }
    return {};
  }
  if (ordered == count) {
    for (std::string& key : keys) clause_.any_of.push_back(Term(parameter_, std::move(key)));
    return {};
  }
  std::string_view text = values[ordered];
  const Prefix prefix = TakePrefix(text);
  std::string unit;
  auto interval = IntervalOf(parameter_.components[ordered].kind, text, &unit);
  if (!interval.ok()) return std::move(interval).error();
  for (const std::string& key : keys) {
    const Criterion base{Test::kRange, parameter_.name, key + unit, {}, {}, {}, {}};
    for (Criterion& one : Compare(prefix, *interval, base))
      clause_.any_of.push_back(std::move(one));
  }
  return {};
}

}  // namespace

Result<Clause> ClauseOf(const AskedValue& asked) { return Reading(asked).Run(); }

}  // namespace fhir
