#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/search/clauses.h"
#include "fhir/search/index_entries.h"
#include "fhir/search/keys.h"
#include "fhir/search/text.h"

namespace fhir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What the store does, as plainly as can be: the two halves of the seam meet here.
bool Holds(const Criterion& criterion, const Resource& resource, const SearchParameter& parameter) {
  using Test = Criterion::Test;
  if (criterion.test == Test::kId) return resource.id() == criterion.key;
  for (const IndexEntry& entry : IndexEntries(resource, parameter)) {
    using Kind = IndexEntry::Kind;
    if (criterion.test == Test::kTerm) {
      if (entry.kind == Kind::kTerm && entry.key == criterion.key) return true;
    } else if (criterion.test == Test::kPrefix) {
      if (entry.kind == Kind::kText && entry.key.starts_with(criterion.key)) return true;
    } else if (criterion.test == Test::kContains) {
      if (entry.kind == Kind::kText && entry.key.find(criterion.key) != std::string::npos)
        return true;
    } else if (entry.kind == Kind::kRange && entry.key == criterion.key) {
      if (criterion.low_from && !(entry.low >= *criterion.low_from)) continue;
      if (criterion.low_before && !(entry.low < *criterion.low_before)) continue;
      if (criterion.high_above && !(entry.high > *criterion.high_above)) continue;
      if (criterion.high_to && !(entry.high <= *criterion.high_to)) continue;
      return true;
    }
  }
  return false;
}

const Instant kNow = ParseInstant("2026-11-24T00:00:00Z").value();

Result<Clause> Ask(std::string_view type, std::string_view name, std::string_view value) {
  const size_t colon = name.find(':');
  const SearchParameter* parameter = FindSearchParameter(type, name.substr(0, colon));
  EXPECT_NE(parameter, nullptr) << name;
  const std::string_view modifier = colon == std::string_view::npos ? "" : name.substr(colon + 1);
  return ClauseOf({*parameter, modifier, value, kNow, "https://gateway.example/fhir/p"});
}

// Whether the search finds the resource.
bool Finds(std::string_view text, std::string_view name, std::string_view value) {
  const auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  auto clause = Ask(resource->type(), name, value);
  EXPECT_TRUE(clause.ok()) << name << "=" << value << ": " << clause.error().message;
  if (!clause.ok()) return false;
  const SearchParameter* parameter =
      FindSearchParameter(resource->type(), name.substr(0, name.find(':')));
  bool any = false;
  for (const Criterion& one : clause->any_of) any = any || Holds(one, *resource, *parameter);
  return any != clause->negated;
}

std::string Refused(std::string_view type, std::string_view name, std::string_view value) {
  auto clause = Ask(type, name, value);
  EXPECT_FALSE(clause.ok()) << name << "=" << value;
  if (clause.ok()) return "";
  EXPECT_EQ(clause.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(clause.error().message.find(std::string(value)), std::string::npos) << "names no value";
  return clause.error().findings.front().code;
}

std::string Born(const std::string& date) {
  return R"({"resourceType":"Patient","birthDate":")" + date + "\"}";
}
std::string Seen(const std::string& start, const std::string& end) {
  return R"({"resourceType":"Encounter","period":{"start":")" + start + R"(","end":")" + end +
         "\"}}";
}
std::string Weighs(const std::string& value) {
  return R"({"resourceType":"Observation","valueQuantity":{"value":)" + value +
         R"(,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}})";
}

