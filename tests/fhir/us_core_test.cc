#include "fhir/us_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fhir/schema.h"
#include "fhir/validate.h"

namespace fhir {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

Resource Read(const std::string& text) {
  auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  return resource.ok() ? *resource : Resource();
}

const UsCoreProfile& Profile(const std::string& name) {
  const auto* profile =
      FindUsCoreProfile("http://hl7.org/fhir/us/core/StructureDefinition/us-core-" + name);
  EXPECT_NE(profile, nullptr) << name;
  return *profile;
}

// "code @ path" of every error; those of R4 itself must not be there.
std::vector<std::string> ErrorsOf(const std::string& profile, const std::string& members) {
  const UsCoreProfile& asked = Profile(profile);
  const Resource resource =
      Read(R"({"resourceType":")" + std::string(asked.type) + R"(",)" + members + "}");
  EXPECT_FALSE(HasErrors(Validate(resource))) << members;
  std::vector<std::string> errors;
  for (const Issue& issue : CheckUsCore(asked, resource)) {
    if (HasErrors({issue})) errors.push_back(issue.code + " @ " + issue.expression);
  }
  return errors;
}

// Paths of what is absent and must be supported.
std::vector<std::string> AbsentOf(const std::string& profile, const std::string& members) {
  const UsCoreProfile& asked = Profile(profile);
  std::vector<std::string> absent;
  for (const Issue& issue : CheckUsCore(
           asked,
           Read(R"({"resourceType":")" + std::string(asked.type) + R"(",)" + members + "}"))) {
    if (issue.severity == Severity::kInformation) absent.push_back(issue.expression);
  }
  return absent;
}

const std::string kPatient =
    R"("identifier":[{"system":"http://x","value":"1"}],"name":[{"family":"x"}],"gender":"other")";

// An extension of US Core with a category and a text.
std::string Category(const std::string& name, const std::string& system, const std::string& code) {
  return R"("extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-)" + name +
         R"(","extension":[{"url":"text","valueString":"x"},{"url":"ombCategory","valueCoding":
         {"system":")" +
         system + R"(","code":")" + code + R"("}}]}])";
}

TEST(UsCoreTest, ProfilesAreKnownByCanonicalAndVersion) {
  const std::string patient = Profile("patient").Canonical();
  EXPECT_EQ(FindUsCoreProfile(patient + "|6.1.0"), FindUsCoreProfile(patient));
  EXPECT_EQ(FindUsCoreProfile(patient + "|3.1.1"), nullptr);
  EXPECT_EQ(FindUsCoreProfile("http://hl7.org/fhir/us/core/StructureDefinition/us-core-x"),
            nullptr);
  EXPECT_EQ(FindUsCoreProfile("http://x/us-core-patient"), nullptr);
  EXPECT_EQ(UsCoreProfilesOf("Condition").size(), 2u);
  EXPECT_TRUE(UsCoreProfilesOf("Task").empty());
}

TEST(UsCoreTest, EveryElementOfTheTableIsOneOfR4) {
  for (std::string_view type : {"Condition", "Coverage", "MedicationRequest", "Organization",
                                "Patient", "Practitioner", "PractitionerRole", "RelatedPerson"}) {
    const auto profiles = UsCoreProfilesOf(type);
    ASSERT_FALSE(profiles.empty()) << type;
    for (const UsCoreProfile* profile : profiles) {
      const std::string words =
          std::string(profile->mandatory) + " " + std::string(profile->must_support);
      const Structure* structure = nullptr;
      for (size_t at = 0; at < words.size();) {
        const size_t end = std::min(words.find_first_of(" .", at), words.size());
        if (at == 0 || words[at - 1] == ' ') structure = FindStructure(type);
        const std::string name = words.substr(at, end - at);
        at = end + 1;
        if (name.empty()) continue;
        ASSERT_NE(structure, nullptr) << profile->name << " " << name;
        const std::string plain = name.substr(0, name.find("[x]"));
        const auto rule = std::find_if(structure->elements.begin(), structure->elements.end(),
                                       [&](const ElementRule& element) {
                                         return element.name == plain &&
                                                element.is_choice == name.ends_with("[x]");
                                       });
        ASSERT_NE(rule, structure->elements.end()) << profile->name << " " << name;
        structure = rule->structure();
      }
    }
  }
}

