// consent/FACTS.md and consent/COVERAGE.md are made of the tables and of the cases; this test fails
// when they are not what the tables say. PSG_WRITE_DOCUMENTS=1 writes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "consent/case_file.h"
#include "consent/facts.h"
#include "consent/rules.h"
#include "fhir/json/json.h"

namespace consent {
namespace {

const std::filesystem::path kSource = PSG_SOURCE_DIR;

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; stream >> word;) {
    while (!word.empty() && (word.back() == ',' || word.back() == ':' || word.back() == ';')) {
      word.pop_back();
    }
    words.push_back(word);
  }
  return words;
}

// The rules that a case names as its source: "M12, 45 CFR 164.508". A scenario is called like a
// rule, and so is the release of FHIR; neither names one.
std::set<std::string> RulesIn(std::string_view source) {
  std::set<std::string> rules;
  std::string before;
  for (std::string word : Words(source)) {
    if (before != "scenario" && before != "FHIR" && FindRule(word) != nullptr) rules.insert(word);
    before = std::move(word);
  }
  return rules;
}

bool HasWord(std::string_view text, std::string_view word) {
  const auto words = Words(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

void ExpectIsDocument(const std::filesystem::path& file, const std::string& text) {
  if (std::getenv("PSG_WRITE_DOCUMENTS") != nullptr) std::ofstream(file) << text;
  std::stringstream present;
  present << std::ifstream(file).rdbuf();
  EXPECT_TRUE(present.str() == text)
      << file.filename()
      << " is not what the tables say; write it with PSG_WRITE_DOCUMENTS=1 ./dev test consent";
}

// A table cell: pipes would end it.
std::string Cell(std::string_view text) {
  std::string cell;
  for (char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string Facts() {
  std::ostringstream out;
  out << "# Where each fact stands\n\n"
         "Made of `consent/facts` and the `reads` of `consent/rules` by "
         "`tests/consent/documents_test.cc`; edit those.\n\n"
         "An extension is `https://psgateway.example/fhir/StructureDefinition/<name>` "
         "(`fhir/profiles`); inside another extension\nits bare name is its url. \"Given\" stands "
         "beside the resources (`given.h`), \"Programme\" in the programme (`programme.h`).\n"
         "A rule that reads a fact that is not here keeps the gateway from starting.\n";
  std::string owner;
  for (const DeclaredFact& fact : DeclaredFacts()) {
    if (fact.owner != owner) {
      owner = fact.owner;
      out << "\n## " << owner
          << "\n| fact | element | says | allowed | read by | example "
             "|\n|---|---|---|---|---|---|\n";
    }
    std::string readers;
    for (const Rule& rule : Rules()) {
      if (!HasWord(rule.reads, fact.id)) continue;
      if (!readers.empty()) readers += ", ";
      readers += rule.id;
    }
    out << "| " << fact.id << " | " << Cell(fact.element) << " | " << Cell(fact.purpose) << " | "
        << Cell(fact.allowed) << " | " << readers << " | ";
    if (!fact.example.empty()) out << "`" << Cell(fact.example) << "`";
    out << " |\n";
  }
  return out.str();
}

struct Shown {
  std::string place;  // "opt-out: patient said stop"
  bool stands_in_the_way = false;
  bool named = false;  // the rule is the source of the case
};

// By rule: the cases in which it speaks, and those that name it as their source.
std::map<std::string, std::vector<Shown>> ShownByRule() {
  std::map<std::string, std::vector<Shown>> shown;
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(kSource / "conformance/cases")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    const auto json = fhir::json::Parse(text.str());
    const auto cases = json.ok() ? ReadCases(*json) : fhir::Result<std::vector<Case>>(json.error());
    if (!cases.ok()) continue;  // cases_test says so
    for (const Case& each : *cases) {
      const CaseResult result = RunCase(each);
      const std::string place = file.stem().string() + ": " + each.note;
      const std::set<std::string> named = RulesIn(each.source);
      std::set<std::string> spoken;
      for (const auto& reason : result.got["reasons"].items()) {
        const std::string& effect = reason["effect"].text();
        const bool lets_go = effect == "PERMIT" || effect == "PERMIT_WITH_OBLIGATIONS";
        spoken.insert(reason["rule"].text());
        const std::string& rule = reason["rule"].text();
        shown[rule].push_back({place, !lets_go, named.contains(rule)});
      }
      const std::string& outcome = result.got["outcome"].text();
      const bool permitted = outcome == "PERMIT" || outcome == "PERMIT_WITH_OBLIGATIONS";
      for (const std::string& word : named) {
        if (spoken.contains(word)) continue;
        // Silent where it is the source: the rule was looked at and does not stand in the way; or
        // it shows in what other rules say.
        const bool speaks_through_others = !permitted && FindRule(word)->against.empty();
        shown[word].push_back({place, speaks_through_others, true});
      }
    }
  }
  for (auto& [rule, cases] : shown) {
    std::stable_partition(cases.begin(), cases.end(), [](const Shown& one) { return one.named; });
  }
  return shown;
}

std::string Coverage(const std::map<std::string, std::vector<Shown>>& shown) {
  std::ostringstream out;
  out << "# Which cases show which rule\n\n"
         "Made by `tests/consent/documents_test.cc` of the cases of `conformance/cases`: a case "
         "shows "
         "a rule when the rule\nspeaks in its answer or is named as its source. Two of each side "
         "are "
         "named, those first that are about the rule.\n\n"
         "| rule | source | it stands in the way | it does not |\n|---|---|---|---|\n";
  for (const Rule& rule : Rules()) {
    out << "| " << rule.id << " | " << Cell(rule.source) << " |";
    for (const bool side : {true, false}) {
      size_t count = 0;
      out << " ";
      if (const auto found = shown.find(std::string(rule.id)); found != shown.end()) {
        for (const Shown& each : found->second) {
          if (each.stands_in_the_way != side) continue;
          if (++count <= 2) out << (count > 1 ? "; " : "") << Cell(each.place);
        }
      }
      if (count > 2) out << " (and " << count - 2 << " more)";
      out << " |";
    }
    out << "\n";
  }
  return out.str();
}

TEST(DocumentsTest, FactsAreWhatTheTablesSay) {
  ExpectIsDocument(kSource / "consent/FACTS.md", Facts());
}

TEST(DocumentsTest, CoverageIsWhatTheCasesShow) {
  ExpectIsDocument(kSource / "consent/COVERAGE.md", Coverage(ShownByRule()));
}

std::string TextOf(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(DocumentsTest, TheGuideToCasesNamesEveryFile) {
  const std::string guide = TextOf(kSource / "conformance/cases/README.md");
  for (const auto& entry : std::filesystem::directory_iterator(kSource / "conformance/cases")) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = entry.path().stem().string();
    EXPECT_NE(guide.find("`" + name + "`"), std::string::npos) << name;
  }
}

TEST(DocumentsTest, TheExampleOfTheGuideHolds) {
  std::istringstream guide(TextOf(kSource / "conformance/cases/README.md"));
  std::string example;
  for (std::string line; std::getline(guide, line) && line.find("`note` is") != 0;) {
    if (line.starts_with("    ")) example += line + "\n";
  }
  const auto json = fhir::json::Parse(example);
  ASSERT_TRUE(json.ok()) << json.error().message;
  const auto cases = ReadCases(*json);
  ASSERT_TRUE(cases.ok()) << cases.error().message << " at " << cases.error().path;
  ASSERT_EQ(cases->size(), 1U);
  const CaseResult result = RunCase(cases->front());
  EXPECT_TRUE(result.ok) << fhir::json::Write(result.got);
}

TEST(DocumentsTest, EveryRuleHasTwoCases) {
  const auto shown = ShownByRule();
  for (const Rule& rule : Rules()) {
    const auto found = shown.find(std::string(rule.id));
    const size_t count = found == shown.end() ? 0 : found->second.size();
    EXPECT_GE(count, 2U) << rule.id;
    if (count == 0) continue;
    const auto& cases = found->second;
    const auto stands = [](const Shown& each) { return each.stands_in_the_way; };
    if (!rule.against.empty()) {
      EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), stands)) << rule.id << " never stops";
      EXPECT_FALSE(std::all_of(cases.begin(), cases.end(), stands)) << rule.id << " always stops";
    }
  }
}

TEST(DocumentsTest, EveryRuleReadsFactsAndEveryFactIsRead) {
  std::set<std::string> read;
  for (const Rule& rule : Rules()) {
    EXPECT_FALSE(rule.reads.empty()) << rule.id;
    for (const std::string& id : Words(rule.reads)) read.insert(id);
  }
  for (const DeclaredFact& fact : DeclaredFacts()) {
    EXPECT_TRUE(read.contains(std::string(fact.id))) << fact.id << " is read by no rule";
  }
}

}  // namespace
}  // namespace consent
