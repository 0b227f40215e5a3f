// Every case file of conformance/cases, one test a case, named by its note.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "consent/case_file.h"
#include "consent/decide.h"
#include "fhir/json/json.h"

namespace consent {
namespace {

struct Named {
  std::string name;
  Case test_case;
};

std::string Identifier(const std::string& file, const std::string& note) {
  std::string name = file + "_" + note;
  for (char& c : name) {
    if (isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

std::vector<Named> LoadAll() {
  std::vector<Named> all;
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path(PSG_SOURCE_DIR) / "conformance/cases";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
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
    for (const Case& each : *cases) {
      all.push_back({Identifier(path.stem().string(), each.note), each});
    }
  }
  return all;
}

const std::vector<Named>& All() {
  static const std::vector<Named> all = LoadAll();
  return all;
}

class CasesTest : public testing::TestWithParam<Named> {};

TEST_P(CasesTest, DecidesAsWanted) {
  const Case& test_case = GetParam().test_case;
  const CaseResult result = RunCase(test_case);
  std::string differences;
  for (const std::string& each : result.differences) differences += "\n  " + each;
  EXPECT_TRUE(result.ok) << test_case.note << " (" << test_case.source << ")" << differences;
}

TEST_P(CasesTest, DecidesTheSameOnceWrittenAndRead) {
  const Case& test_case = GetParam().test_case;
  // A pack of the case's own is found by its version.
  const auto find = [&](std::string_view version) {
    const auto& own = test_case.given.policy;
    return version == own->version ? own : FindBuiltInPolicy(version);
  };
  const auto again = ReadGiven(WriteGiven(test_case.given), find);
  ASSERT_TRUE(again.ok()) << again.error().message << " at " << again.error().path;
  EXPECT_EQ(fhir::json::Write(ToJson(Decide(*again))),
            fhir::json::Write(ToJson(Decide(test_case.given))));
}

INSTANTIATE_TEST_SUITE_P(Files, CasesTest, testing::ValuesIn(All()),
                         [](const auto& each) { return each.param.name; });

TEST(CasesTest, ThereAreEnough) { EXPECT_GE(All().size(), 200U); }

}  // namespace
}  // namespace consent