TEST(UsCoreTest, PatientHasAnIdentifierNameAndGender) {
  EXPECT_THAT(ErrorsOf("patient", kPatient), IsEmpty());
  EXPECT_THAT(ErrorsOf("patient", R"("active":true)"),
              ElementsAre("required @ Patient.identifier", "required @ Patient.name",
                          "required @ Patient.gender", "invariant @ Patient.name"));
  EXPECT_THAT(ErrorsOf("patient", kPatient + R"(,"telecom":[{"system":"phone","value":"1"},
                                                            {"system":"phone"}])"),
              ElementsAre("required @ Patient.telecom[1].value"));
  EXPECT_THAT(ErrorsOf("patient", R"("identifier":[{"value":"1"}],"name":[{"text":"x"}],
                                     "gender":"other")"),
              ElementsAre("required @ Patient.identifier[0].system", "invariant @ Patient.name"));
}

TEST(UsCoreTest, RaceEthnicityAndBirthSexAreOfTheirCodes) {
  const std::string omb = "urn:oid:2.16.840.1.113883.6.238";
  const std::string unknown = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
  const auto with = [](const std::string& extension) {
    return ErrorsOf("patient", kPatient + "," + extension);
  };
  EXPECT_THAT(with(Category("race", omb, "2028-9")), IsEmpty());
  EXPECT_THAT(with(Category("race", unknown, "UNK")), IsEmpty());
  EXPECT_THAT(with(Category("race", omb, "2135-2")),
              ElementsAre("code-invalid @ Patient.extension"));
  EXPECT_THAT(with(Category("race", "http://x", "2028-9")),
              ElementsAre("code-invalid @ Patient.extension"));
  EXPECT_THAT(with(Category("ethnicity", omb, "2135-2")), IsEmpty());
  EXPECT_THAT(with(Category("ethnicity", omb, "2028-9")),
              ElementsAre("code-invalid @ Patient.extension"));
  for (const char* name : {"race", "ethnicity"}) {
    EXPECT_THAT(
        with(R"("extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-)" +
             std::string(name) + R"(","extension":[{"url":"x","valueCode":"y"}]}])"),
        ElementsAre("required @ Patient.extension"));
  }
  const std::string sex =
      R"("extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex",)";
  EXPECT_THAT(with(sex + R"("valueCode":"F"}])"), IsEmpty());
  EXPECT_THAT(with(sex + R"("valueCode":"female"}])"),
              ElementsAre("code-invalid @ Patient.extension"));
}

TEST(UsCoreTest, AbsentMustSupportElementIsSaidOnceWhereItCouldBe) {
  const auto absent = AbsentOf("patient", kPatient + R"(,"address":[{"city":"x"},{"state":"x"}])");
  EXPECT_THAT(absent, Contains("Patient.birthDate"));
  EXPECT_THAT(absent, Contains("Patient.deceased"));
  EXPECT_THAT(absent, Contains("Patient.address.postalCode"));
  EXPECT_THAT(absent, Contains("Patient.telecom"));
  EXPECT_THAT(absent, Not(Contains("Patient.telecom.use")));
  EXPECT_THAT(absent, Not(Contains("Patient.address.city")));
  EXPECT_THAT(absent, Not(Contains("Patient.name.family")));
}

TEST(UsCoreTest, PractitionerHasAFamilyNameAndACorrectNpi) {
  const auto with = [](const std::string& npi) {
    return ErrorsOf("practitioner",
                    R"("identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":")" + npi +
                        R"("}],"name":[{"family":"x"}])");
  };
  EXPECT_THAT(with("1234567893"), IsEmpty());
  EXPECT_THAT(with("1234567890"), ElementsAre("invariant @ Practitioner.identifier[0].value"));
  EXPECT_THAT(with("123456789"), ElementsAre("invariant @ Practitioner.identifier[0].value"));
  EXPECT_THAT(with("12345678 3"), ElementsAre("invariant @ Practitioner.identifier[0].value"));
  EXPECT_THAT(ErrorsOf("practitioner", R"("identifier":[{"system":"http://x","value":"1"}],
                                          "name":[{"text":"x"}])"),
              ElementsAre("required @ Practitioner.name[0].family"));
}

