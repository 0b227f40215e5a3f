// What the rules are written with. A name that ends in [x] is a choice: there with any type.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json/value.h"

namespace fhir::invariants {

using json::Value;

// An element counts as present when it has only extensions, too.
bool Has(const Value& value, std::string_view name);

// Whether the code at `name` is one of "a|b".
bool Is(const Value& value, std::string_view name, std::string_view codes);

// Whether what stands at `name` is there and true.
bool IsTrue(const Value& value, std::string_view name);

// Neither is before the other's begin. Wall-clock days without an offset are compared as UTC; a
// day's doubt is let pass.
bool InOrder(const Value& first, const Value& second);

template <class Test>
bool All(const Value& array, const Test& test) {
  return std::all_of(array.items().begin(), array.items().end(), test);
}

// Equal keys are given once; an empty key is none.
template <class Key>
bool Distinct(const Value& array, const Key& key) {
  std::set<std::string, std::less<>> seen;
  return All(array, [&](const Value& item) {
    std::string k = key(item);
    return k.empty() || seen.insert(std::move(k)).second;
  });
}

// The codes at `name` are given once.
bool DistinctBy(const Value& array, std::string_view name);
// The same over the items below the items too, at any depth: those of the element `children`.
bool DistinctBelow(const Value& value, std::string_view children, std::string_view name);

// ---- whole rules over element names: {"app-1", ..., AnyOf<"type", "actor">}

template <size_t kSize>
struct Word {
  consteval Word(const char (&word)[kSize]) { std::copy_n(word, kSize, text); }
  constexpr operator std::string_view() const { return {text, kSize - 1}; }
  char text[kSize];
};

template <Word... names>
size_t CountOf(const Value& v) {
  return (size_t{0} + ... + (Has(v, names) ? 1 : 0));
}
template <Word... names>
bool AnyOf(const Value& v) {
  return (Has(v, names) || ...);
}
template <Word... names>
bool OneOf(const Value& v) {
  return CountOf<names...>(v) == 1;
}
template <Word... names>
bool AtMostOneOf(const Value& v) {
  return CountOf<names...>(v) <= 1;
}
template <Word... names>
bool NoneOf(const Value& v) {
  return !AnyOf<names...>(v);
}
// The first is there only with the second.
template <Word name, Word needed>
bool Needs(const Value& v) {
  return !Has(v, name) || Has(v, needed);
}
template <Word name, Word other>
bool Together(const Value& v) {
  return Has(v, name) == Has(v, other);
}

}  // namespace fhir::invariants