// http://hl7.org/fhir/R4/search.html#prefix, the table of dates
TEST(SearchClausesTest, DatesWithEveryPrefix) {
  const struct {
    const char* asked;
    std::vector<std::string> found, missed;
  } rows[] = {
      {"2013-01-14", {Born("2013-01-14")}, {Born("2013-01"), Born("2013-01-15")}},
      {"eq2013-01", {Born("2013-01-14"), Born("2013-01")}, {Born("2013"), Born("2013-02-01")}},
      {"ne2013-01-14", {Born("2013-01-15"), Born("2013-01")}, {Born("2013-01-14")}},
      {"lt2013-01-14",
       {Born("2013-01-13"), Born("2013-01")},
       {Born("2013-01-14"), Born("2013-02")}},
      {"gt2013-01-14", {Born("2013-01-15"), Born("2013")}, {Born("2013-01-14"), Born("2012")}},
      {"ge2013-03-14", {Born("2013-03-14"), Born("2014")}, {Born("2013-03-13")}},
      {"le2013-03-14", {Born("2013-03-14"), Born("2012")}, {Born("2013-03-15")}},
      {"sa2013-03-14",
       {Born("2013-03-15")},
       {Born("2013-03-14"), Born("2013-03"), Born("2013-03-13")}},
      {"eb2013-03-14", {Born("2013-03-13")}, {Born("2013-03-14"), Born("2013-03")}},
      {"ap2013-03-14", {Born("2013-03-14"), Born("2013"), Born("2014-01-01")}, {Born("1950")}},
  };
  for (const auto& row : rows) {
    for (const auto& patient : row.found)
      EXPECT_TRUE(Finds(patient, "birthdate", row.asked)) << row.asked << patient;
    for (const auto& patient : row.missed)
      EXPECT_FALSE(Finds(patient, "birthdate", row.asked)) << row.asked << patient;
  }
}

TEST(SearchClausesTest, DatesAgainstPeriods) {
  const std::string stay = Seen("2026-01-05", "2026-01-20");
  for (const char* asked :
       {"2026-01", "gt2026-01-10", "lt2026-01-10", "ge2026-01-19", "le2026-01-06", "ap2026-01-10",
        "sa2026-01-04", "eb2026-01-21", "ne2026-01-10"}) {
    EXPECT_TRUE(Finds(stay, "date", asked)) << asked;
  }
  // ge and le as the page words them: what is above or below, or within; a stay that only ends on
  // the day asked for is neither.
  for (const char* asked : {"ge2026-01-20", "le2026-01-05", "2026-01-10", "gt2026-01-20",
                            "lt2026-01-05", "sa2026-01-05", "eb2026-01-20"}) {
    EXPECT_FALSE(Finds(stay, "date", asked)) << asked;
  }
}

TEST(SearchClausesTest, TimesToTheMinuteAndWithZones) {
  const std::string visit = Seen("2026-01-05T10:00:30Z", "2026-01-05T10:00:40Z");
  EXPECT_TRUE(Finds(visit, "date", "2026-01-05T10:00Z"));
  EXPECT_TRUE(Finds(visit, "date", "2026-01-05T10:00"));
  EXPECT_TRUE(Finds(visit, "date", "2026-01-05T12:00+02:00"));
  EXPECT_TRUE(Finds(visit, "date", "2026-01-05T12:00 02:00")) << "a plus that was not encoded";
  EXPECT_FALSE(Finds(visit, "date", "2026-01-05T10:01Z"));
  for (const char* bad : {"yesterday", "2026-13", "2026-02-30", "2026-01-05T", "gt", "xx2026"}) {
    EXPECT_EQ(Refused("Encounter", "date", bad), "value") << bad;
  }
}

// http://hl7.org/fhir/R4/search.html#number
TEST(SearchClausesTest, QuantitiesWithEveryPrefix) {
  const struct {
    const char* asked;
    std::vector<std::string> found, missed;
  } rows[] = {
      {"100", {"100", "99.5", "100.49", "100.0"}, {"99.49", "100.5", "101"}},
      {"100.00", {"100", "99.995", "100.004"}, {"100.005", "100.1"}},
      {"1e2", {"95", "104.9"}, {"94.9", "105"}},
      {"ne100", {"99.49", "100.5"}, {"100", "100.4"}},
      {"lt100", {"99.9", "-5"}, {"100", "100.1"}},
      {"le100", {"100", "99", "100.00"}, {"100.0001"}},
      {"gt100", {"100.0001", "1e3"}, {"100", "99"}},
      {"ge100", {"100", "100.0", "101"}, {"99.9999"}},
      {"sa100", {"101"}, {"100"}},
      {"eb100", {"99"}, {"100"}},
      {"ap100", {"90", "110", "100"}, {"89.9", "110.1"}},
      {"-5", {"-5", "-5.4"}, {"5", "-5.6"}},
      {"lt-5", {"-6"}, {"-5", "-4"}},
  };
  for (const auto& row : rows) {
    for (const auto& value : row.found)
      EXPECT_TRUE(Finds(Weighs(value), "value-quantity", row.asked)) << row.asked << " " << value;
    for (const auto& value : row.missed)
      EXPECT_FALSE(Finds(Weighs(value), "value-quantity", row.asked)) << row.asked << " " << value;
  }
}