TEST(UsCoreTest, OrganizationIsActiveOrNotAndNamed) {
  EXPECT_THAT(ErrorsOf("organization", R"("active":true,"name":"x")"), IsEmpty());
  EXPECT_THAT(ErrorsOf("organization", R"("identifier":[{"value":"1"}])"),
              ElementsAre("required @ Organization.active", "required @ Organization.name"));
}

TEST(UsCoreTest, RoleHasAHolderAndAContact) {
  EXPECT_THAT(ErrorsOf("practitionerrole", R"("practitioner":{"display":"x"},
                                "telecom":[{"system":"phone","value":"1"}])"),
              IsEmpty());
  EXPECT_THAT(ErrorsOf("practitionerrole", R"("active":true)"),
              ElementsAre("invariant @ PractitionerRole.telecom",
                          "invariant @ PractitionerRole.practitioner"));
}

TEST(UsCoreTest, OrderOfMedicationHasARequesterAndAPatient) {
  const auto with = [](const std::string& members) {
    return ErrorsOf("medicationrequest",
                    R"("status":"active","medicationCodeableConcept":{"text":"x"},)" + members);
  };
  EXPECT_THAT(with(R"("intent":"plan","subject":{"reference":"Patient/1"})"), IsEmpty());
  EXPECT_THAT(with(R"("intent":"order","subject":{"reference":"Patient/1"})"),
              ElementsAre("invariant @ MedicationRequest.requester"));
  EXPECT_THAT(with(R"("intent":"plan","subject":{"reference":"Group/1"})"),
              ElementsAre("value @ MedicationRequest.subject"));
}

TEST(UsCoreTest, ConditionHasACodeAndACategoryOfItsProfile) {
  const auto with = [](const std::string& profile, const std::string& code) {
    return ErrorsOf(
        "condition-" + profile,
        R"("subject":{"reference":"Patient/1"},"code":{"text":"x"},"category":[{"coding":[
                       {"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":")" +
            code + R"("}]}])");
  };
  EXPECT_THAT(with("encounter-diagnosis", "encounter-diagnosis"), IsEmpty());
  EXPECT_THAT(with("encounter-diagnosis", "problem-list-item"),
              ElementsAre("code-invalid @ Condition.category"));
  EXPECT_THAT(with("problems-health-concerns", "problem-list-item"), IsEmpty());
  EXPECT_THAT(with("problems-health-concerns", "encounter-diagnosis"),
              ElementsAre("code-invalid @ Condition.category"));
  EXPECT_THAT(ErrorsOf("condition-encounter-diagnosis", R"("subject":{"reference":"Group/1"})"),
              ElementsAre("required @ Condition.category", "required @ Condition.code",
                          "code-invalid @ Condition.category", "value @ Condition.subject"));
  EXPECT_THAT(
      ErrorsOf("condition-problems-health-concerns", R"("subject":{"reference":"Group/1"})"),
      Contains("value @ Condition.subject"));
}

TEST(UsCoreTest, CoverageHasAMemberId) {
  const auto with = [](const std::string& members) {
    return ErrorsOf("coverage", R"("status":"active","beneficiary":{"display":"x"},
                                   "payor":[{"display":"x"}])" +
                                    members);
  };
  EXPECT_THAT(with(R"(,"relationship":{"text":"x"},"subscriberId":"1")"), IsEmpty());
  EXPECT_THAT(with(R"(,"relationship":{"text":"x"},"identifier":[{"value":"1","type":{"coding":[
                 {"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB"}]}}])"),
              IsEmpty());
  EXPECT_THAT(with(""),
              ElementsAre("required @ Coverage.relationship", "invariant @ Coverage.subscriberId"));
}

TEST(UsCoreTest, RelatedPersonIsActiveOrNotAndNamedOrRelated) {
  EXPECT_THAT(ErrorsOf("relatedperson", R"("active":true,"patient":{"display":"x"},
                                           "relationship":[{"text":"x"}])"),
              IsEmpty());
  EXPECT_THAT(ErrorsOf("relatedperson", R"("patient":{"display":"x"})"),
              ElementsAre("required @ RelatedPerson.active", "invariant @ RelatedPerson.name"));
}

}  // namespace
}  // namespace fhir
