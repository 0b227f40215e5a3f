#include "consent/facts.h"

#include <algorithm>
#include <string>
#include <vector>

#include "consent/facts/tables.h"
#include "consent/rules.h"

namespace consent {

std::span<const DeclaredFact> DeclaredFacts() {
  static const std::vector<DeclaredFact> kFacts = [] {
    std::vector<DeclaredFact> facts;
    for (auto table : {RequestFactTable(), ContentFactTable(), PatientFactTable(),
                       ConsentFactTable(), ProgrammeFactTable(), HealthDataFactTable()}) {
      facts.insert(facts.end(), table.begin(), table.end());
    }
    std::stable_sort(facts.begin(), facts.end(),
                     [](const auto& a, const auto& b) { return a.owner < b.owner; });
    return facts;
  }();
  return kFacts;
}

const DeclaredFact* FindDeclaredFact(std::string_view id) {
  const auto facts = DeclaredFacts();
  const auto found = std::find_if(facts.begin(), facts.end(),
                                  [&](const DeclaredFact& fact) { return fact.id == id; });
  return found == facts.end() ? nullptr : &*found;
}

fhir::Status CheckRulesReadDeclaredFacts() {
  for (const Rule& rule : Rules()) {
    std::string_view rest = rule.reads;
    while (!rest.empty()) {
      const size_t space = rest.find(' ');
      const std::string_view id = rest.substr(0, space);
      rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
      if (FindDeclaredFact(id) == nullptr) {
        return fhir::Fail(fhir::ErrorCode::kInternal, "rule " + std::string(rule.id) +
                                                          " reads the fact " + std::string(id) +
                                                          ", which consent/facts does not declare");
      }
    }
  }
  return {};
}

}  // namespace consent
