#include "fhir/compartment.h"

#include <gtest/gtest.h>

namespace fhir {
namespace {

Resource Read(std::string_view text) {
  auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  return resource.ok() ? *resource : Resource();
}

TEST(CompartmentTest, CompartmentIsThePatientTheResourceIsAbout) {
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Patient","id":"1"})")), "Patient/1");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Patient"})")), "");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Consent","patient":{"reference":"Patient/2"}})")),
            "Patient/2");
  EXPECT_EQ(
      PatientOf(Read(R"({"resourceType":"Task","for":{"reference":"Patient/3/_history/1"}})")),
      "Patient/3");
  EXPECT_EQ(
      PatientOf(Read(R"({"resourceType":"Coverage","beneficiary":{"reference":"Patient/4"}})")),
      "Patient/4");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"ResearchSubject",
                              "individual":{"reference":"Patient/5"}})")),
            "Patient/5");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Contract",
                  "subject":[{"reference":"Organization/1"},{"reference":"Patient/6"}]})")),
            "Patient/6");
}

TEST(CompartmentTest, SubjectComesBeforeRecipient) {
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Communication",
                  "recipient":[{"reference":"Patient/9"}],"subject":{"reference":"Patient/1"}})")),
            "Patient/1");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"CommunicationRequest",
                              "recipient":[{"reference":"Patient/9"}]})")),
            "Patient/9");
}

TEST(CompartmentTest, SomeResourcesHaveNoPatient) {
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Provenance","patient":{"reference":"Patient/1"}})")),
            "");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Task","for":{"reference":"Group/1"}})")), "");
  EXPECT_EQ(PatientOf(Read(
                R"({"resourceType":"Task","for":{"reference":"https://e.example/Patient/1"}})")),
            "");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Organization"})")), "");
}

TEST(CompartmentTest, DirectoriesAndDefinitionsAreOfNoPatientUnlessTheyNameOne) {
  const auto may = [](std::string_view json) { return MayBeOfPatient(Read(json)); };
  EXPECT_FALSE(may(R"({"resourceType":"Organization","name":"A"})"));
  EXPECT_FALSE(may(R"({"resourceType":"ActivityDefinition"})"));
  EXPECT_FALSE(may(R"({"resourceType":"PractitionerRole",
                       "practitioner":{"reference":"Practitioner/1"}})"));
  EXPECT_TRUE(may(R"({"resourceType":"Patient"})"));
  EXPECT_TRUE(may(R"({"resourceType":"Task"})"));
  EXPECT_TRUE(may(R"({"resourceType":"DocumentReference"})"));
  EXPECT_TRUE(may(R"({"resourceType":"Device","patient":{"identifier":{"value":"1"}}})"));
  EXPECT_TRUE(may(R"({"resourceType":"Group","member":[{"entity":{"reference":"Patient/1"}}]})"));
  EXPECT_TRUE(may(R"({"resourceType":"Group","member":[{"entity":{"type":"Patient"}}]})"));
  EXPECT_TRUE(may(R"({"resourceType":"Organization","contained":[{"resourceType":"List",
                      "entry":[{"item":{"reference":"urn:uuid:0a8b2f4e-0000-4000-8000-00000000000a"}}]}]})"));
}

}  // namespace
}  // namespace fhir
