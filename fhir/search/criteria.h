// What a search asks of the index: a conjunction of clauses, each any of its criteria. Chains,
// reverse chains, prefixes and modifiers have been turned into these before the store sees them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fhir {

// One test of the index entries of one parameter.
struct Criterion {
  enum class Test : uint8_t {
    kTerm,      // an entry of kind kTerm with this key
    kId,        // the logical id is `key`; parameter is "_id"
    kPrefix,    // a kText entry that begins with key
    kContains,  // a kText entry that has key anywhere
    kRange,     // a kRange entry of this key within every bound below that is set
  };
  Test test = Test::kTerm;
  std::string parameter;
  std::string key;
  // kRange; the bytes of IndexEntry::low and high. eq is low_from + high_to, gt high_above,
  // lt low_before, sa low_from (the end of what was asked), eb high_to (its begin); ge, le and ne
  // are two criteria; overlap (ap) is low_before + high_above.
  std::optional<std::string> low_from;    // entry.low  >= this
  std::optional<std::string> low_before;  // entry.low  <  this
  std::optional<std::string> high_above;  // entry.high >  this
  std::optional<std::string> high_to;     // entry.high <= this

  friend bool operator==(const Criterion&, const Criterion&) = default;
};

// Holds when any of the criteria does; negated (":not", ":missing=true"): when none does. An empty
// any_of holds for nothing (a chain that led nowhere), negated for everything.
struct Clause {
  std::vector<Criterion> any_of;
  bool negated = false;

  friend bool operator==(const Clause&, const Clause&) = default;
};

// By the smallest entry of the parameter ascending, by the largest descending; resources without
// one come last either way. kText entries by their text, kRange entries of the empty key by low
// (ascending) or high (descending), texts before ranges; "_lastUpdated" by itself; "_id" by itself,
// ids that are UUIDs after all others. Ties in insertion order.
struct SortKey {
  // A token or a reference has no order in the index, where it is a hash: its value is taken out of
  // each match, of which there can be so many only.
  enum class From : uint8_t { kIndex, kResource };

  std::string parameter;
  bool descending = false;
  From from = From::kIndex;

  friend bool operator==(const SortKey&, const SortKey&) = default;
};

}  // namespace fhir