TEST(SearchClausesTest, QuantitiesByUnit) {
  const std::string weight = Weighs("80.5");
  EXPECT_TRUE(Finds(weight, "value-quantity", "80.5|http://unitsofmeasure.org|kg"));
  EXPECT_TRUE(Finds(weight, "value-quantity", "gt80||kg"));
  EXPECT_FALSE(Finds(weight, "value-quantity", "80.5|http://unitsofmeasure.org|g"));
  EXPECT_EQ(Refused("Observation", "value-quantity", "heavy"), "value");
  EXPECT_EQ(Refused("Observation", "value-quantity", "5|kg"), "value");
}

TEST(SearchClausesTest, AComparatorIsARange) {
  const char* low =
      R"({"resourceType":"Observation","valueQuantity":{"value":5,"comparator":"<"}})";
  EXPECT_TRUE(Finds(low, "value-quantity", "lt4"));
  EXPECT_TRUE(Finds(low, "value-quantity", "gt4"));
  EXPECT_FALSE(Finds(low, "value-quantity", "gt5"));
  EXPECT_FALSE(Finds(low, "value-quantity", "ge5"));
}

const char* const kCoded =
    R"({"resourceType":"Task","id":"t1","status":"ready","identifier":[{"system":"urn:a","value":"1,2|3$4\\5",
   "type":{"coding":[{"system":"urn:t","code":"MR"}]}}],
   "code":{"coding":[{"system":"urn:s","code":"call","display":"Telephone Call"}],"text":"Ring the nurse"},
   "for":{"reference":"Patient/1","identifier":{"system":"urn:mrn","value":"m1"}},
   "focus":{"reference":"https://e.example/fhir/Claim/9"},
   "meta":{"profile":["http://x.example/fhir/StructureDefinition/a|1"],"source":"http://s.example/a/b"}})";

TEST(SearchClausesTest, TokensWithEveryForm) {
  EXPECT_TRUE(Finds(kCoded, "code", "call"));
  EXPECT_FALSE(Finds(kCoded, "code", "|call")) << "it has a system";
  const char* bare =
      R"({"resourceType":"Task","status":"ready","code":{"coding":[{"code":"call"}]}})";
  EXPECT_TRUE(Finds(bare, "code", "|call"));
  EXPECT_TRUE(Finds(bare, "code", "call"));
  EXPECT_FALSE(Finds(bare, "code", "urn:s|call"));
  EXPECT_TRUE(Finds(bare, "status", "|ready")) << "a code's system is not written";
  EXPECT_TRUE(Finds(kCoded, "code", "urn:s|call"));
  EXPECT_TRUE(Finds(kCoded, "code", "none,urn:s|call"));
  EXPECT_FALSE(Finds(kCoded, "code", "urn:other|call"));
  EXPECT_FALSE(Finds(kCoded, "code", "CALL")) << "codes are as they are written";
  EXPECT_FALSE(Finds(kCoded, "code:not", "call"));
  EXPECT_TRUE(Finds(kCoded, "code:not", "other"));
  EXPECT_FALSE(Finds(kCoded, "code:not", "other,call"));
  EXPECT_TRUE(Finds(kCoded, "code:text", "ring THE"));
  EXPECT_TRUE(Finds(kCoded, "code:text", "telephone"));
  EXPECT_FALSE(Finds(kCoded, "code:text", "nurse"));
  EXPECT_TRUE(Finds(kCoded, "identifier:of-type", R"(urn:t|MR|1\,2\|3\$4\\5)"));
  EXPECT_FALSE(Finds(kCoded, "identifier:of-type", R"(urn:t|XX|1\,2\|3\$4\\5)"));
  EXPECT_TRUE(Finds(kCoded, "_id", "t1"));
  EXPECT_FALSE(Finds(kCoded, "_id", "t2"));
  EXPECT_TRUE(Finds(kCoded, "status", "http://hl7.org/fhir/task-status|ready"))
      << "its binding's system";
  EXPECT_FALSE(Finds(kCoded, "status", "http://elsewhere.example|ready"));
}

