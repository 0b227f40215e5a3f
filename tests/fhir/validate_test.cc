#include "fhir/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fhir/canonicals.h"
#include "tests/fhir/findings.h"

namespace fhir {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> RequestWith(const std::string& members) {
  return FindingsOf(R"({"resourceType":"CommunicationRequest","status":"active")" + members + "}");
}

TEST(ValidateTest, GoodResourcesHaveNoFindings) {
  EXPECT_THAT(FindingsOf(GoodConsent()), IsEmpty());
  EXPECT_THAT(PatientWith(R"("id":"p1","meta":{"profile":["http://x"]},"active":true,
      "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
      "name":[{"use":"official","family":"Doe","given":["A","B"]}],
      "telecom":[{"system":"phone","value":"1","rank":1}],"birthDate":"1980-02",
      "deceasedBoolean":false,"generalPractitioner":[{"reference":"Practitioner/1"}],
      "extension":[{"url":"http://x","extension":[{"url":"y","valueDecimal":1.0}]}])"),
              IsEmpty());
}

TEST(ValidateTest, UnknownElementIsFound) {
  EXPECT_THAT(PatientWith(R"("favouriteColour":"red")"),
              ElementsAre("structure @ Patient.favouriteColour"));
  EXPECT_THAT(PatientWith(R"("name":[{"famly":"x"}])"),
              ElementsAre("structure @ Patient.name[0].famly"));
}

TEST(ValidateTest, MissingElementsAreFound) {
  EXPECT_THAT(FindingsOf(R"({"resourceType":"CommunicationRequest","id":"x"})"),
              ElementsAre("required @ CommunicationRequest.status"));
  EXPECT_THAT(FindingsOf(R"({"resourceType":"Task","status":"draft"})"),
              ElementsAre("required @ Task.intent"));
  EXPECT_THAT(ConsentWith([](json::Value& c) {
                c.Remove("scope");
                c.Remove("category");
              }),
              ElementsAre("required @ Consent.scope", "required @ Consent.category"));
  EXPECT_THAT(FindingsOf(R"({"resourceType":"MedicationRequest","status":"active",
                             "intent":"order","subject":{"reference":"Patient/1"}})"),
              ElementsAre("required @ MedicationRequest.medication"));
}

TEST(ValidateTest, RequiredCodesAreLookedUp) {
  EXPECT_THAT(FindingsOf(R"({"resourceType":"Task","status":"doing","intent":"order"})"),
              ElementsAre("code-invalid @ Task.status"));
  EXPECT_THAT(PatientWith(R"("gender":"F")"), ElementsAre("code-invalid @ Patient.gender"));
  EXPECT_THAT(ConsentWith([](json::Value& c) {
                c.Mutable("provision").Set("type", json::Value::String("x"));
              }),
              ElementsAre("code-invalid @ Consent.provision.type"));
}

TEST(ValidateTest, ALanguageMayBeWordsButNoOtherCode) {
  const auto language = [](const std::string& concept_) {
    return PatientWith(R"("communication":[{"language":)" + concept_ + "}]");
  };
  EXPECT_THAT(language(R"({"text":"Spanish"})"), IsEmpty());
  EXPECT_THAT(language(R"({"coding":[{"system":"urn:ietf:bcp:47","code":"es"}]})"), IsEmpty());
  EXPECT_THAT(language(R"({"coding":[{"system":"urn:x","code":"es"}],"text":"Spanish"})"),
              ElementsAre("code-invalid @ Patient.communication[0].language"));
}

TEST(ValidateTest, RepeatingElementsAreArraysAndOthersAreNot) {
  EXPECT_THAT(PatientWith(R"("name":{"family":"x"})"), ElementsAre("structure @ Patient.name"));
  EXPECT_THAT(PatientWith(R"("gender":["male"])"), ElementsAre("structure @ Patient.gender"));
  EXPECT_THAT(PatientWith(R"("name":[{"given":"x"}])"),
              ElementsAre("structure @ Patient.name[0].given"));
}

