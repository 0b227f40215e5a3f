// Every case file of conformance/cases, one test a case, named by its note.
#include <gtest/gtest.h>

#include "consent/case_file.h"
#include "consent/decide.h"
#include "fhir/json/json.h"
#include "tests/consent/case_files.h"

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
  for (testing::FiledCase& each : testing::LoadCases()) {
    all.push_back({Identifier(each.file, each.test_case.note), std::move(each.test_case)});
  }
  return all;
}

const std::vector<Named>& All() {
  static const std::vector<Named> all = LoadAll();
  return all;
}

class CasesTest : public ::testing::TestWithParam<Named> {};

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

INSTANTIATE_TEST_SUITE_P(Files, CasesTest, ::testing::ValuesIn(All()),
                         [](const auto& each) { return each.param.name; });

TEST(CasesTest, ThereAreEnough) { EXPECT_GE(All().size(), 200U); }

}  // namespace
}  // namespace consent
