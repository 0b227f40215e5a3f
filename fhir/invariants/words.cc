#include "fhir/invariants/words.h"

#include "fhir/date_time.h"
#include "fhir/value_set.h"

namespace fhir::invariants {

bool Has(const Value& value, std::string_view name) {
  const bool is_choice = name.ends_with("[x]");
  if (is_choice) name.remove_suffix(3);
  return std::any_of(value.members().begin(), value.members().end(), [&](const auto& member) {
    std::string_view present = member.name;
    if (present.starts_with('_')) present.remove_prefix(1);
    if (!is_choice) return present == name;
    return present.size() > name.size() && present.starts_with(name) &&
           present[name.size()] >= 'A' && present[name.size()] <= 'Z';
  });
}

bool Is(const Value& value, std::string_view name, std::string_view codes) {
  return IsListed(codes, value[name].text());
}

bool IsTrue(const Value& value, std::string_view name) { return value[name].boolean(); }

bool InOrder(const Value& first, const Value& second) {
  const auto start = DateTime::Parse(first.text());
  const auto end = DateTime::Parse(second.text());
  if (!start.ok() || !end.ok()) return true;
  constexpr std::chrono::hours kDoubt{14};
  const auto slack = start->has_offset() == end->has_offset() ? std::chrono::hours{0} : kDoubt;
  return end->Covers().end + slack > start->Covers().begin;
}

bool DistinctBy(const Value& array, std::string_view name) {
  return Distinct(array, [name](const Value& item) { return item[name].text(); });
}

bool DistinctBelow(const Value& value, std::string_view children, std::string_view name) {
  std::set<std::string_view> seen;
  std::vector<const Value*> open = {&value};
  while (!open.empty()) {
    const Value& next = *open.back();
    open.pop_back();
    for (const Value& child : next[children].items()) {
      const std::string& text = child[name].text();
      if (!text.empty() && !seen.insert(text).second) return false;
      open.push_back(&child);
    }
  }
  return true;
}

}  // namespace fhir::invariants