TEST(SearchClausesTest, ASystemAloneIsAnyCodeOfIt) {
  EXPECT_TRUE(Finds(kCoded, "code", "urn:s|"));
  EXPECT_FALSE(Finds(kCoded, "code", "urn:t|"));
  EXPECT_FALSE(Finds(kCoded, "code:not", "urn:s|"));
  EXPECT_TRUE(Finds(kCoded, "code:not", "urn:t|"));
  EXPECT_TRUE(Finds(kCoded, "identifier", "urn:a|"));
  EXPECT_FALSE(Finds(kCoded, "identifier", "urn:t|")) << "that is the system of its type";
  EXPECT_TRUE(Finds(kCoded, "subject:identifier", "urn:mrn|"));
  EXPECT_FALSE(Finds(kCoded, "subject:identifier", "urn:a|"));
  const char* systems_only =
      R"({"resourceType":"Task","status":"ready","code":{"coding":[{"system":"urn:s"}]}})";
  EXPECT_TRUE(Finds(systems_only, "code", "urn:s|")) << "the system matches, whatever the code";
  EXPECT_TRUE(Finds(kCoded, "status", "http://hl7.org/fhir/task-status|"));
  EXPECT_FALSE(Finds(kCoded, "status", "http://elsewhere.example|"));
  EXPECT_TRUE(Finds(kCoded, "status:not", "http://elsewhere.example|"));
  EXPECT_EQ(Refused("Task", "code", "|"), "value");
  EXPECT_EQ(Refused("Task", "intent", "http://hl7.org/fhir/request-intent|"), "value")
      << "its codes are of several systems";
  EXPECT_EQ(Refused("Patient", "telecom", "phone|"), "value");
  EXPECT_EQ(Refused("Observation", "code-value-quantity", "urn:l|$5"), "value");
}

const char* const kCondition =
    R"({"resourceType":"Condition","subject":{"reference":"Patient/1"},
   "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical",
   "code":"relapse"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"1"}]}})";

TEST(SearchClausesTest, CodesInAValueSetAndNot) {
  const std::string sets = "http://hl7.org/fhir/ValueSet/";
  EXPECT_TRUE(Finds(kCoded, "status:in", sets + "task-status"));
  EXPECT_TRUE(Finds(kCoded, "status:in", sets + R"(task-status\|4.0.1)"));
  EXPECT_FALSE(Finds(kCoded, "status:not-in", sets + "task-status"));
  EXPECT_FALSE(Finds(kCoded, "status:in", sets + "administrative-gender"))
      << "another system's codes";
  EXPECT_TRUE(Finds(kCoded, "status:not-in", sets + "administrative-gender"));
  EXPECT_TRUE(Finds(kCondition, "clinical-status:in", sets + "condition-clinical"));
  EXPECT_FALSE(Finds(kCondition, "clinical-status:in", sets + "condition-ver-status"));
  EXPECT_TRUE(Finds(kCondition, "clinical-status:in",
                    sets + "condition-ver-status," + sets + "condition-clinical"));
  EXPECT_FALSE(Finds(kCondition, "code:in", sets + "condition-clinical"));
  EXPECT_TRUE(Finds(R"({"resourceType":"Condition"})", "clinical-status:not-in",
                    sets + "condition-clinical"))
      << "no value is in no set";
  EXPECT_EQ(Refused("Condition", "code:in", "http://elsewhere.example/ValueSet/x"), "not-found");
  EXPECT_EQ(Refused("Condition", "code:in", sets + "condition-code"), "not-found")
      << "SNOMED CT is not held";
  EXPECT_EQ(Refused("Condition", "code:not-in", "condition-clinical"), "not-found");
  EXPECT_EQ(Refused("Task", "intent:in", sets + "task-intent"), "not-supported");
}