TEST(ValidateTest, PrimitivesHaveTheirGrammar) {
  EXPECT_THAT(PatientWith(R"("birthDate":"1980-13-01")"), ElementsAre("value @ Patient.birthDate"));
  EXPECT_THAT(PatientWith(R"("birthDate":"1980-01-01T00:00:00Z")"),
              ElementsAre("value @ Patient.birthDate"));
  EXPECT_THAT(PatientWith(R"("active":"true")"), ElementsAre("value @ Patient.active"));
  EXPECT_THAT(PatientWith(R"("birthDate":1980)"), ElementsAre("value @ Patient.birthDate"));
  EXPECT_THAT(PatientWith(R"("multipleBirthInteger":1.0)"),
              ElementsAre("value @ Patient.multipleBirth"));
  EXPECT_THAT(PatientWith(R"("telecom":[{"system":"phone","value":"1","rank":0}])"),
              ElementsAre("value @ Patient.telecom[0].rank"));
  EXPECT_THAT(PatientWith(R"("identifier":[{"system":"a b"}])"),
              ElementsAre("value @ Patient.identifier[0].system"));
  EXPECT_THAT(PatientWith(R"("photo":[{"contentType":"image/png","data":"a"}])"),
              ElementsAre("value @ Patient.photo[0].data"));
  EXPECT_THAT(PatientWith(R"("meta":{"lastUpdated":"2026"})"),
              ElementsAre("value @ Patient.meta.lastUpdated"));
}

TEST(ValidateTest, TheUrlOfAnExtensionIsAbsoluteButWithinAnother) {
  EXPECT_THAT(PatientWith(R"("extension":[{"url":"colour","valueCode":"x"}])"),
              ElementsAre("value @ Patient.extension[0].url"));
  EXPECT_THAT(PatientWith(R"("_birthDate":{"extension":[{"url":"/colour","valueCode":"x"}]})"),
              ElementsAre("value @ Patient.birthDate.extension[0].url"));
  EXPECT_THAT(PatientWith(R"("extension":[{"url":"urn:oid:1.2","extension":[
      {"url":"colour","valueCode":"x"}]}])"),
              IsEmpty());
}

TEST(ValidateTest, TheIdOfAnElementHasNoWhiteSpace) {
  EXPECT_THAT(PatientWith(R"("name":[{"id":"a b","text":"x"}])"),
              ElementsAre("value @ Patient.name[0].id"));
  EXPECT_THAT(PatientWith(R"("name":[{"id":"a_b/c","text":"x"}])"), IsEmpty());
}

TEST(ValidateTest, ChoiceHasOneTypeOfValue) {
  EXPECT_THAT(PatientWith(R"("deceasedBoolean":true,"deceasedDateTime":"2026")"),
              ElementsAre("structure @ Patient.deceased"));
  EXPECT_THAT(PatientWith(R"("deceasedString":"yes")"),
              ElementsAre("structure @ Patient.deceasedString"));
  EXPECT_THAT(PatientWith(R"("deceasedBoolean":true,
                             "_deceasedBoolean":{"extension":[{"url":"urn:u","valueCode":"x"}]})"),
              IsEmpty());
}

TEST(ValidateTest, EmptyThingsAreRefusedInEveryType) {
  EXPECT_THAT(
      FindingsOf(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
                             "note":[{"text":""}],"category":[],"subject":{},"valueString":null,
                             "component":[null,[1]]})"),
      ElementsAre("structure @ Observation.note[0].text", "structure @ Observation.category",
                  "structure @ Observation.subject", "structure @ Observation.value",
                  "structure @ Observation.component[0]", "structure @ Observation.component[1]"));
  EXPECT_THAT(PatientWith(R"("name":[{"given":["a",""]}])"),
              ElementsAre("structure @ Patient.name[0].given[1]"));
  EXPECT_THAT(PatientWith(R"("name":[{}])"), ElementsAre("structure @ Patient.name[0]"));
}

