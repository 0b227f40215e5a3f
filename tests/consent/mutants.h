// Whether the cases notice a rule that is switched off, or that says the opposite.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "consent/case_file.h"
#include "consent/mutant.h"
#include "tests/consent/case_files.h"

namespace consent::testing {

// The cases as they are held against mutants: those that come out as wanted, each with the rules
// that speak in it. Points into `cases`, which must outlive it.
class MutantHunt {
 public:
  explicit MutantHunt(const std::vector<FiledCase>& cases);

  // How many cases the rule speaks in.
  size_t CasesOf(std::string_view rule) const;
  // The first case that comes out otherwise than wanted under the mutant; null: it survives.
  const FiledCase* Catches(const Mutant& mutant) const;

 private:
  struct Known {
    const FiledCase* filed;
    std::vector<std::string> rules;
  };
  std::vector<Known> known_;
};

std::string_view Name(Mutant::Kind kind);

}  // namespace consent::testing
