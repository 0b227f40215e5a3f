// References between resources, and the resources that are contained or bundled for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/fhir/findings.h"

namespace fhir {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// dom-3: nothing refers to it.
std::string Contained0() { return "invariant @ Patient.contained[0]"; }

TEST(ValidateReferencesTest, AReferenceIsToTheTypeThatItsTypeSays) {
  EXPECT_THAT(PatientWith(R"("generalPractitioner":[{"reference":"Practitioner/1",
                             "type":"Organization"}])"),
              ElementsAre("value @ Patient.generalPractitioner[0].type"));
  EXPECT_THAT(PatientWith(R"("generalPractitioner":[{"reference":"urn:uuid:1",
                             "type":"Organization"}])"),
              IsEmpty());
}

TEST(ValidateReferencesTest, ContainedResourcesAreToldApartByTheirIds) {
  EXPECT_THAT(PatientWith(R"("contained":[{"resourceType":"Organization","id":"o","name":"a"},
      {"resourceType":"Organization","id":"o","name":"b"}],
      "managingOrganization":{"reference":"#o"})"),
              Contains("duplicate @ Patient.contained"));
}

TEST(ValidateReferencesTest, ReferencesHaveTheirGrammarAndTarget) {
  EXPECT_THAT(PatientWith(R"("managingOrganization":{"reference":"the hospital"})"),
              ElementsAre("value @ Patient.managingOrganization.reference"));
  EXPECT_THAT(PatientWith(R"("managingOrganization":{"reference":"Practitioner/1"})"),
              ElementsAre("value @ Patient.managingOrganization.reference"));
  EXPECT_THAT(PatientWith(R"("managingOrganization":{"reference":"https://x.example/o?id=1"})"),
              IsEmpty());
  EXPECT_THAT(ConsentWith([](json::Value& c) {
                c.Mutable("patient").Set("reference", json::Value::String("RelatedPerson/1"));
              }),
              ElementsAre("value @ Consent.patient.reference"));
}

TEST(ValidateReferencesTest, LogicalReferenceSaysAnAllowedType) {
  EXPECT_THAT(PatientWith(R"("managingOrganization":{"type":"Organization","display":"x"})"),
              IsEmpty());
  EXPECT_THAT(PatientWith(R"("managingOrganization":{"type":"Device","display":"x"})"),
              ElementsAre("value @ Patient.managingOrganization.type"));
}

TEST(ValidateReferencesTest, AReferenceSaysSomethingBesidesItsType) {
  EXPECT_THAT(PatientWith(R"("managingOrganization":{"type":"Organization"})"),
              ElementsAre("required @ Patient.managingOrganization"));
  for (const char* enough : {R"({"identifier":{"value":"1"}})", R"({"display":"x"})",
                             R"({"extension":[{"url":"http://x.example/e","valueCode":"c"}]})"}) {
    EXPECT_THAT(PatientWith(std::string(R"("managingOrganization":)") + enough), IsEmpty())
        << enough;
  }
}

TEST(ValidateReferencesTest, ContainedResourceIsReferredToOrRefersBack) {
  EXPECT_THAT(PatientWith(R"("contained":[{"resourceType":"Organization","id":"o","name":"x"}])"),
              ElementsAre(Contained0()));
  EXPECT_THAT(PatientWith(R"("contained":[{"resourceType":"Provenance","id":"o",
                  "target":[{"reference":"#"}],"recorded":"2026-01-01T00:00:00Z",
                  "agent":[{"who":{"display":"x"}}]}])"),
              IsEmpty());
  EXPECT_THAT(FindingsOf(R"({"resourceType":"Task","status":"draft","intent":"order",
                  "instantiatesCanonical":"#o",
                  "contained":[{"resourceType":"ActivityDefinition","id":"o","status":"draft"}]})"),
              IsEmpty());
}

TEST(ValidateReferencesTest, ContainedResourceHasNoVersionLabelOrContainedOnes) {
  const auto inner = [](const std::string& members) {
    return PatientWith(R"("managingOrganization":{"reference":"#o"},
        "contained":[{"resourceType":"Organization","id":"o","name":"x",)" +
                       members + "}]");
  };
  EXPECT_THAT(inner(R"("meta":{"versionId":"1"})"),
              ElementsAre("invariant @ Patient.contained[0].meta"));
  EXPECT_THAT(inner(R"("meta":{"security":[{"code":"R"}]})"),
              ElementsAre("invariant @ Patient.contained[0].meta"));
  EXPECT_THAT(inner(R"("contained":[{"resourceType":"Basic","id":"b","code":{"text":"x"}}])"),
              Contains("invariant @ Patient.contained[0].contained"));
}

TEST(ValidateReferencesTest, ContainedResourcesAreValidatedAndReferred) {
  const std::string contained =
      R"("contained":[{"resourceType":"Organization","id":"o","name":"x"}])";
  EXPECT_THAT(PatientWith(contained + R"(,"managingOrganization":{"reference":"#o"})"), IsEmpty());
  EXPECT_THAT(PatientWith(contained + R"(,"managingOrganization":{"reference":"#p"})"),
              ElementsAre("not-found @ Patient.managingOrganization.reference", Contained0()));
  EXPECT_THAT(PatientWith(contained + R"(,"generalPractitioner":[{"reference":"#o"}])"), IsEmpty());
  EXPECT_THAT(PatientWith(R"("contained":[{"resourceType":"Organization","id":"o"}],
                             "managingOrganization":{"reference":"#o"})"),
              ElementsAre("invariant @ Patient.contained[0]"));
  EXPECT_THAT(PatientWith(R"("contained":[{"resourceType":"Alien","id":"o"}])"),
              ElementsAre("structure @ Patient.contained[0]", Contained0()));
  EXPECT_THAT(
      PatientWith(R"("contained":[{"resourceType":"Basic","id":"o o","code":{"text":"x"}}])"),
      ElementsAre("value @ Patient.contained[0].id", Contained0()));
}

TEST(ValidateReferencesTest, AFullUrlIsThatOfItsResource) {
  const auto with = [](const std::string& url) {
    return FindingsOf(R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":")" +
                      url + R"(","resource":{"resourceType":"Patient","id":"1"}}]})");
  };
  EXPECT_THAT(with("http://x.example/Patient/2"), ElementsAre("value @ Bundle.entry[0].fullUrl"));
  EXPECT_THAT(with("http://x.example/Group/1"), ElementsAre("value @ Bundle.entry[0].fullUrl"));
  for (const char* good :
       {"http://x.example/Patient/1", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        "http://x.example/somewhere"}) {
    EXPECT_THAT(with(good), IsEmpty()) << good;
  }
}

}  // namespace
}  // namespace fhir
