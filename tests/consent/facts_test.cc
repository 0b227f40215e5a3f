// The table of facts, against the profiles and against the cases: what no rule declares to read may
// change no reason.
#include "consent/facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "consent/case_file.h"
#include "consent/decide.h"
#include "consent/rules.h"
#include "fhir/json/json.h"
#include "fhir/reference.h"
#include "fhir/resource.h"

namespace consent {
namespace {

using fhir::json::Value;

constexpr std::string_view kPrefix = "https://psgateway.example/fhir/StructureDefinition/";
const std::filesystem::path kSource = PSG_SOURCE_DIR;

Value FileAsJson(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  const auto json = fhir::json::Parse(text.str());
  EXPECT_TRUE(json.ok()) << file;
  return json.ok() ? *json : Value();
}

// Where an extension of ours stands: "telecom.extension provided-by", "extension gift, cash".
struct Place {
  std::string owner;
  std::string element;  // "telecom"; empty: the resource itself
  std::string name;
  std::string inner;  // an extension within it; empty: the whole

  auto operator<=>(const Place&) const = default;
};

// nullopt for an element of R4, and for an extension of R4's own.
std::optional<Place> PlaceOf(const DeclaredFact& fact) {
  constexpr std::string_view kWord = "extension ";
  std::string text(fact.element);
  const size_t at = text.find(kWord);
  if (at == std::string::npos || text == "extension timezone") return std::nullopt;
  Place place{.owner = std::string(fact.owner)};
  if (at > 0) place.element = text.substr(0, at - 1);
  text.erase(0, at + kWord.size());
  const size_t comma = text.find(", ");
  place.name = text.substr(0, comma);
  if (comma != std::string::npos) place.inner = text.substr(comma + 2);
  return place;
}

bool IsExtension(const Value& extension, const std::string& name) {
  const std::string& url = extension["url"].text();
  return url == name || url == std::string(kPrefix) + name;
}

// ---- taking a fact out

bool RemoveExtensions(Value& element, const Place& place) {
  bool removed = false;
  if (!element["extension"].is_array()) return removed;
  auto& extensions = *element.Mutable("extension").mutable_items();
  if (place.inner.empty()) {
    removed = std::erase_if(extensions,
                            [&](const Value& each) { return IsExtension(each, place.name); }) > 0;
  } else {
    for (Value& each : extensions) {
      if (!IsExtension(each, place.name) || !each["extension"].is_array()) continue;
      removed =
          std::erase_if(*each.Mutable("extension").mutable_items(),
                        [&](const Value& inner) { return IsExtension(inner, place.inner); }) > 0 ||
          removed;
    }
  }
  if (extensions.empty()) element.Remove("extension");
  return removed;
}

// Whether there was something to take out.
bool TakeOut(Value& resource, const Place& place) {
  if (place.element.empty()) return RemoveExtensions(resource, place);
  if (resource[place.element].is_null()) return false;
  bool removed = false;
  for (Value& item : *resource.Mutable(place.element).mutable_items()) {
    removed = RemoveExtensions(item, place) || removed;
  }
  return removed;
}

std::optional<Given> Without(const Given& given, const Place& place,
                             const std::set<std::string>& owners) {
  Given less = given;
  bool removed = false;
  for (fhir::Resource& resource : less.resources) {
    if (!owners.contains("Resource") && !owners.contains(std::string(resource.type()))) continue;
    Value json = resource.json();
    if (!TakeOut(json, place)) continue;
    auto changed = fhir::Resource::From(std::move(json));
    EXPECT_TRUE(changed.ok()) << resource.Relative();
    if (!changed.ok()) continue;
    resource = std::move(changed).value();
    removed = true;
  }
  if (!removed) return std::nullopt;
  return less;
}

// ---- who may speak differently without it

std::set<std::string> Spoken(const Decision& decision) {
  std::set<std::string> spoken;
  for (const Reason& reason : decision.reasons) {
    spoken.insert(reason.rule + " " + std::string(Code(reason.effect)));
  }
  return spoken;
}

std::set<std::string> Changed(const Decision& before, const Decision& after) {
  const std::set<std::string> a = Spoken(before);
  const std::set<std::string> b = Spoken(after);
  std::vector<std::string> both;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  std::set<std::string> rules;
  for (const std::string& each : both) rules.insert(each.substr(0, each.find(' ')));
  return rules;
}

bool IsOneOf(std::string_view rule, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), rule) != list.end();
}

// M and C2 say what a message is; everything else is asked of the class.
bool Classifies(std::string_view rule) {
  return (rule.starts_with('M') && !IsOneOf(rule, {"M9", "M12", "M13", "M14"})) || rule == "C2";
}

// Nothing else is asked once one of these denies.
bool StopsAtOnce(std::string_view rule) {
  return IsOneOf(rule, {"D.1", "G1", "G2", "G5", "G6", "G6(clock)", "G7"});
}

