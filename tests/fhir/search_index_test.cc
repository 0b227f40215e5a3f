#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/search/index_entries.h"
#include "fhir/search/keys.h"

namespace fhir {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

Resource Read(std::string_view text) {
  auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  return resource.ok() ? *resource : Resource();
}

std::vector<IndexEntry> EntriesOf(std::string_view text, std::string_view parameter) {
  const Resource resource = Read(text);
  const SearchParameter* found = FindSearchParameter(resource.type(), parameter);
  EXPECT_NE(found, nullptr) << parameter;
  return found != nullptr ? IndexEntries(resource, *found) : std::vector<IndexEntry>{};
}

// Terms and texts; a text ends at what is compared.
std::vector<std::string> KeysOf(std::string_view text, std::string_view parameter) {
  std::vector<std::string> keys;
  for (const IndexEntry& entry : EntriesOf(text, parameter)) {
    keys.push_back(entry.kind == IndexEntry::Kind::kText
                       ? "text:" + entry.key.substr(0, entry.key.find('\x1f'))
                       : entry.key);
  }
  return keys;
}

// "2026-01-01T00:00:00.000Z/2026-01-02T00:00:00.000Z"
std::vector<std::string> SpansOf(std::string_view text, std::string_view parameter) {
  const auto time = [](const std::string& bytes) {
    uint64_t bits = 0;
    for (char c : bytes) bits = bits << 8 | static_cast<unsigned char>(c);
    const Instant at{std::chrono::milliseconds(static_cast<int64_t>(bits ^ (uint64_t{1} << 63)))};
    return at == Instant::min()   ? "-"
           : at == Instant::max() ? "+"
                                  : FormatInstant(at).substr(0, 16);
  };
  std::vector<std::string> spans;
  for (const IndexEntry& entry : EntriesOf(text, parameter)) {
    spans.push_back(std::string(time(entry.low)) + "/" + std::string(time(entry.high)));
  }
  return spans;
}

TEST(SearchIndexTest, TokensOfEveryType) {
  EXPECT_THAT(KeysOf(R"({"resourceType":"Patient","identifier":[{"system":"urn:mrn","value":"1",
                        "type":{"coding":[{"system":"urn:t","code":"MR"}],"text":"Record No"}}]})",
                     "identifier"),
              UnorderedElementsAre("urn:mrn|1", "|1", "urn:mrn|", "#present", "#of-type|urn:t|MR|1",
                                   "text:record no"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"Patient","gender":"female"})", "gender"),
              UnorderedElementsAre("|female", "#present"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"Patient","active":false})", "active"),
              UnorderedElementsAre("|false", "#present"));
  EXPECT_THAT(
      KeysOf(
          R"({"resourceType":"Task","code":{"coding":[{"system":"s","code":"c","display":"Ring Up"}],
                        "text":"Call"}})",
          "code"),
      UnorderedElementsAre("s|c", "|c", "s|", "text:ring up", "text:call", "#present"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"Task","code":{"text":"only text"}})", "code"),
              UnorderedElementsAre("text:only text", "#present"));
  EXPECT_THAT(
      KeysOf(R"({"resourceType":"Patient","meta":{"tag":[{"system":"s","code":"t"}]}})", "_tag"),
      UnorderedElementsAre("s|t", "|t", "s|", "#present"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"Task","status":"ready"})", "status"),
              UnorderedElementsAre("|ready"));  // R4 demands it: no #present
}

TEST(SearchIndexTest, ContactPointsAsPeopleWriteThem) {
  const char* patient =
      R"({"resourceType":"Patient","telecom":[{"system":"phone","value":"+1 (206) 555-0100"},
                            {"system":"email","value":"Ada@Example.ORG"},{"system":"url","value":"https://x"}]})";
  EXPECT_THAT(KeysOf(patient, "phone"), UnorderedElementsAre("|+12065550100", "#present"));
  EXPECT_THAT(KeysOf(patient, "email"), UnorderedElementsAre("|ada@example.org", "#present"));
}

TEST(SearchIndexTest, StringsInNamesAndAddresses) {
  const char* patient =
      R"({"resourceType":"Patient","name":[{"family":"Müller","given":["Ada","Bea"],
      "prefix":["Dr."]}],"address":[{"line":["1 High St"],"city":"Köln","postalCode":"50667"}]})";
  EXPECT_THAT(KeysOf(patient, "family"), UnorderedElementsAre("text:muller"));
  EXPECT_THAT(KeysOf(patient, "given"), UnorderedElementsAre("text:ada", "text:bea"));
  EXPECT_THAT(KeysOf(patient, "name"),
              UnorderedElementsAre("text:muller", "text:ada", "text:bea", "text:dr."));
  EXPECT_THAT(KeysOf(patient, "address"),
              UnorderedElementsAre("text:1 high st", "text:koln", "text:50667"));
}