TEST(SearchClausesTest, CodesAboveAndBelow) {
  const std::string clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical|";
  EXPECT_TRUE(Finds(kCondition, "clinical-status:below", clinical + "active"));
  EXPECT_TRUE(Finds(kCondition, "clinical-status:below", clinical + "relapse"));
  EXPECT_FALSE(Finds(kCondition, "clinical-status:below", clinical + "inactive"));
  EXPECT_FALSE(Finds(kCondition, "clinical-status:above", clinical + "active"));
  EXPECT_TRUE(Finds(kCondition, "clinical-status:above", clinical + "relapse"));
  const char* corrected = R"({"resourceType":"Observation","status":"corrected"})";
  EXPECT_TRUE(Finds(corrected, "status:below", "amended")) << "its system is that of its binding";
  EXPECT_TRUE(Finds(corrected, "status:below", "http://hl7.org/fhir/observation-status|amended"));
  EXPECT_FALSE(Finds(corrected, "status:below", "final"));
  EXPECT_TRUE(
      Finds(R"({"resourceType":"Observation","status":"amended"})", "status:above", "corrected"));
  EXPECT_FALSE(Finds(corrected, "status:below", "http://hl7.org/fhir/request-intent|order"));
  EXPECT_EQ(Refused("Condition", "code:below", "http://snomed.info/sct|1"), "not-supported");
  EXPECT_EQ(Refused("Condition", "clinical-status:below", clinical + "asleep"), "value");
  EXPECT_EQ(Refused("Condition", "clinical-status:above", "active"), "value");
  EXPECT_EQ(Refused("Condition", "clinical-status:below", clinical), "value");
}

TEST(SearchClausesTest, EscapesAreReadOnce) {
  EXPECT_TRUE(Finds(kCoded, "identifier", R"(urn:a|1\,2\|3\$4\\5)"));
  EXPECT_EQ(Refused("Task", "identifier", R"(a\b)"), "value");
  EXPECT_EQ(Refused("Task", "identifier", R"(a\)"), "value");
  EXPECT_EQ(Refused("Task", "identifier", "a|b|c"), "value");
  EXPECT_EQ(Refused("Task", "identifier", "a,,b"), "value");
}

TEST(SearchClausesTest, MissingForEveryKind) {
  const char* empty = R"({"resourceType":"Task","status":"ready"})";
  for (const char* name : {"code", "patient", "identifier", "_profile", "_source"}) {
    EXPECT_TRUE(Finds(kCoded, std::string(name) + ":missing", "false")) << name;
    EXPECT_FALSE(Finds(kCoded, std::string(name) + ":missing", "true")) << name;
    EXPECT_TRUE(Finds(empty, std::string(name) + ":missing", "true")) << name;
    EXPECT_FALSE(Finds(empty, std::string(name) + ":missing", "false")) << name;
  }
  EXPECT_FALSE(Finds(empty, "status:missing", "true")) << "R4 demands one";
  EXPECT_TRUE(Finds(empty, "status:missing", "false"));
  EXPECT_TRUE(Finds(Born("1970"), "birthdate:missing", "false"));
  EXPECT_TRUE(Finds(Weighs("1"), "value-quantity:missing", "false"));
  EXPECT_TRUE(Finds(R"({"resourceType":"Patient"})", "family:missing", "true"));
  EXPECT_EQ(Refused("Patient", "family:missing", "maybe"), "value");
}

