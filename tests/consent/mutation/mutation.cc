// Switches every rule off, and then makes it say the opposite, and prints which of these mutants no
// case of conformance/cases notices. By hand: build/tests/consent/mutation [RULE...]
// Fails when fewer than 95 of 100 are caught.
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "consent/rules.h"
#include "tests/consent/mutants.h"

int main(int argc, char** argv) {
  using namespace consent;
  const std::set<std::string_view> only(argv + 1, argv + argc);
  const std::vector<testing::FiledCase> cases = testing::LoadCases();
  const testing::MutantHunt hunt(cases);
  int mutants = 0;
  int caught = 0;
  for (const Rule& rule : Rules()) {
    if (!only.empty() && !only.contains(rule.id)) continue;
    for (const auto kind : {Mutant::Kind::kOff, Mutant::Kind::kInverted}) {
      ++mutants;
      const testing::FiledCase* by = hunt.Catches({rule.id, kind});
      if (by != nullptr) ++caught;
      if (by != nullptr && only.empty()) continue;
      std::cout << rule.id << " " << testing::Name(kind) << ": ";
      if (by != nullptr) {
        std::cout << "caught by " << by->file << ": " << by->test_case.note << "\n";
      } else {
        std::cout << "survives; the rule speaks in " << hunt.CasesOf(rule.id) << " cases\n";
      }
    }
  }
  std::cout << cases.size() << " cases, " << mutants << " mutants, " << caught << " caught\n";
  return caught * 100 >= mutants * 95 ? 0 : 1;
}
