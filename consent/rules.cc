#include "consent/rules.h"

#include <algorithm>
#include <vector>

#include "consent/rules/tables.h"

namespace consent {
namespace {

std::vector<Rule> Joined() {
  std::vector<Rule> rules;
  for (auto table : {HipaaRules(), ChannelRules(), ConsentRules(), HouseRules(), DisclosureRules(),
                     HealthDataRules()}) {
    rules.insert(rules.end(), table.begin(), table.end());
  }
  std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  return rules;
}

}  // namespace

std::span<const Rule> Rules() {
  static const std::vector<Rule> kRules = Joined();
  return kRules;
}

const Rule* FindRule(std::string_view id) {
  const auto rules = Rules();
  const auto found =
      std::lower_bound(rules.begin(), rules.end(), id,
                       [](const Rule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found != rules.end() && found->id == id ? &*found : nullptr;
}

}  // namespace consent