TEST(SearchClausesTest, StringsWithEveryModifier) {
  const char* eve = R"({"resourceType":"Patient","name":[{"family":"Év Ames","given":["Eve"]}]})";
  EXPECT_TRUE(Finds(eve, "family", "ev"));
  EXPECT_TRUE(Finds(eve, "family", "EV  A"));
  EXPECT_FALSE(Finds(eve, "family", "ames"));
  EXPECT_TRUE(Finds(eve, "family:contains", "AME"));
  EXPECT_FALSE(Finds(eve, "family:contains", "amex"));
  EXPECT_TRUE(Finds(eve, "family:exact", "Év Ames"));
  EXPECT_FALSE(Finds(eve, "family:exact", "ev ames"));
  EXPECT_FALSE(Finds(eve, "family:exact", "Év"));
  EXPECT_TRUE(Finds(eve, "name", "eve"));
}

TEST(SearchClausesTest, References) {
  EXPECT_TRUE(Finds(kCoded, "patient", "1"));
  EXPECT_TRUE(Finds(kCoded, "patient", "Patient/1"));
  EXPECT_TRUE(Finds(kCoded, "subject:Patient", "1"));
  EXPECT_TRUE(Finds(kCoded, "patient", "https://gateway.example/fhir/p/Patient/1"));
  EXPECT_FALSE(Finds(kCoded, "patient", "https://other.example/fhir/p/Patient/1"));
  EXPECT_TRUE(Finds(kCoded, "focus", "https://e.example/fhir/Claim/9"));
  EXPECT_FALSE(Finds(kCoded, "focus", "Claim/9"));
  EXPECT_TRUE(Finds(kCoded, "subject:identifier", "urn:mrn|m1"));
  EXPECT_TRUE(Finds(kCoded, "subject:identifier", "m1"));
  EXPECT_EQ(Refused("Task", "subject", "1"), "value") << "any type: it must be said";
  EXPECT_EQ(Refused("Task", "patient:Group", "1"), "not-supported");
  EXPECT_EQ(Refused("Task", "subject:Patient", "Group/1"), "value");
  const char* sent =
      R"({"resourceType":"Communication","instantiatesCanonical":["http://x.example/A|2"]})";
  EXPECT_TRUE(Finds(sent, "instantiates-canonical", "http://x.example/A"));
  EXPECT_TRUE(Finds(sent, "instantiates-canonical", R"(http://x.example/A\|2)"));
}

TEST(SearchClausesTest, UrisAboveAndBelow) {
  EXPECT_TRUE(Finds(kCoded, "_source", "http://s.example/a/b"));
  EXPECT_FALSE(Finds(kCoded, "_source", "http://s.example/a"));
  EXPECT_TRUE(Finds(kCoded, "_source:below", "http://s.example/a"));
  EXPECT_TRUE(Finds(kCoded, "_source:below", "http://s.example/a/"));
  EXPECT_TRUE(Finds(kCoded, "_source:below", "http://s.example/a/b"));
  EXPECT_FALSE(Finds(kCoded, "_source:below", "http://s.example/a/bc"));
  EXPECT_TRUE(Finds(kCoded, "_source:above", "http://s.example/a/b/c/d"));
  EXPECT_FALSE(Finds(kCoded, "_source:above", "http://s.example/a/bc"));
  EXPECT_TRUE(Finds(kCoded, "_profile", "http://x.example/fhir/StructureDefinition/a"));
  EXPECT_TRUE(Finds(kCoded, "_profile", R"(http://x.example/fhir/StructureDefinition/a\|1)"));
  EXPECT_FALSE(Finds(kCoded, "_profile", R"(http://x.example/fhir/StructureDefinition/a\|2)"));
}

