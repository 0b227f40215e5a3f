// Whole files: HL7's R4 examples where the environment names their folder, and our own profiles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fhir/schema_table.h"
#include "fhir/validate.h"

namespace fhir {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> JsonFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// "code path: message" of every error.
std::vector<std::string> ErrorsOf(const fs::path& path) {
  const auto resource = Resource::Parse(ReadFile(path));
  if (!resource.ok()) return {"not read: " + resource.error().message};
  std::vector<std::string> errors;
  for (const Issue& issue : Validate(*resource)) {
    if (HasErrors({issue})) {
      errors.push_back(issue.code + " " + issue.expression + ": " + issue.message);
    }
  }
  return errors;
}

TEST(ExamplesTest, EveryExampleIsAcceptedOrItsRefusalIsAKnownErratum) {
  const char* folder = std::getenv("PSG_R4_EXAMPLES");
  if (folder == nullptr || !fs::is_directory(folder)) {
    GTEST_SKIP() << "PSG_R4_EXAMPLES does not name the folder of HL7's R4 examples";
  }
  const std::string errata =
      ReadFile(fs::path(PSG_SOURCE_DIR) / "conformance" / "hapi" / "errata.md");
  const std::vector<fs::path> files = JsonFiles(folder);
  EXPECT_GT(files.size(), 400u);
  for (const fs::path& file : files) {
    const auto errors = ErrorsOf(file);
    const bool known = errata.find("`" + file.filename().string() + "`") != std::string::npos;
    EXPECT_EQ(!errors.empty(), known) << file.filename() << " " << testing::PrintToString(errors);
  }
}

// White space outside of strings away: what is left must come back byte for byte, but for the
// escapes that JSON has two ways for.
TEST(ExamplesTest, EveryExampleComesBackAsItWas) {
  const char* folder = std::getenv("PSG_R4_EXAMPLES");
  if (folder == nullptr || !fs::is_directory(folder)) {
    GTEST_SKIP() << "PSG_R4_EXAMPLES does not name the folder of HL7's R4 examples";
  }
  for (const fs::path& file : JsonFiles(folder)) {
    std::string compact;
    bool in_string = false;
    const std::string text = ReadFile(file);
    for (size_t i = 0; i < text.size(); ++i) {
      if (!in_string && std::string_view(" \t\r\n").find(text[i]) != std::string_view::npos)
        continue;
      compact += text[i];
      if (in_string && text[i] == '\\' && i + 1 < text.size()) {
        compact += text[++i];
      } else if (text[i] == '"') {
        in_string = !in_string;
      }
    }
    const auto value = json::Parse(text);
    ASSERT_TRUE(value.ok()) << file.filename();
    const std::string written = json::Write(*value);
    const bool has_escapes =
        compact.find("\\u") != std::string::npos || compact.find("\\/") != std::string::npos;
    if (!has_escapes) {
      EXPECT_TRUE(written == compact) << file.filename();
    }
    const auto again = json::Parse(written);
    ASSERT_TRUE(again.ok()) << file.filename();
    EXPECT_TRUE(*again == *value) << file.filename();
  }
}

TEST(ExamplesTest, OurProfilesAreValidAndInTheTable) {
  const std::vector<fs::path> files = JsonFiles(fs::path(PSG_SOURCE_DIR) / "fhir" / "profiles");
  const auto rows = ExtensionRows();
  const auto is_ours = [](const ExtensionRow& row) { return row.closed; };
  EXPECT_EQ(files.size(), std::count_if(rows.begin(), rows.end(), is_ours));
  for (const fs::path& file : files) {
    EXPECT_THAT(ErrorsOf(file), testing::IsEmpty()) << file.filename();
    const auto profile = Resource::Parse(ReadFile(file));
    ASSERT_TRUE(profile.ok());
    EXPECT_EQ(profile->id(), file.stem().string());
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const ExtensionRow& row) {
      return row.url == (*profile)["url"].text();
    })) << file.filename();
  }
}

// A name that the code reads but no profile defines would be refused at the door.
TEST(ExamplesTest, EveryExtensionThatTheCodeReadsHasAProfile) {
  const fs::path root(PSG_SOURCE_DIR);
  for (const char* folder : {"gateway", "consent"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cc") continue;
      const std::string text = ReadFile(entry.path());
      static constexpr std::string_view kBefore = "kBase) + \"/StructureDefinition/";
      for (size_t at = text.find(kBefore); at != std::string::npos; at = text.find(kBefore, at)) {
        at += kBefore.size();
        const std::string name = text.substr(at, text.find('"', at) - at);
        EXPECT_TRUE(fs::exists(root / "fhir" / "profiles" / (name + ".json"))) << name;
      }
    }
  }
}

}  // namespace
}  // namespace fhir