bool EndedAtOnce(const Decision& decision) {
  return std::all_of(decision.reasons.begin(), decision.reasons.end(),
                     [](const Reason& reason) { return StopsAtOnce(reason.rule); });
}

bool JudgesAuthorization(std::string_view rule) {
  return (rule.starts_with('V') && rule != "V20") ||
         IsOneOf(rule, {"A.4", "A.5", "A.6(i)", "A.6(v)", "P2", "P3", "P5", "G5"});
}

bool IsSale(std::string_view rule) { return IsOneOf(rule, {"A.8", "S1", "S2"}); }

bool IsConsumerHealth(std::string_view rule) { return rule.starts_with("B5-"); }

bool IsPart2(std::string_view rule) { return rule.starts_with("B4-"); }

bool IsRepresentation(std::string_view rule) {
  return rule.size() == 2 && rule[0] == 'P';  // P1 to P5
}

// What a telephone consent opens, or the exemption that takes its place.
bool OpensTelephone(std::string_view rule) {
  return IsOneOf(rule, {"B1-1", "B1-2", "B1-3", "B1-4", "B1-5", "B1-6", "B1-7", "B1-8", "B1-9",
                        "B1-10", "B1-11", "B1-12", "B1-20"});
}

// The answer to the first decides whether, or how, the second is asked.
bool Precedes(std::string_view first, std::string_view second) {
  // The authorization with the fewest defects speaks; what needs one follows its verdict, and only
  // the wording of the one that permits is looked at.
  if (JudgesAuthorization(first) &&
      (JudgesAuthorization(second) ||
       IsOneOf(second, {"A.10", "A.13", "B4-1", "C7", "CM2", "CM3", "CM4", "M12", "M13", "M14",
                        "N2", "P4", "S1", "S2"}))) {
    return true;
  }
  // An exception makes the authorization unnecessary.
  if (IsOneOf(first, {"M9", "M12", "M13", "M14"}) && JudgesAuthorization(second)) return true;
  // A consent that says nothing leaves it to what holds without one.
  if (first == "C8" && second == "C.4") return true;
  if (IsOneOf(first, {"C8", "C.4"}) && second == "C7") return true;
  // A sale needs an authorization, nothing else a permission of its own.
  const bool permission = JudgesAuthorization(second) || IsOneOf(second, {"A.10", "C7", "N2"});
  if ((IsSale(first) || IsConsumerHealth(first)) && (permission || IsSale(second))) return true;
  if (IsConsumerHealth(first) && IsConsumerHealth(second)) return true;
  // Data has one origin: the law of Part 2, that of consumers, or neither.
  if (IsPart2(first) && (IsPart2(second) || second == "CM4" || second == "B5-4")) return true;
  if (IsRepresentation(first) && IsRepresentation(second)) return true;
  if (OpensTelephone(first) && OpensTelephone(second)) return true;
  // A confirmation of an opt-out is asked nothing else of the telephone.
  if (first == "B1-21" && second.starts_with("B1-")) return true;
  // What a person let go turns from REVIEW to PERMIT.
  if (first.starts_with("OV")) return true;
  // What a permit obliges to, and what a REVIEW lets persons lift.
  return second == "E.3" || second.starts_with("OV");
}

struct Readers {
  std::set<std::string> owners;
  std::set<std::string> facts;
  std::set<std::string> rules;

  // Whether `rule` may speak differently after than before.
  bool Explain(const std::string& rule, const Decision& before, const Decision& after) const {
    if (rules.contains(rule)) return true;
    const bool class_changed = before.message_class != after.message_class;
    const bool ended = EndedAtOnce(before) || EndedAtOnce(after);
    return std::any_of(rules.begin(), rules.end(), [&](const std::string& reader) {
      return (class_changed && Classifies(reader)) || (ended && StopsAtOnce(reader)) ||
             Precedes(reader, rule);
    });
  }
};

std::set<std::string> ReadersOf(std::string_view fact) {
  std::set<std::string> rules;
  for (const Rule& rule : Rules()) {
    std::istringstream reads{std::string(rule.reads)};
    for (std::string id; reads >> id;) {
      if (id == fact) rules.insert(std::string(rule.id));
    }
  }
  return rules;
}

// By the place of an extension: every fact that stands there, and every rule that reads one.
std::map<Place, Readers> ByPlace() {
  std::map<Place, Readers> places;
  for (const DeclaredFact& fact : DeclaredFacts()) {
    const auto place = PlaceOf(fact);
    if (!place) continue;
    Readers& readers = places[*place];
    readers.owners.insert(std::string(fact.owner));
    readers.facts.insert(std::string(fact.id));
    readers.rules.merge(ReadersOf(fact.id));
    readers.rules.merge(ReadersOf("any.element"));
    // The whole is read by who reads a part of it.
    if (!place->inner.empty()) continue;
    for (const DeclaredFact& other : DeclaredFacts()) {
      const auto part = PlaceOf(other);
      if (part && part->owner == place->owner && part->element == place->element &&
          part->name == place->name) {
        readers.rules.merge(ReadersOf(other.id));
      }
    }
  }
  return places;
}

