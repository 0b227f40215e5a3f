#include "fhir/terminology.h"

#include <algorithm>

#include "fhir/terminology_table.h"

namespace fhir {
namespace {

using Codes = std::vector<std::string_view>;

struct Placed {
  int depth = 0;
  std::string_view code;
};

template <class Row>
std::span<const Row> RowsOf(std::span<const Row> all, std::string_view url) {
  const auto [first, last] = std::ranges::equal_range(all, url, {}, &Row::url);
  return {first, last};
}

template <class Visit>
void ForEachWord(std::string_view list, const Visit& visit) {
  for (size_t start = 0; start < list.size();) {
    const size_t end = std::min(list.find('|', start), list.size());
    visit(list.substr(start, end - start));
    start = end + 1;
  }
}

std::optional<std::vector<Placed>> HierarchyOf(std::string_view system) {
  const auto rows = RowsOf(CodeSystemRows(), system);
  if (rows.empty()) return std::nullopt;
  std::vector<Placed> placed;
  ForEachWord(rows.front().codes, [&](std::string_view word) {
    placed.push_back({word.front() - '0', word.substr(1)});
  });
  return placed;
}

void Once(Codes& codes) {
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
}

}  // namespace

std::optional<std::vector<Concept>> Expand(std::string_view value_set) {
  constexpr std::string_view kVersion = "|4.0.1";
  if (value_set.ends_with(kVersion)) value_set.remove_suffix(kVersion.size());
  const auto rows = RowsOf(ValueSetRows(), value_set);
  if (rows.empty()) return std::nullopt;
  std::vector<Concept> concepts;
  for (const ValueSetRow& row : rows) {
    const auto add = [&](std::string_view code) { concepts.push_back({row.system, code}); };
    if (!row.codes.empty()) {
      ForEachWord(row.codes, add);
      continue;
    }
    const auto all = CodesOf(row.system);
    if (!all) return std::nullopt;
    for (const std::string_view code : *all) add(code);
  }
  return concepts;
}

std::optional<Codes> CodesOf(std::string_view system) {
  const auto all = HierarchyOf(system);
  if (!all) return std::nullopt;
  Codes codes;
  for (const Placed& one : *all) codes.push_back(one.code);
  Once(codes);
  return codes;
}

std::optional<Codes> Below(std::string_view system, std::string_view code) {
  const auto all = HierarchyOf(system);
  if (!all) return std::nullopt;
  Codes codes;
  for (size_t i = 0; i < all->size(); ++i) {
    if ((*all)[i].code != code) continue;
    codes.push_back(code);
    for (size_t below = i + 1; below < all->size() && (*all)[below].depth > (*all)[i].depth;
         ++below) {
      codes.push_back((*all)[below].code);
    }
  }
  Once(codes);
  return codes;
}

std::optional<Codes> Above(std::string_view system, std::string_view code) {
  const auto all = HierarchyOf(system);
  if (!all) return std::nullopt;
  Codes codes;
  for (size_t i = 0; i < all->size(); ++i) {
    if ((*all)[i].code != code) continue;
    codes.push_back(code);
    int depth = (*all)[i].depth;
    for (size_t above = i; depth > 0 && above-- > 0;) {
      if ((*all)[above].depth >= depth) continue;
      depth = (*all)[above].depth;
      codes.push_back((*all)[above].code);
    }
  }
  Once(codes);
  return codes;
}

}  // namespace fhir
