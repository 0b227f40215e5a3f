#include "tests/consent/case_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fhir/json/json.h"

namespace consent::testing {

std::vector<FiledCase> LoadCases() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path(PSG_SOURCE_DIR) / "conformance/cases";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<FiledCase> all;
  for (const auto& path : files) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    const auto json = fhir::json::Parse(text.str());
    const auto cases = json.ok() ? ReadCases(*json) : fhir::Result<std::vector<Case>>(json.error());
    if (!cases.ok()) {
      ADD_FAILURE() << path.filename() << ": " << cases.error().message << " at "
                    << cases.error().path;
      continue;
    }
    for (const Case& each : *cases) all.push_back({path.stem().string(), each});
  }
  return all;
}

}  // namespace consent::testing