std::vector<std::pair<std::string, Case>> AllCases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(kSource / "conformance/cases")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::pair<std::string, Case>> all;
  for (const auto& file : files) {
    auto cases = ReadCases(FileAsJson(file));
    if (!cases.ok()) continue;  // cases_test says so
    for (Case& each : *cases) {
      all.emplace_back(file.stem().string() + ": " + each.note, std::move(each));
    }
  }
  return all;
}

// ---- the table

TEST(FactsTest, EachIsDeclaredOnce) {
  std::set<std::string_view> seen;
  for (const DeclaredFact& fact : DeclaredFacts()) {
    EXPECT_TRUE(seen.insert(fact.id).second) << fact.id;
    EXPECT_FALSE(fact.element.empty()) << fact.id;
    EXPECT_FALSE(fact.purpose.empty()) << fact.id;
    EXPECT_FALSE(fact.allowed.empty()) << fact.id;
  }
}

TEST(FactsTest, StandInATypeOfFhirOrBesideIt) {
  for (const DeclaredFact& fact : DeclaredFacts()) {
    EXPECT_TRUE(IsOneOf(fact.owner, {"Given", "Programme", "Resource"}) ||
                fhir::IsResourceType(fact.owner))
        << fact.id << " stands in " << fact.owner;
  }
}

TEST(FactsTest, AreGroupedByOwner) {
  std::set<std::string_view> done;
  std::string_view owner;
  for (const DeclaredFact& fact : DeclaredFacts()) {
    if (fact.owner == owner) continue;
    EXPECT_TRUE(done.insert(fact.owner).second) << fact.owner;
    owner = fact.owner;
  }
}

TEST(FactsTest, EveryExampleIsJsonThatBearsTheNameOfItsExtension) {
  for (const DeclaredFact& fact : DeclaredFacts()) {
    if (fact.example.empty()) continue;
    const auto example = fhir::json::Parse(fact.example);
    ASSERT_TRUE(example.ok()) << fact.id;
    const auto place = PlaceOf(fact);
    if (!place) continue;
    const std::string url =
        place->inner.empty() ? std::string(kPrefix) + place->name : place->inner;
    EXPECT_EQ((*example)["url"].text(), url) << fact.id;
  }
}

TEST(FactsTest, EveryExtensionHasAProfileThatAllowsItThere) {
  // Where an element of these types stands in a resource.
  const std::map<std::string, std::string> kTypes{{"telecom", "ContactPoint"},
                                                  {"identifier", "Identifier"}};
  for (const DeclaredFact& fact : DeclaredFacts()) {
    const auto place = PlaceOf(fact);
    if (!place) continue;
    const auto file = kSource / "fhir/profiles" / (place->name + ".json");
    ASSERT_TRUE(std::filesystem::exists(file)) << fact.id;
    const Value profile = FileAsJson(file);
    std::set<std::string> allowed;
    for (const Value& context : profile["context"].items()) {
      allowed.insert(context["expression"].text());
    }
    std::string here = place->owner;
    if (const auto type = kTypes.find(place->element); type != kTypes.end()) {
      here = type->second;
    } else if (!place->element.empty()) {
      here += "." + place->element;
    }
    EXPECT_TRUE(allowed.contains(here) || allowed.contains("Element")) << fact.id << " at " << here;
    if (place->inner.empty()) continue;
    bool has_part = false;
    for (const Value& element : profile["differential"]["element"].items()) {
      has_part = has_part || element["sliceName"].text() == place->inner;
    }
    EXPECT_TRUE(has_part) << fact.id << " is no part of " << place->name;
  }
}

// ---- the cases

TEST(FactsTest, WithoutAFactOnlyItsReadersSpeakDifferently) {
  const auto places = ByPlace();
  std::map<std::string, std::map<std::string, std::string>> undeclared;  // fact -> rule -> case
  std::set<Place> shown;
  for (const auto& [name, each] : AllCases()) {
    const Decision before = Decide(each.given);
    for (const auto& [place, readers] : places) {
      const auto less = Without(each.given, place, readers.owners);
      if (!less) continue;
      shown.insert(place);
      const Decision after = Decide(*less);
      for (const std::string& rule : Changed(before, after)) {
        if (!readers.Explain(rule, before, after)) {
          undeclared[*readers.facts.begin()].try_emplace(rule, name);
        }
      }
    }
  }
  for (const auto& [fact, rules] : undeclared) {
    for (const auto& [rule, name] : rules) {
      ADD_FAILURE() << rule << " does not declare that it reads " << fact << " (" << name << ")";
    }
  }
  for (const auto& [place, readers] : places) {
    EXPECT_TRUE(shown.contains(place)) << *readers.facts.begin() << " stands in no case";
  }
}

}  // namespace
}  // namespace consent