TEST(SearchClausesTest, Composites) {
  const char* observation =
      R"({"resourceType":"Observation","code":{"coding":[{"system":"urn:l","code":"w"}]},
      "valueQuantity":{"value":80.5,"code":"kg"},
      "component":[{"code":{"coding":[{"code":"x"}]},"valueCodeableConcept":{"coding":[{"code":"y"}]}}]})";
  EXPECT_TRUE(Finds(observation, "code-value-quantity", "urn:l|w$gt80"));
  EXPECT_TRUE(Finds(observation, "code-value-quantity", "w$80.5||kg"));
  EXPECT_FALSE(Finds(observation, "code-value-quantity", "w$lt80"));
  EXPECT_FALSE(Finds(observation, "code-value-quantity", "other$gt80"));
  EXPECT_TRUE(Finds(observation, "component-code-value-concept", "x$y"));
  EXPECT_FALSE(Finds(observation, "component-code-value-concept", "w$y"));
  EXPECT_EQ(Refused("Observation", "code-value-quantity", "w"), "value");
  const char* document = R"({"resourceType":"DocumentReference","relatesTo":[{"code":"appends",
      "target":{"reference":"DocumentReference/d1"}}]})";
  EXPECT_TRUE(Finds(document, "relationship", "appends$DocumentReference/d1"));
}

TEST(SearchClausesTest, AStringAtTheEndOfACompositeIsComparedByItsBeginning) {
  const char* observation = R"({"resourceType":"Observation","valueString":"Très Bien",
      "code":{"coding":[{"system":"urn:l","code":"w"}]}})";
  for (const char* value : {"w$tr", "urn:l|w$TRES b", "w$Très Bien", "x$y,w$tres"}) {
    EXPECT_TRUE(Finds(observation, "code-value-string", value)) << value;
  }
  for (const char* value : {"w$bien", "v$tr", "w$tres biens"}) {
    EXPECT_FALSE(Finds(observation, "code-value-string", value)) << value;
  }
  EXPECT_EQ(Refused("Observation", "code-value-string", "w$ "), "value");
}

TEST(SearchClausesTest, ContactPoints) {
  const char* patient =
      R"({"resourceType":"Patient","telecom":[{"system":"phone","value":"(206) 555-0100"}]})";
  EXPECT_TRUE(Finds(patient, "phone", "206-555-0100"));
  EXPECT_TRUE(Finds(patient, "telecom", "phone|2065550100"));
  EXPECT_FALSE(Finds(patient, "email", "206-555-0100"));
}

TEST(SearchClausesTest, ModifiersAreRefusedWhereR4HasNone) {
  EXPECT_EQ(Refused("Task", "identifier:in", "http://vs"), "not-supported");
  EXPECT_EQ(Refused("Task", "_id:not-in", "http://vs"), "not-supported");
  EXPECT_EQ(Refused("Patient", "active:below", "true"), "not-supported");
  EXPECT_EQ(Refused("Patient", "phone:above", "1"), "not-supported");
  EXPECT_EQ(Refused("Task", "code:exact", "x"), "not-supported");
  EXPECT_EQ(Refused("Patient", "birthdate:exact", "2020"), "not-supported");
  EXPECT_EQ(Refused("Patient", "family:fuzzy", "x"), "not-supported");
  EXPECT_EQ(Refused("Patient", "family:not", "x"), "not-supported");
}

TEST(SearchClausesTest, BelowACanonicalAreTheVersionsThatBeginSo) {
  const char* sent =
      R"({"resourceType":"Communication","instantiatesCanonical":["http://x/A|3.1.2"]})";
  const char* name = "instantiates-canonical:below";
  for (const char* above : {"http://x/A|3", "http://x/A|3.1", "http://x/A|3.1.2", "http://x/A"}) {
    EXPECT_TRUE(Finds(sent, name, above)) << above;
  }
  for (const char* other : {"http://x/A|3.1.2.0", "http://x/A|3.", "http://x/A|31", "http://x/A|1",
                            "http://x/B|3", "http://x/"}) {
    EXPECT_FALSE(Finds(sent, name, other)) << other;
  }
  EXPECT_EQ(Refused("Communication", name, "http://x/A|"), "value");
  EXPECT_EQ(Refused("Communication", "subject:below", "Patient/1"), "not-supported");
}

}  // namespace
}  // namespace fhir
