// Every case of conformance/cases, in a fixed order.
#pragma once

#include <string>
#include <vector>

#include "consent/case_file.h"

namespace consent::testing {

struct FiledCase {
  std::string file;  // its name without the extension
  Case test_case;
};

// A file that cannot be read is a failure of the running test.
std::vector<FiledCase> LoadCases();

}  // namespace consent::testing
