#include "fhir/terminology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/terminology_table.h"

namespace fhir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

constexpr char kClinical[] = "http://terminology.hl7.org/CodeSystem/condition-clinical";

TEST(TerminologyTest, AValueSetIsItsConcepts) {
  EXPECT_THAT(Expand("http://hl7.org/fhir/ValueSet/administrative-gender"),
              Optional(UnorderedElementsAre(
                  Concept{"http://hl7.org/fhir/administrative-gender", "male"},
                  Concept{"http://hl7.org/fhir/administrative-gender", "female"},
                  Concept{"http://hl7.org/fhir/administrative-gender", "other"},
                  Concept{"http://hl7.org/fhir/administrative-gender", "unknown"})));
  EXPECT_EQ(Expand("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")->size(), 4U);
  EXPECT_EQ(Expand("http://hl7.org/fhir/ValueSet/administrative-gender|5.0.0"), std::nullopt);
  EXPECT_EQ(Expand("http://hl7.org/fhir/ValueSet/condition-code"), std::nullopt);
  EXPECT_EQ(Expand(""), std::nullopt);
}

TEST(TerminologyTest, EverySetAndSystemOfTheTablesCanBeRead) {
  for (const ValueSetRow& row : ValueSetRows()) {
    const auto concepts = Expand(row.url);
    ASSERT_TRUE(concepts && !concepts->empty()) << row.url;
    for (const Concept& one : *concepts) EXPECT_FALSE(one.code.empty()) << row.url;
  }
  for (const CodeSystemRow& row : CodeSystemRows()) {
    const auto codes = CodesOf(row.url);
    ASSERT_TRUE(codes && !codes->empty()) << row.url;
  }
}

TEST(TerminologyTest, SubsumptionGoesBothWaysAndIncludesTheCode) {
  EXPECT_THAT(Below(kClinical, "active"), Optional(ElementsAre("active", "recurrence", "relapse")));
  EXPECT_THAT(Below(kClinical, "relapse"), Optional(ElementsAre("relapse")));
  EXPECT_THAT(Above(kClinical, "relapse"), Optional(ElementsAre("active", "relapse")));
  EXPECT_THAT(Above(kClinical, "inactive"), Optional(ElementsAre("inactive")));
  EXPECT_THAT(Below(kClinical, "asleep"), Optional(IsEmpty()));
  EXPECT_EQ(Below("http://snomed.info/sct", "1"), std::nullopt);
  EXPECT_EQ(Above("http://snomed.info/sct", "1"), std::nullopt);
}

// For every code of every system: what is above it has it below.
TEST(TerminologyTest, AboveIsBelowTurnedRound) {
  for (const char* system :
       {kClinical, "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "http://hl7.org/fhir/issue-type"}) {
    size_t above_itself = 0;
    const std::vector<std::string_view> codes = CodesOf(system).value();
    for (const std::string_view code : codes) {
      const std::vector<std::string_view> all_above = Above(system, code).value();
      const std::vector<std::string_view> all_below = Below(system, code).value();
      for (const std::string_view above : all_above) {
        above_itself += above == code ? 0 : 1;
        EXPECT_THAT(*Below(system, above), testing::Contains(code)) << system << " " << above;
      }
      for (const std::string_view below : all_below) {
        EXPECT_THAT(*Above(system, below), testing::Contains(code)) << system << " " << below;
      }
    }
    EXPECT_GT(above_itself, 0U) << system;
  }
}

}  // namespace
}  // namespace fhir