TEST(SearchIndexTest, References) {
  EXPECT_THAT(
      KeysOf(R"({"resourceType":"Task","for":{"reference":"Patient/1/_history/3"}})", "patient"),
      UnorderedElementsAre("Patient/1", "#present"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"Task","for":{"reference":"Group/1"}})", "patient"),
              IsEmpty());
  EXPECT_THAT(
      KeysOf(R"({"resourceType":"Task","for":{"reference":"https://e.example/fhir/Patient/1",
                        "identifier":{"system":"s","value":"v"}}})",
             "subject"),
      UnorderedElementsAre("https://e.example/fhir/Patient/1", "#identifier|s|v", "#identifier||v",
                           "#identifier|s|", "#present"));
  EXPECT_THAT(
      KeysOf(R"({"resourceType":"Communication","instantiatesCanonical":["http://x/A|2"]})",
             "instantiates-canonical"),
      UnorderedElementsAre("http://x/A|2", "http://x/A", "#below|http://x/A|2", "#present"));
  EXPECT_THAT(
      KeysOf(R"({"resourceType":"Communication","instantiatesCanonical":["http://x.y/A|2.1-b.3"]})",
             "instantiates-canonical"),
      UnorderedElementsAre("http://x.y/A|2.1-b.3", "http://x.y/A", "#below|http://x.y/A|2",
                           "#below|http://x.y/A|2.1-b", "#below|http://x.y/A|2.1-b.3", "#present"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"Communication","instantiatesCanonical":["http://x/A"]})",
                     "instantiates-canonical"),
              UnorderedElementsAre("http://x/A", "http://x/A|", "#present"));
  EXPECT_THAT(
      KeysOf(R"({"resourceType":"MedicationRequest","medicationCodeableConcept":{"text":"x"}})",
             "medication"),
      IsEmpty());
}

TEST(SearchIndexTest, AContainedResourceIsIndexedUnderTheReferenceToIt) {
  const auto entries =
      IndexEntries(*Resource::Parse(R"({"resourceType":"MedicationRequest","status":"active",
          "medicationReference":{"reference":"#m"},
          "contained":[{"resourceType":"Medication","id":"m","status":"active",
                        "code":{"coding":[{"system":"s","code":"c"}]}},
                       {"resourceType":"Medication","id":"other",
                        "code":{"coding":[{"system":"s","code":"unreferred"}]}}]})"),
                   IndexPlan::Default());
  std::vector<std::string> keys;
  for (const IndexEntry& entry : entries) {
    EXPECT_EQ(entry.key.find("unreferred"), std::string::npos);
    if (entry.parameter == "medication:Medication.code") keys.push_back(entry.key);
    EXPECT_NE(entry.parameter, "code") << "its own code is none";
  }
  EXPECT_THAT(keys, UnorderedElementsAre("s|c", "|c", "s|", "#present"));
}

TEST(SearchIndexTest, UrisAreTexts) {
  const auto entries =
      EntriesOf(R"({"resourceType":"ActivityDefinition","url":"http://x/A"})", "url");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.front().kind, IndexEntry::Kind::kText);
  EXPECT_EQ(entries.front().key, "http://x/A\x1f");
}

// http://hl7.org/fhir/R4/search.html#date
TEST(SearchIndexTest, DatesCoverWhatTheirPrecisionSays) {
  const auto birth = [](const std::string& date) {
    return SpansOf(R"({"resourceType":"Patient","birthDate":")" + date + "\"}", "birthdate");
  };
  EXPECT_THAT(birth("2026"), UnorderedElementsAre("2026-01-01T00:00/2027-01-01T00:00"));
  EXPECT_THAT(birth("2026-02"), UnorderedElementsAre("2026-02-01T00:00/2026-03-01T00:00"));
  EXPECT_THAT(birth("2024-02-29"), UnorderedElementsAre("2024-02-29T00:00/2024-03-01T00:00"));
  EXPECT_THAT(
      SpansOf(R"({"resourceType":"Consent","provision":{},"dateTime":"2026-01-01T23:30:00-03:30"})",
              "date"),
      UnorderedElementsAre("2026-01-02T03:00/2026-01-02T03:00"));
}