TEST(ValidateTest, NullIsAGapOnlyBesideItsCounterpart) {
  const std::string extension = R"({"extension":[{"url":"urn:u","valueCode":"x"}]})";
  EXPECT_THAT(PatientWith(R"("name":[{"given":["a",null],"_given":[null,)" + extension + "]}]"),
              IsEmpty());
  EXPECT_THAT(PatientWith(R"("name":[{"given":["a",null]}])"),
              ElementsAre("structure @ Patient.name[0].given[1]"));
  EXPECT_THAT(
      PatientWith(R"("name":[{"given":[null,"b"],"_given":[null,null]}])"),
      ElementsAre("structure @ Patient.name[0].given[0]", "structure @ Patient.name[0].given[0]"));
  EXPECT_THAT(PatientWith(R"("name":[{"given":["a"],"_given":[null,)" + extension + "]}]"),
              ElementsAre("structure @ Patient.name[0].given"));
  EXPECT_THAT(PatientWith(R"("name":[{"_given":[{"id":"1"}]}])"),
              ElementsAre("invariant @ Patient.name[0].given[0]"));
}

TEST(ValidateTest, OnlyPrimitivesHaveAMemberBeside) {
  EXPECT_THAT(PatientWith(R"("_birthDate":{"extension":[{"url":"urn:u","valueCode":"x"}]})"),
              IsEmpty());
  EXPECT_THAT(PatientWith(R"("_name":[{"id":"1"}])"), ElementsAre("structure @ Patient.name"));
  EXPECT_THAT(PatientWith(R"("_birthDate":"x")"), ElementsAre("structure @ Patient.birthDate"));
  EXPECT_THAT(PatientWith(R"("_birthDate":{"colour":"x"})"),
              ElementsAre("structure @ Patient.birthDate.colour"));
}

TEST(ValidateTest, PathHoldsNoNameThatIsNoElementName) {
  EXPECT_THAT(PatientWith(R"("Ann Lee, 12 Main St":"x")"), ElementsAre("structure @ Patient"));
}

TEST(ValidateTest, FindingsHoldNoValue) {
  for (const Issue& issue : Validate(Read(R"({"resourceType":"Patient","gender":"Zebra",
           "birthDate":"Zebra","maritalStatus":"Zebra","link":[{"other":{"reference":"Zebra"}}]})"))) {
    EXPECT_THAT(issue.message + issue.expression, Not(HasSubstr("Zebra")));
  }
}

TEST(ValidateTest, ResourcesOfABundleAreValidatedEachInItsOwnScope) {
  const auto bundle = [](const std::string& resource) {
    return FindingsOf(R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)" +
                      resource + "}]}");
  };
  EXPECT_THAT(bundle(R"({"resourceType":"Patient","gender":"x"})"),
              ElementsAre("code-invalid @ Bundle.entry[0].resource.gender"));
  EXPECT_THAT(bundle(R"({"resourceType":"Patient","managingOrganization":{"reference":"#o"},
                  "contained":[{"resourceType":"Organization","id":"o","name":"x"}]})"),
              IsEmpty());
  EXPECT_THAT(bundle(R"({"resourceType":"Patient",
                 "modifierExtension":[{"url":"http://x","valueBoolean":true}]})"),
              ElementsAre("extension @ Bundle.entry[0].resource.modifierExtension"));
}

TEST(ValidateTest, ConceptOfARequiredBindingHasOneOfItsCodings) {
  const auto allergy = [](const std::string& system, const std::string& code) {
    return FindingsOf(R"({"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/1"},
        "clinicalStatus":{"coding":[{"system":")" +
                      system + R"(","code":")" + code + R"("}]}})");
  };
  const std::string system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
  EXPECT_THAT(allergy(system, "active"), IsEmpty());
  EXPECT_THAT(allergy(system, "lively"),
              ElementsAre("code-invalid @ AllergyIntolerance.clinicalStatus"));
  EXPECT_THAT(allergy("http://other.example", "active"),
              ElementsAre("code-invalid @ AllergyIntolerance.clinicalStatus"));
}

