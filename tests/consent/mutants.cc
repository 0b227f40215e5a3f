#include "tests/consent/mutants.h"

#include <algorithm>

namespace consent::testing {

MutantHunt::MutantHunt(const std::vector<FiledCase>& cases) {
  for (const FiledCase& filed : cases) {
    const CaseResult result = RunCase(filed.test_case);
    if (!result.ok) continue;
    Known known{&filed, {}};
    for (const auto& reason : result.got["reasons"].items()) {
      known.rules.push_back(reason["rule"].text());
    }
    known_.push_back(std::move(known));
  }
}

size_t MutantHunt::CasesOf(std::string_view rule) const {
  return static_cast<size_t>(std::count_if(known_.begin(), known_.end(), [&](const Known& known) {
    return std::find(known.rules.begin(), known.rules.end(), rule) != known.rules.end();
  }));
}

const FiledCase* MutantHunt::Catches(const Mutant& candidate) const {
  const FiledCase* caught_by = nullptr;
  mutant = candidate;
  // Those in which the rule speaks come first: they catch nearly all.
  for (const bool speaks : {true, false}) {
    for (const Known& known : known_) {
      const bool found =
          std::find(known.rules.begin(), known.rules.end(), candidate.rule) != known.rules.end();
      if (found != speaks || RunCase(known.filed->test_case).ok) continue;
      caught_by = known.filed;
      break;
    }
    if (caught_by != nullptr) break;
  }
  mutant = {};
  return caught_by;
}

std::string_view Name(Mutant::Kind kind) { return kind == Mutant::Kind::kOff ? "off" : "inverted"; }

}  // namespace consent::testing
