#include "fhir/search_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "fhir/reference.h"
#include "fhir/search_parameter_table.h"

namespace fhir {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Resource Read(std::string_view text) {
  auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  return resource.ok() ? *resource : Resource();
}

std::vector<std::string> KeysOf(std::string_view text, std::string_view parameter) {
  std::vector<std::string> keys;
  for (const SearchValue& value : SearchValues(Read(text))) {
    if (value.parameter == parameter) keys.push_back(value.key);
  }
  return keys;
}

std::vector<std::string> Asked(std::string_view type, std::string_view parameter,
                               std::string_view value) {
  auto keys = SearchKeys(type, parameter, value);
  if (keys.ok()) return *keys;
  EXPECT_EQ(keys.error().code, ErrorCode::kInvalid);
  return {"refused"};
}

TEST(SearchParametersTest, IdentifierIsIndexedWithAndWithoutSystem) {
  EXPECT_THAT(KeysOf(R"({"resourceType":"Patient","identifier":[{"system":"urn:mrn","value":"7"},
                        {"value":"8"},{"system":"urn:mrn","value":"7"}]})",
                     "identifier"),
              UnorderedElementsAre("urn:mrn|7", "|7", "|8"));
}

TEST(SearchParametersTest, ConceptAndCodeAreTokens) {
  const char* task = R"({"resourceType":"Task","status":"requested",
      "code":{"coding":[{"system":"s","code":"call"},{"code":"x"}],"text":"Call"}})";
  EXPECT_THAT(KeysOf(task, "status"), ElementsAre("|requested"));
  EXPECT_THAT(KeysOf(task, "code"), UnorderedElementsAre("s|call", "|call", "|x"));
}

TEST(SearchParametersTest, ReferencesAreIndexedByTypeAndId) {
  const char* communication = R"({"resourceType":"Communication",
      "subject":{"reference":"Patient/1/_history/4"},
      "recipient":[{"reference":"RelatedPerson/2"},{"reference":"#inside"},{"display":"x"}],
      "basedOn":[{"reference":"https://ehr.example/fhir/CommunicationRequest/3"}],
      "instantiatesCanonical":["https://x.example/AD|1.0"]})";
  EXPECT_THAT(KeysOf(communication, "patient"), ElementsAre("Patient/1"));
  EXPECT_THAT(KeysOf(communication, "subject"), ElementsAre("Patient/1"));
  EXPECT_THAT(KeysOf(communication, "recipient"), ElementsAre("RelatedPerson/2"));
  EXPECT_THAT(KeysOf(communication, "based-on"),
              ElementsAre("https://ehr.example/fhir/CommunicationRequest/3"));
  EXPECT_THAT(KeysOf(communication, "instantiates-canonical"),
              UnorderedElementsAre("https://x.example/AD|1.0", "https://x.example/AD"));
}

TEST(SearchParametersTest, PatientOfAGroupSubjectIsNotIndexed) {
  const char* request = R"({"resourceType":"MedicationRequest","subject":{"reference":"Group/1"}})";
  EXPECT_THAT(KeysOf(request, "patient"), IsEmpty());
  EXPECT_THAT(KeysOf(request, "subject"), ElementsAre("Group/1"));
}

TEST(SearchParametersTest, MedicationIsSearchedByCodeOrReference) {
  EXPECT_THAT(KeysOf(R"({"resourceType":"MedicationRequest",
                        "medicationCodeableConcept":{"coding":[{"system":"rx","code":"1"}]}})",
                     "code"),
              UnorderedElementsAre("rx|1", "|1"));
  EXPECT_THAT(KeysOf(R"({"resourceType":"MedicationRequest",
                        "medicationReference":{"reference":"Medication/m"}})",
                     "medication"),
              ElementsAre("Medication/m"));
}

TEST(SearchParametersTest, TelecomIsNormalised) {
  const char* patient = R"({"resourceType":"Patient","telecom":[
      {"system":"email","value":"Ann.Lee@Example.COM"},{"system":"phone","value":"+1 (206) 555-0100"},
      {"system":"fax","value":"1"},{"value":"2"}]})";
  EXPECT_THAT(KeysOf(patient, "email"), ElementsAre("email|ann.lee@example.com"));
  EXPECT_THAT(KeysOf(patient, "phone"), ElementsAre("phone|+12065550100"));
  EXPECT_THAT(Asked("Patient", "email", "ANN.LEE@example.com"),
              ElementsAre("email|ann.lee@example.com"));
  EXPECT_THAT(Asked("Patient", "phone", "+1-206-555-0100"), ElementsAre("phone|+12065550100"));
  EXPECT_THAT(Asked("Patient", "phone", "abc"), ElementsAre("refused"));
}

TEST(SearchParametersTest, TokenSearchAsksWithOrWithoutSystem) {
  EXPECT_THAT(Asked("Patient", "identifier", "urn:mrn|7"), ElementsAre("urn:mrn|7"));
  EXPECT_THAT(Asked("Patient", "identifier", "7"), ElementsAre("|7"));
  EXPECT_THAT(Asked("Patient", "identifier", "|7"), ElementsAre("|7"));
  EXPECT_THAT(Asked("Patient", "identifier", "7,urn:mrn|8"), ElementsAre("|7", "urn:mrn|8"));
}