TEST(ValidateTest, ElementWithOnlyAnIdIsRefused) {
  EXPECT_THAT(PatientWith(R"("name":[{"id":"1"}])"), ElementsAre("invariant @ Patient.name[0]"));
  EXPECT_THAT(PatientWith(R"("birthDate":"1980","_birthDate":{"id":"1"})"), IsEmpty());
}

TEST(ValidateTest, OurExtensionsAreKnownAndHaveTheirType) {
  const auto with = [](const std::string& name, const std::string& value) {
    return PatientWith(R"("telecom":[{"system":"phone","value":"1","extension":[{"url":")" +
                       std::string(kBase) + "/StructureDefinition/" + name + R"(",)" + value +
                       "}]}]");
  };
  EXPECT_THAT(with("reassigned", R"("valueBoolean":true)"), IsEmpty());
  EXPECT_THAT(with("reassigned", R"("valueString":"true")"),
              ElementsAre("extension @ Patient.telecom[0].extension[0]"));
  EXPECT_THAT(with("reasigned", R"("valueBoolean":true)"),
              ElementsAre("extension @ Patient.telecom[0].extension[0].url"));
}

// An extension of ours, as JSON.
std::string Own(const std::string& name, const std::string& members) {
  return R"({"url":")" + std::string(kBase) + "/StructureDefinition/" + name + R"(",)" + members +
         "}";
}

TEST(ValidateTest, OurExtensionsNeedTheirValueWhereTheyHaveOne) {
  const std::string inner = R"("extension":[{"url":"urn:u","valueCode":"x"}])";
  EXPECT_THAT(PatientWith(R"("telecom":[{"system":"phone","extension":[)" +
                          Own("reassigned", inner) + "]}]"),
              ElementsAre("extension @ Patient.telecom[0].extension[0]"));
}

TEST(ValidateTest, OurExtensionsStandWhereTheyAreDefinedFor) {
  const std::string reassigned = Own("reassigned", R"("valueBoolean":true)");
  EXPECT_THAT(PatientWith(R"("extension":[)" + reassigned + "]"),
              ElementsAre("extension @ Patient.extension[0].url"));
  EXPECT_THAT(PatientWith(R"("extension":[{"url":"urn:u","extension":[)" + reassigned + "]}]"),
              ElementsAre("extension @ Patient.extension[0].extension[0].url"));
  const std::string product = Own("mentions-product", R"("valueCodeableConcept":{"text":"x"})");
  EXPECT_THAT(PatientWith(R"("_birthDate":{"extension":[)" + product + "]}"), IsEmpty());
}

TEST(ValidateTest, PartsOfOurComplexExtensionsAreThoseDefined) {
  const auto with = [](const std::string& name, const std::string& parts) {
    const std::string extension = Own(name, R"("extension":[)" + parts + "]");
    return name == "funding-terms"
               ? FindingsOf(R"({"resourceType":"Contract","extension":[)" + extension + "]}")
               : ConsentWith([&](json::Value& c) {
                   c.Set("extension", json::Value::Array({*json::Parse(extension)}));
                 });
  };
  EXPECT_THAT(with("authorization", R"({"url":"discloser","valueString":"x"},
      {"url":"discloser","valueString":"y"},{"url":"signature-date","valueDateTime":"2026"},
      {"url":"compound","valueBoolean":false})"),
              IsEmpty());
  EXPECT_THAT(with("authorization", R"({"url":"signature-date","valueString":"2026"})"),
              ElementsAre("extension @ Consent.extension[0].extension[0]"));
  EXPECT_THAT(with("authorization", R"({"url":"signature-day","valueDateTime":"2026"})"),
              ElementsAre("extension @ Consent.extension[0].extension[0].url"));
  EXPECT_THAT(with("authorization", R"({"url":"seller","valueString":"x"},
      {"url":"seller","valueString":"y"})"),
              ElementsAre("extension @ Consent.extension[0].extension[1]"));
  EXPECT_THAT(with("funding-terms", R"({"url":"amount","valueMoney":{"value":1}})"), IsEmpty());
  EXPECT_THAT(with("funding-terms", R"({"url":"amount","valueQuantity":{"value":1}})"),
              ElementsAre("extension @ Contract.extension[0].extension[0]"));
  EXPECT_THAT(
      with("funding-terms", R"({"url":"form","extension":[{"url":"x","valueCode":"cash"}]})"),
      ElementsAre("extension @ Contract.extension[0].extension[0]"));
  EXPECT_THAT(
      ConsentWith([](json::Value& c) {
        c.Set("extension",
              json::Value::Array({*json::Parse(Own("authorization", R"("valueString":"x")"))}));
      }),
      ElementsAre("extension @ Consent.extension[0]"));
}

