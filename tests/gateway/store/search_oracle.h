// What a search must answer, as fhir/search/criteria.h and gateway/store/records.h say it: every
// resource is tested, every match sorted. Slow, and knows nothing of the engine.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/store/records.h"

namespace gateway::store {

class SearchOracle {
 public:
  // Of one resource the newest version, in insertion order.
  std::vector<ResourceWrite> resources;

  // Where a match stands: its sort values, none where it lacks one, and its insertion.
  using Value = std::optional<std::tuple<int, int64_t, std::string>>;
  struct Place {
    std::vector<Value> values;
    size_t insertion = 0;
  };

  // A sort value that no index knows: some versions have none, many share one.
  static std::optional<std::string> SortValueOf(int64_t version, const fhir::SortKey& key) {
    if (version % 4 == 0) return std::nullopt;
    return key.parameter + std::string(static_cast<size_t>(version * 7 % 3), 'x');
  }

  // In order.
  std::vector<Place> Matches(const SearchQuery& query) const {
    std::vector<Place> places;
    for (size_t i = 0; i < resources.size(); ++i) {
      if (Fits(query, resources[i])) places.push_back(PlaceOf(query, i));
    }
    std::sort(places.begin(), places.end(),
              [&](const Place& a, const Place& b) { return Before(query, a, b); });
    return places;
  }

  static bool Before(const SearchQuery& query, const Place& a, const Place& b) {
    for (size_t i = 0; i < query.sort.size(); ++i) {
      const Value& left = a.values[i];
      const Value& right = b.values[i];
      if (left == right) continue;
      if (!left || !right) return left.has_value();
      return query.sort[i].descending ? *right < *left : *left < *right;
    }
    return a.insertion < b.insertion;
  }

 private:
  static bool Has(const fhir::Criterion& c, const fhir::IndexEntry& e) {
    using Test = fhir::Criterion::Test;
    using Kind = fhir::IndexEntry::Kind;
    if (e.parameter != c.parameter) return false;
    switch (c.test) {
      case Test::kTerm:
        return e.kind == Kind::kTerm && e.key == c.key;
      case Test::kPrefix:
        return e.kind == Kind::kText && e.key.compare(0, c.key.size(), c.key) == 0;
      case Test::kContains:
        return e.kind == Kind::kText && e.key.find(c.key) != std::string::npos;
      case Test::kRange:
        return e.kind == Kind::kRange && e.key == c.key && (!c.low_from || e.low >= *c.low_from) &&
               (!c.low_before || e.low < *c.low_before) &&
               (!c.high_above || e.high > *c.high_above) && (!c.high_to || e.high <= *c.high_to);
      case Test::kId:
        break;
    }
    return false;
  }

  static bool Holds(const fhir::Criterion& c, const ResourceWrite& resource) {
    if (c.test == fhir::Criterion::Test::kId) return resource.id == c.key;
    return std::any_of(resource.index.begin(), resource.index.end(),
                       [&](const fhir::IndexEntry& entry) { return Has(c, entry); });
  }

  static bool Fits(const SearchQuery& query, const ResourceWrite& resource) {
    if (resource.method == WriteMethod::kDelete) return false;
    if (resource.programme != query.programme || resource.type != query.type) return false;
    for (const fhir::Span& span : query.last_updated) {
      if (!span.Contains(resource.last_updated)) return false;
    }
    for (const fhir::Clause& clause : query.all_of) {
      const bool any = std::any_of(clause.any_of.begin(), clause.any_of.end(),
                                   [&](const fhir::Criterion& c) { return Holds(c, resource); });
      if (any == clause.negated) return false;
    }
    return true;
  }

  // As http://hl7.org/fhir/R4 writes a UUID: in lower case.
  static bool IsUuid(const std::string& id) {
    if (id.size() != 36) return false;
    for (size_t i = 0; i < id.size(); ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash != (id[i] == '-')) return false;
      if (!dash && std::string_view("0123456789abcdef").find(id[i]) == std::string_view::npos) {
        return false;
      }
    }
    return true;
  }

  static Value ValueOf(const fhir::SortKey& key, const ResourceWrite& resource) {
    if (key.from == fhir::SortKey::From::kResource) {
      const std::optional<std::string> value = SortValueOf(resource.version, key);
      return value ? Value(std::tuple(0, int64_t{0}, *value)) : std::nullopt;
    }
    if (key.parameter == "_lastUpdated") {
      return std::tuple(0, resource.last_updated.time_since_epoch().count(), std::string());
    }
    if (key.parameter == "_id") {
      return std::tuple(IsUuid(resource.id) ? 1 : 0, int64_t{0}, resource.id);
    }
    Value best;
    for (const fhir::IndexEntry& e : resource.index) {
      using Kind = fhir::IndexEntry::Kind;
      if (e.parameter != key.parameter || e.kind == Kind::kTerm) continue;
      if (e.kind == Kind::kRange && !e.key.empty()) continue;
      const bool text = e.kind == Kind::kText;
      const std::string& what = text ? e.key : key.descending ? e.high : e.low;
      const Value value = std::tuple(text ? 0 : 1, int64_t{0}, what);
      if (!best || (key.descending ? *value > *best : *value < *best)) best = value;
    }
    return best;
  }

  Place PlaceOf(const SearchQuery& query, size_t at) const {
    Place place;
    place.insertion = at;
    for (const fhir::SortKey& key : query.sort) {
      place.values.push_back(ValueOf(key, resources[at]));
    }
    return place;
  }
};

}  // namespace gateway::store