TEST(SearchIndexTest, PeriodsAndTimings) {
  const auto encounter = [](const std::string& period) {
    return SpansOf(R"({"resourceType":"Encounter","period":)" + period + "}", "date");
  };
  EXPECT_THAT(encounter(R"({"start":"2026-01-05","end":"2026-01-07"})"),
              UnorderedElementsAre("2026-01-05T00:00/2026-01-08T00:00"));
  EXPECT_THAT(encounter(R"({"start":"2026-01-05"})"), UnorderedElementsAre("2026-01-05T00:00/+"));
  EXPECT_THAT(encounter(R"({"end":"2026"})"), UnorderedElementsAre("-/2027-01-01T00:00"));
  EXPECT_THAT(encounter(R"({"start":"2026-02-01","end":"2026-01-01"})"), IsEmpty());
  EXPECT_THAT(encounter("{}"), IsEmpty());
  EXPECT_THAT(
      SpansOf(
          R"({"resourceType":"ServiceRequest","occurrenceTiming":{"event":["2026-01-09","2026-01-02"],
                         "repeat":{"boundsPeriod":{"start":"2026","end":"2026"}}}})",
          "occurrence"),
      UnorderedElementsAre("2026-01-02T00:00/2026-01-10T00:00",
                           "2026-01-01T00:00/2027-01-01T00:00"));
}

TEST(SearchIndexTest, QuantitiesByUnitAndBySystem) {
  std::vector<std::string> keys;
  for (const IndexEntry& entry : EntriesOf(
           R"({"resourceType":"Observation","valueQuantity":{"value":5.40,"unit":"milligram",
               "system":"http://unitsofmeasure.org","code":"mg"}})",
           "value-quantity")) {
    EXPECT_EQ(entry.kind, IndexEntry::Kind::kRange);
    EXPECT_EQ(entry.low, Decimal::Parse("5.4")->Ordered());
    EXPECT_EQ(entry.high, AfterDecimal(*Decimal::Parse("5.4")));
    keys.push_back(entry.key);
  }
  EXPECT_THAT(keys, UnorderedElementsAre("", "|milligram", "|mg", "http://unitsofmeasure.org|mg"));
}

TEST(SearchIndexTest, AComparatorOpensAnEnd) {
  const auto entries =
      EntriesOf(R"({"resourceType":"Observation","valueQuantity":{"value":5,"comparator":"<"}})",
                "value-quantity");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.front().low, LowestDecimal());
  EXPECT_EQ(entries.front().high, Decimal::Parse("5")->Ordered());
}

TEST(SearchIndexTest, CompositesHaveEveryCombination) {
  const char* observation =
      R"({"resourceType":"Observation","code":{"coding":[{"system":"s","code":"a"}]},
      "valueQuantity":{"value":7,"code":"mg"}})";
  EXPECT_THAT(KeysOf(observation, "code-value-quantity"),
              UnorderedElementsAre("s|a$", "s|a$|mg", "|a$", "|a$|mg"));
  EXPECT_THAT(
      KeysOf(
          R"({"resourceType":"Observation","code":{"coding":[{"code":"a"}]},"valueString":"Très Bien"})",
          "code-value-string"),
      UnorderedElementsAre("text:|a$tres bien", "text:||a$tres bien"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"Observation","code":{"coding":[{"code":"a"}]}})",
                     "code-value-quantity"),
              IsEmpty());
}

TEST(SearchIndexTest, APlanSaysWhatAWholeResourcePutsIn) {
  const Resource patient = Read(R"({"resourceType":"Patient","id":"1","active":true,"gender":"male",
      "identifier":[{"system":"s","value":"1"}],"name":[{"family":"A","given":["B"]}],"birthDate":"1970"})");
  std::vector<std::string> names;
  for (const IndexEntry& entry : IndexEntries(patient, IndexPlan::Default()))
    names.push_back(entry.parameter);
  // The index is paid for at every write: these and no more.
  EXPECT_THAT(names, UnorderedElementsAre("identifier", "identifier", "identifier", "identifier",
                                          "family", "given", "birthdate"));
}

TEST(SearchIndexTest, ReferencesToFollow) {
  const Resource task =
      Read(R"({"resourceType":"Task","focus":{"reference":"Claim/1","identifier":{"value":"x"}}})");
  EXPECT_THAT(ReferencesOf(task, *FindSearchParameter("Task", "focus")),
              UnorderedElementsAre("Claim/1"));
}

TEST(SearchIndexTest, ATokenOrReferenceSortsByItsSmallestOrLargestValue) {
  const Resource task = Read(R"({"resourceType":"Task","status":"ready",
      "code":{"coding":[{"system":"z","code":"b"},{"code":"a"},{"system":"y"}],"text":"x"},
      "identifier":[{"system":"s","value":"2"}],"for":{"reference":"Patient/1"}})");
  const auto value = [&](const char* parameter, bool largest) {
    return SortValueOf(task, *FindSearchParameter("Task", parameter), largest).value_or("none");
  };
  EXPECT_EQ(value("code", false), "a");
  EXPECT_EQ(value("code", true), "b");
  EXPECT_EQ(value("status", false), "ready");
  EXPECT_EQ(value("identifier", true), "2");
  EXPECT_EQ(value("subject", false), "Patient/1");
  EXPECT_EQ(value("owner", false), "none");
}

}  // namespace
}  // namespace fhir