TEST(ValidateTest, ModifierExtensionIsRefusedAnywhereInStrictTypes) {
  const std::string modifier = R"("modifierExtension":[{"url":"http://x","valueBoolean":true}])";
  EXPECT_THAT(PatientWith(modifier), ElementsAre("extension @ Patient.modifierExtension"));
  EXPECT_THAT(PatientWith(R"("contact":[{"name":{"text":"x"},)" + modifier + "}]"),
              ElementsAre("extension @ Patient.contact[0].modifierExtension"));
  EXPECT_THAT(RequestWith("," + modifier),
              ElementsAre("extension @ CommunicationRequest.modifierExtension"));
  EXPECT_THAT(ConsentWith([&](json::Value& c) {
                c.Mutable("provision")
                    .Set("modifierExtension", json::Value::Array({json::Value::String("x")}));
              }),
              ElementsAre("extension @ Consent.provision.modifierExtension"));
  EXPECT_THAT(
      PatientWith(R"("contained":[{"resourceType":"Basic","code":{"text":"x"},)" + modifier + "}]"),
      Contains("extension @ Patient.contained[0].modifierExtension"));
  EXPECT_THAT(FindingsOf(R"({"resourceType":"Organization","name":"x",)" + modifier + "}"),
              IsEmpty());
}

TEST(ValidateTest, ImplicitRulesAreRefusedInStrictTypes) {
  EXPECT_THAT(PatientWith(R"("implicitRules":"http://x")"),
              ElementsAre("not-supported @ Patient.implicitRules"));
  EXPECT_THAT(RequestWith(R"(,"implicitRules":"http://x")"),
              ElementsAre("not-supported @ CommunicationRequest.implicitRules"));
  EXPECT_THAT(
      FindingsOf(R"({"resourceType":"Organization","name":"x","implicitRules":"http://x"})"),
      IsEmpty());
}

TEST(ValidateTest, ConsentNeedsAPolicy) {
  EXPECT_THAT(ConsentWith([](json::Value& c) { c.Remove("policyRule"); }),
              ElementsAre("invariant @ Consent"));
  EXPECT_THAT(ConsentWith([](json::Value& c) {
                c.Remove("policyRule");
                c.Mutable("policy").Add(json::Value::Object()).Set("uri", json::Value::String("u"));
              }),
              IsEmpty());
}

TEST(ValidateTest, PrivacyConsentNamesItsPatient) {
  EXPECT_THAT(ConsentWith([](json::Value& c) { c.Remove("patient"); }),
              ElementsAre("required @ Consent.patient"));
  EXPECT_THAT(ConsentWith([](json::Value& c) {
                c.Remove("patient");
                c.Set("scope", json::Value::Object()).Set("text", json::Value::String("research"));
              }),
              IsEmpty());
}

TEST(ValidateTest, PeriodEndsAfterItsStart) {
  auto with_period = [](const char* start, const char* end) {
    return ConsentWith([&](json::Value& c) {
      json::Value& period = c.Mutable("provision").Mutable("period");
      period.Set("start", json::Value::String(start));
      period.Set("end", json::Value::String(end));
    });
  };
  EXPECT_THAT(with_period("2026-02-01", "2026-01-31"),
              ElementsAre("invariant @ Consent.provision.period"));
  EXPECT_THAT(with_period("2026-02-01", "2026-02-01"), IsEmpty());
  EXPECT_THAT(with_period("2026-06-15", "2026"), IsEmpty());
  EXPECT_THAT(with_period("2026-02-01T03:00:00Z", "2026-01-31"), IsEmpty());
  EXPECT_THAT(with_period("2026-02-03T03:00:00Z", "2026-01-31"),
              ElementsAre("invariant @ Consent.provision.period"));
}

TEST(ValidateTest, MediumCodesExistInR4) {
  auto medium = [](const std::string& system, const std::string& code) {
    return RequestWith(R"(,"medium":[{"coding":[{"system":")" + system + R"(","code":")" + code +
                       R"("}]}])");
  };
  EXPECT_THAT(medium(kParticipationMode, "EMAILWRIT"), IsEmpty());
  EXPECT_THAT(medium(kParticipationMode, "SMSWRIT"),
              ElementsAre("code-invalid @ CommunicationRequest.medium[0].coding[0].code"));
  EXPECT_THAT(medium(kChannelSystem, "sms"), IsEmpty());
  EXPECT_THAT(medium(kChannelSystem, "pigeon"), Contains(HasSubstr("code-invalid")));
  EXPECT_THAT(medium("http://other.example", "SMSWRIT"), IsEmpty());
}

