#include "fhir/schema.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "fhir/reference.h"
#include "fhir/schema_table.h"

namespace fhir {
namespace {

TEST(SchemaTest, AllTypesOfR4AreThereAndNoOthers) {
  EXPECT_EQ(ResourceTypes().size(), 146u);
  for (std::string_view type : ResourceTypes()) {
    ASSERT_NE(FindStructure(type), nullptr) << type;
    EXPECT_TRUE(IsResourceType(type));
  }
  EXPECT_FALSE(IsResourceType("SubscriptionStatus"));  // R4B, which the package mixes in
  EXPECT_FALSE(IsResourceType("DomainResource"));
  EXPECT_FALSE(IsResourceType("patient"));
  EXPECT_EQ(FindStructure("patient"), nullptr);
}

TEST(SchemaTest, EveryRowLeadsToWhatItNames) {
  for (const StructureRow& row : StructureRows()) {
    const Structure* structure = FindStructure(row.name);
    ASSERT_NE(structure, nullptr) << row.name;
    EXPECT_TRUE(row.base.empty() || FindStructure(row.base) != nullptr) << row.name;
    for (const ElementRule& rule : structure->elements) {
      EXPECT_LT(rule.index, Structure::kMostElements) << row.name;
      EXPECT_TRUE(rule.primitive || rule.structure() != nullptr || rule.name == "contained" ||
                  rule.name == "resource" || rule.name == "outcome")
          << row.name << "." << rule.member;
    }
  }
}

TEST(SchemaTest, EveryBindingHasCodes) {
  for (const StructureRow& row : StructureRows()) {
    std::string_view rest = row.elements;
    for (size_t at = rest.find('='); at != std::string_view::npos; at = rest.find('=')) {
      rest.remove_prefix(at + 1);
      const std::string_view name = rest.substr(0, rest.find_first_of(" ,!*+"));
      EXPECT_TRUE(ValueSet(name).is_bound()) << row.name << " " << name;
    }
  }
}

TEST(SchemaTest, CardinalityTypesTargetsAndChoicesAreRead) {
  const Structure* patient = FindStructure("Patient");
  ASSERT_NE(patient, nullptr);
  EXPECT_TRUE(patient->Find("name")->repeats);
  EXPECT_EQ(patient->Find("name")->structure(), FindStructure("HumanName"));
  EXPECT_EQ(patient->Find("deceasedBoolean")->name, "deceased");
  EXPECT_EQ(patient->Find("deceasedBoolean")->index, patient->Find("deceasedDateTime")->index);
  EXPECT_EQ(patient->Find("managingOrganization")->targets, "Organization");
  EXPECT_TRUE(patient->Find("gender")->codes.Has("other"));
  EXPECT_NE(patient->Find("modifierExtension"), nullptr);
  EXPECT_EQ(patient->Find("deceased"), nullptr);
  EXPECT_TRUE(patient->Find("name")->in_summary);
  EXPECT_FALSE(patient->Find("contact")->in_summary);
  EXPECT_FALSE(FindStructure("Attachment")->Find("data")->in_summary);
  // a content reference, and a profile of a data type
  const Structure* provision = FindStructure("Consent.provision");
  EXPECT_EQ(provision->Find("provision")->structure(), provision);
  EXPECT_EQ(FindStructure("Dosage.doseAndRate")->Find("doseQuantity")->structure(),
            FindStructure("SimpleQuantity"));
  EXPECT_NE(FindStructure("Extension")->Find("valueDosage"), nullptr);
}

TEST(SchemaTest, BasesAreThoseOfTheDefinitions) {
  EXPECT_EQ(FindStructure("Bundle")->Find("contained"), nullptr);
  EXPECT_EQ(FindStructure("HumanName")->Find("modifierExtension"), nullptr);
  EXPECT_NE(FindStructure("Timing")->Find("modifierExtension"), nullptr);
  EXPECT_EQ(FindStructure("Timing.repeat")->Find("modifierExtension"), nullptr);
  EXPECT_NE(FindStructure("Age")->Find("comparator"), nullptr);
}

// The package mixes R5 and elements of its own server into R4: tables/corrections.mjs.
TEST(SchemaTest, WhatThePackageAddsToR4IsLeftOut) {
  EXPECT_EQ(FindStructure("Meta")->Find("project"), nullptr);
  EXPECT_EQ(FindStructure("ResearchStudy")->Find("recruitment"), nullptr);
  EXPECT_EQ(FindStructure("ResearchStudy.recruitment"), nullptr);
  EXPECT_EQ(FindStructure("Binary")->Find("url"), nullptr);
  EXPECT_NE(FindStructure("EvidenceVariable.characteristic")->Find("definitionReference"), nullptr);
  EXPECT_EQ(FindStructure("EvidenceVariable.characteristic")->Find("definitionId"), nullptr);
}

TEST(SchemaTest, ManyThreadsGetTheSameStructures) {
  std::vector<std::thread> threads;
  std::vector<std::vector<const Structure*>> seen(4);
  for (auto& mine : seen) {
    threads.emplace_back([&mine] {
      for (std::string_view type : ResourceTypes()) mine.push_back(FindStructure(type));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : seen) EXPECT_EQ(mine, seen[0]);
}

}  // namespace
}  // namespace fhir