TEST(SearchParametersTest, SystemAloneIsRefused) {
  auto keys = SearchKeys("Patient", "identifier", "urn:mrn|");
  ASSERT_FALSE(keys.ok());
  EXPECT_EQ(keys.error().message, "a search by system alone is not supported");
  EXPECT_EQ(keys.error().path, "identifier");
}

TEST(SearchParametersTest, EscapesAreUndone) {
  EXPECT_THAT(Asked("Patient", "identifier", R"(a\,b)"), ElementsAre("|a,b"));
  EXPECT_THAT(Asked("Patient", "identifier", R"(s\|t|a\\\$)"), ElementsAre("s|t|a\\$"));
  EXPECT_THAT(Asked("Patient", "identifier", R"(a\x)"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Patient", "identifier", "a\\"), ElementsAre("refused"));
}

TEST(SearchParametersTest, ReferenceSearchTakesIdTypeAndUrl) {
  EXPECT_THAT(Asked("Task", "patient", "123"), ElementsAre("Patient/123"));
  EXPECT_THAT(Asked("Task", "patient", "Patient/123"), ElementsAre("Patient/123"));
  EXPECT_THAT(Asked("Task", "patient", "https://e.example/fhir/Patient/1"),
              ElementsAre("https://e.example/fhir/Patient/1"));
  EXPECT_THAT(Asked("MedicationRequest", "subject", "1"),
              UnorderedElementsAre("Patient/1", "Group/1"));
  EXPECT_THAT(Asked("MedicationRequest", "subject:Patient", "1"), ElementsAre("Patient/1"));
}

TEST(SearchParametersTest, WhatAReferenceCannotPointToIsRefused) {
  EXPECT_THAT(Asked("Task", "patient", "Group/1"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Task", "focus", "1"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Task", "focus", "Communication/1"), ElementsAre("Communication/1"));
  EXPECT_THAT(Asked("Task", "patient", "a b"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Task", "patient:Group", "1"), ElementsAre("refused"));
}

TEST(SearchParametersTest, UnknownParametersModifiersAndEmptyValuesAreRefused) {
  EXPECT_THAT(Asked("Patient", "colour", "red"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Patient", "owner", "1"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Patient", "identifier:text", "1"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Patient", "identifier", ""), ElementsAre("refused"));
  EXPECT_THAT(Asked("Patient", "identifier", "1,,2"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Patient", "identifier", "a|b|c"), ElementsAre("refused"));
  EXPECT_THAT(Asked("Task", "status", "http://hl7.org/fhir/task-status|draft"),
              ElementsAre("refused"));
}

TEST(SearchParametersTest, CanonicalUrlIsAskedAsItIs) {
  EXPECT_THAT(
      KeysOf(R"({"resourceType":"ActivityDefinition","url":"https://x.example/AD"})", "url"),
      ElementsAre("https://x.example/AD"));
  EXPECT_THAT(Asked("ActivityDefinition", "url", "https://x.example/AD"),
              ElementsAre("https://x.example/AD"));
}

TEST(SearchParametersTest, ParametersOfATypeAreListed) {
  EXPECT_THAT(SearchParametersOf("Coverage"),
              UnorderedElementsAre("identifier", "status", "patient", "beneficiary"));
  EXPECT_THAT(SearchParametersOf("Observation"), Contains("subject"));
  EXPECT_THAT(SearchParametersOf("Alien"), IsEmpty());
}

TEST(SearchParametersTest, TableNamesRealTypesAndEachElementOnce) {
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> seen;
  for (const SearchRow& row : SearchRows()) {
    EXPECT_TRUE(IsResourceType(row.type)) << row.type;
    EXPECT_TRUE(seen.emplace(row.type, row.parameter, row.path).second) << row.type;
    EXPECT_EQ(row.kind == SearchKind::kReference, !row.targets.empty()) << row.type;
  }
}

TEST(SearchParametersTest, ParameterOverTwoElementsIndexesBothAndIsListedOnce) {
  EXPECT_THAT(KeysOf(R"({"resourceType":"DocumentReference","masterIdentifier":{"value":"m"},
                        "identifier":[{"value":"i"}]})",
                     "identifier"),
              UnorderedElementsAre("|i", "|m"));
  EXPECT_THAT(SearchParametersOf("DocumentReference"),
              UnorderedElementsAre("identifier", "status", "patient", "subject"));
}

TEST(SearchParametersTest, CompartmentIsThePatientTheResourceIsAbout) {
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

TEST(SearchParametersTest, SubjectComesBeforeRecipient) {
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Communication",
                  "recipient":[{"reference":"Patient/9"}],"subject":{"reference":"Patient/1"}})")),
            "Patient/1");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"CommunicationRequest",
                              "recipient":[{"reference":"Patient/9"}]})")),
            "Patient/9");
}

TEST(SearchParametersTest, SomeResourcesHaveNoPatient) {
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Provenance","patient":{"reference":"Patient/1"}})")),
            "");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Task","for":{"reference":"Group/1"}})")), "");
  EXPECT_EQ(PatientOf(Read(
                R"({"resourceType":"Task","for":{"reference":"https://e.example/Patient/1"}})")),
            "");
  EXPECT_EQ(PatientOf(Read(R"({"resourceType":"Organization"})")), "");
}

}  // namespace
}  // namespace fhir