TEST(ValidateTest, InvariantsOfOtherTypesHold) {
  EXPECT_THAT(FindingsOf(R"({"resourceType":"Task","status":"draft","intent":"order",
                             "authoredOn":"2026-02-01","lastModified":"2026-01-01"})"),
              ElementsAre("invariant @ Task.lastModified"));
  EXPECT_THAT(PatientWith(R"("telecom":[{"value":"1"}])"),
              ElementsAre("invariant @ Patient.telecom[0]"));
  EXPECT_THAT(PatientWith(R"("contact":[{"gender":"male"}])"),
              ElementsAre("invariant @ Patient.contact[0]"));
  EXPECT_THAT(PatientWith(R"("extension":[{"url":"urn:u"}])"),
              ElementsAre("invariant @ Patient.extension[0]"));
}

TEST(ValidateTest, FindingsAreBounded) {
  std::string members = R"("photo":[{"data":"!"})";
  for (int i = 0; i < 500; ++i) members += R"(,{"data":"!"})";
  EXPECT_EQ(PatientWith(members + "]").size(), 101u);
}

TEST(ValidateTest, ObjectWithTooManyMembersIsRefused) {
  std::string text = R"({"resourceType":"Observation")";
  for (int i = 0; i < 600; ++i) text += ",\"m" + std::to_string(i) + "\":[null]";
  EXPECT_THAT(FindingsOf(text + "}"), ElementsAre("structure @ Observation"));
}

TEST(ValidateTest, DeepHandBuiltResourceIsRefusedNotFatal) {
  json::Value value = json::Value::Object();
  for (int i = 0; i < 1000; ++i) {
    json::Value outer = json::Value::Object();
    outer.Set("url", json::Value::String("urn:u"));
    outer.Set("extension", json::Value::Array({std::move(value)}));
    value = std::move(outer);
  }
  Resource resource = Read(R"({"resourceType":"Patient"})");
  resource.mutable_json().Set("extension", json::Value::Array({std::move(value)}));
  const auto issues = Validate(resource);
  ASSERT_EQ(issues.size(), 1u);
  EXPECT_EQ(issues[0].code, "too-costly");
}

TEST(ValidateTest, OnlyErrorsKeepAResourceOut) {
  EXPECT_FALSE(HasErrors({}));
  EXPECT_FALSE(HasErrors({{Severity::kWarning, "value", "m", ""}}));
  EXPECT_TRUE(
      HasErrors({{Severity::kWarning, "value", "m", ""}, {Severity::kFatal, "x", "m", ""}}));
}

}  // namespace
}  // namespace fhir
