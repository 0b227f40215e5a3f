#include "consent/redaction.h"

#include <gtest/gtest.h>

#include "consent/policy.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::Json;
using testing::Res;

Decision With(std::vector<Obligation> obligations) {
  Decision decision;
  decision.outcome = Outcome::kPermitWithObligations;
  decision.obligations = std::move(obligations);
  return decision;
}

Decision Redact(std::string value) { return With({{"REDACT", std::move(value)}}); }

std::optional<fhir::Resource> Of(const fhir::Resource& resource, const Decision& decision) {
  return Redacted(resource, decision, BuiltInPolicy()->disclosure);
}

// "nothing" when the resource stays behind.
std::string Left(const fhir::Resource& resource, const Decision& decision) {
  const auto left = Of(resource, decision);
  return left ? left->Bytes() : "nothing";
}

const fhir::Resource& Anxiety() {
  static const fhir::Resource resource = Res(R"({"resourceType": "Condition", "id": "c2",
    "meta": {"security": [{"code": "R"}, {"code": "OPIOIDUD"}]},
    "code": {"coding": [{"system": "icd", "code": "F41"}]}})");
  return resource;
}

const fhir::Resource& Plain() {
  static const fhir::Resource resource =
      Res(R"({"resourceType": "Condition", "id": "c1", "code": {"coding": [{"code": "E11"}]}})");
  return resource;
}

TEST(RedactionTest, WithoutAPermitNothingGoes) {
  for (const Outcome outcome : {Outcome::kDeny, Outcome::kReview, Outcome::kDefer}) {
    Decision decision;
    decision.outcome = outcome;
    EXPECT_EQ(Left(Plain(), decision), "nothing");
  }
}

TEST(RedactionTest, WithoutObligationsEverythingGoes) {
  EXPECT_EQ(Left(Anxiety(), With({})), Anxiety().Bytes());
  EXPECT_EQ(Left(Anxiety(), With({{"COUNT_AGAINST_CAP", ""}})), Anxiety().Bytes());
}

TEST(RedactionTest, ALabelTakesOutWhatCarriesIt) {
  EXPECT_EQ(Left(Anxiety(), Redact("OPIOIDUD")), "nothing");
  EXPECT_EQ(Left(Anxiety(), Redact("HIV")), Anxiety().Bytes());
  EXPECT_EQ(Left(Plain(), Redact("OPIOIDUD")), Plain().Bytes());
}

TEST(RedactionTest, ALabelTakesOutWhatLiesBelowIt) {
  EXPECT_EQ(Left(Anxiety(), Redact("SUD")), "nothing");
  EXPECT_EQ(Left(Anxiety(), Redact("SPI")), "nothing");
}

TEST(RedactionTest, AConfidentialityTakesOutItselfAndAbove) {
  EXPECT_EQ(Left(Anxiety(), Redact("R")), "nothing");
  EXPECT_EQ(Left(Anxiety(), Redact("N")), "nothing");
  EXPECT_EQ(Left(Anxiety(), Redact("V")), Anxiety().Bytes());
}

TEST(RedactionTest, WithoutALabelItIsNormalOrAsWhatContainsIt) {
  EXPECT_EQ(Left(Plain(), Redact("N")), "nothing");
  EXPECT_EQ(Left(Plain(), Redact("R")), Plain().Bytes());
  const fhir::Resource low = Res(R"({"resourceType": "Condition", "id": "c3",
    "meta": {"security": [{"code": "L"}]},
    "contained": [{"resourceType": "Medication", "id": "m"}]})");
  EXPECT_EQ(Left(low, Redact("N")), low.Bytes());
  EXPECT_EQ(Left(low, Redact("exceptAnyOf L")), low.Bytes());
  const fhir::Resource bundle = Res(R"({"resourceType": "Bundle", "type": "collection",
    "entry": [{"resource": {"resourceType": "Condition", "id": "c1"}},
              {"resource": {"resourceType": "Condition", "id": "c4",
                            "meta": {"security": [{"code": "L"}]}}}]})");
  const std::string left = Left(bundle, Redact("N"));
  EXPECT_EQ(left.find("c1"), std::string::npos);
  EXPECT_NE(left.find("c4"), std::string::npos);
}

TEST(RedactionTest, AClassACodeOrAReferenceTakesOutTheResource) {
  for (const char* value : {"Condition", "icd|F41", "|F41", "Condition/c2"}) {
    EXPECT_EQ(Left(Anxiety(), Redact(value)), "nothing") << value;
  }
  for (const char* value : {"Observation", "icd|F4", "snomed|F41", "F41", "Condition/c1"}) {
    EXPECT_EQ(Left(Anxiety(), Redact(value)), Anxiety().Bytes()) << value;
  }
}

// C.3: a permit means the code of its system alone, a deny also what may be that code.
TEST(RedactionTest, ACodeIsThatOfItsSystem) {
  EXPECT_EQ(Left(Anxiety(), Redact("exceptAnyOf icd|F41")), Anxiety().Bytes());
  for (const char* value : {"exceptAnyOf snomed|F41", "exceptAnyOf |F41", "exceptAnyOf F41"}) {
    EXPECT_EQ(Left(Anxiety(), Redact(value)), "nothing") << value;
  }
  EXPECT_EQ(Left(Plain(), Redact("icd|E11")), "nothing");
  EXPECT_EQ(Left(Plain(), Redact("exceptAnyOf |E11")), Plain().Bytes());
  EXPECT_EQ(Left(Plain(), Redact("exceptAnyOf icd|E11")), "nothing");
}

// A label is no code: an interpretation "N" (normal) does not make a restricted result a normal
// one.
TEST(RedactionTest, ALabelIsNoCode) {
  const fhir::Resource result = Res(R"({"resourceType": "Observation", "id": "o1",
    "meta": {"security": [{"code": "R"}]},
    "interpretation": [{"coding": [{"code": "N"}]}]})");
  EXPECT_EQ(Left(result, Redact("exceptAnyOf N")), "nothing");
  EXPECT_EQ(Left(result, Redact("V")), result.Bytes());
}

TEST(RedactionTest, ATypeOfDocumentIsAClass) {
  const fhir::Resource note = Res(R"({"resourceType": "DocumentReference", "id": "d1",
    "type": {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]}})");
  EXPECT_EQ(Left(note, Redact("11488-4")), "nothing");
  EXPECT_EQ(Left(note, Redact("exceptAnyOf 11488-4")), note.Bytes());
  EXPECT_EQ(Left(note, Redact("exceptAnyOf 18842-5")), "nothing");
}

TEST(RedactionTest, ExceptAnyOfKeepsWhatHasOne) {
  EXPECT_EQ(Left(Anxiety(), Redact("exceptAnyOf SUD,PSY")), Anxiety().Bytes());
  EXPECT_EQ(Left(Anxiety(), Redact("exceptAnyOf Condition")), Anxiety().Bytes());
  EXPECT_EQ(Left(Plain(), Redact("exceptAnyOf SUD,PSY")), "nothing");
}

// C.3: a permit of one sensitivity does not reach what has another one too.
TEST(RedactionTest, ExceptASensitivityTakesOutWhatHasAnotherOneToo) {
  const fhir::Resource both = Res(R"({"resourceType": "Condition", "id": "c3",
    "meta": {"security": [{"code": "PSY"}, {"code": "HIV"}]}})");
  EXPECT_EQ(Left(both, Redact("exceptAnyOf PSY")), "nothing");
  EXPECT_EQ(Left(both, Redact("exceptAnyOf PSY,Condition")), both.Bytes());
}

TEST(RedactionTest, ExceptAConfidentialityKeepsUpToIt) {
  EXPECT_EQ(Left(Anxiety(), Redact("exceptAnyOf R")), Anxiety().Bytes());
  EXPECT_EQ(Left(Anxiety(), Redact("exceptAnyOf N")), "nothing");
  // Without a label it is normal.
  EXPECT_EQ(Left(Plain(), Redact("exceptAnyOf N")), Plain().Bytes());
  EXPECT_EQ(Left(Plain(), Redact("exceptAnyOf L")), "nothing");
}

TEST(RedactionTest, EveryExceptionMustBeMet) {
  const Decision both = With({{"REDACT", "exceptAnyOf Condition"}, {"REDACT", "exceptAnyOf HIV"}});
  EXPECT_EQ(Left(Anxiety(), both), "nothing");
}

TEST(RedactionTest, AnEntryOfABundleGoesWithItsResource) {
  fhir::Resource bundle = Res(R"({"resourceType": "Bundle", "type": "collection", "entry": []})");
  for (const fhir::Resource* each : {&Plain(), &Anxiety()}) {
    fhir::json::Value entry = fhir::json::Value::Object();
    entry.Set("fullUrl", fhir::json::Value::String("urn:" + each->id()));
    entry.Set("resource", each->json());
    bundle.mutable_json().Mutable("entry").Add(std::move(entry));
  }
  for (const char* value : {"SUD", "icd|F41", "Condition/c2", "exceptAnyOf |E11"}) {
    const auto left = Of(bundle, Redact(value));
    ASSERT_TRUE(left.has_value()) << value;
    ASSERT_EQ((*left)["entry"].size(), 1U) << value;
    EXPECT_EQ((*left)["entry"].at(0)["resource"]["id"].text(), "c1") << value;
  }
}

TEST(RedactionTest, AContainedResourceIsTakenOutAlone) {
  fhir::Resource holder = Plain();
  holder.mutable_json().Mutable("contained").Add(Anxiety().json());
  EXPECT_EQ(Left(holder, Redact("SUD")), Plain().Bytes());
}

TEST(RedactionTest, AnElementWithAnInlineLabelIsTakenOut) {
  const fhir::Resource patient = Res(R"({"resourceType": "Patient", "id": "p1",
    "name": [{"family": "A"}, {"family": "B", "extension": [
      {"url": "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label",
       "valueCoding": {"code": "R"}}]}],
    "gender": "other", "_gender": {"extension": [
      {"url": "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label",
       "valueCoding": {"code": "SEX"}}]}})");
  const auto no_name = Of(patient, Redact("R"));
  ASSERT_TRUE(no_name.has_value());
  ASSERT_EQ((*no_name)["name"].size(), 1U);
  EXPECT_EQ((*no_name)["name"].at(0)["family"].text(), "A");
  const auto no_gender = Of(patient, Redact("SEX"));
  ASSERT_TRUE(no_gender.has_value());
  EXPECT_TRUE((*no_gender)["gender"].is_null());
  EXPECT_TRUE((*no_gender)["_gender"].is_null());
  EXPECT_EQ((*no_gender)["name"].size(), 2U);
}

TEST(RedactionTest, AListThatLosesAllItsItemsGoes) {
  const fhir::Resource patient = Res(R"({"resourceType": "Patient", "id": "p1",
    "name": [{"family": "B", "extension": [
      {"url": "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label",
       "valueCoding": {"code": "R"}}]}]})");
  EXPECT_EQ(Left(patient, Redact("R")), R"({"resourceType":"Patient","id":"p1"})");
}

TEST(RedactionTest, TheMinimumIsWhatIsDeclared) {
  const fhir::Resource patient = Res(R"({"resourceType": "Patient", "id": "p1",
    "meta": {"security": [{"code": "R"}]}, "name": [{"family": "A"}], "birthDate": "1961-03-04"})");
  EXPECT_EQ(Left(patient, With({{"MINEC", ""}})),
            R"({"resourceType":"Patient","id":"p1","name":[{"family":"A"}]})");
}

TEST(RedactionTest, OfAnUndeclaredTypeNothingGoes) {
  EXPECT_EQ(Left(Plain(), With({{"MINEC", ""}})), "nothing");
}

TEST(RedactionTest, ATaskKeepsOnlyDeclaredInputs) {
  const fhir::Resource task = Res(R"({"resourceType": "Task", "id": "t1", "status": "requested",
    "input": [{"type": {"text": "problem list"}, "valueString": "x"},
              {"type": {"text": "reason"}, "valueString": "B6-2"},
              {"type": {"coding": [{"code": "contact"}]}, "valueString": "portal"}]})");
  const auto left = Of(task, With({{"MINEC", ""}}));
  ASSERT_TRUE(left.has_value());
  ASSERT_EQ((*left)["input"].size(), 2U);
  EXPECT_EQ((*left)["input"].at(0)["valueString"].text(), "B6-2");
}

TEST(RedactionTest, ATaskWithoutDeclaredInputsHasNone) {
  const fhir::Resource task = Res(R"({"resourceType": "Task", "id": "t1", "status": "requested",
    "input": [{"type": {"text": "problem list"}, "valueString": "x"}]})");
  EXPECT_EQ(Left(task, With({{"MINEC", ""}})),
            R"({"resourceType":"Task","id":"t1","status":"requested"})");
}

TEST(RedactionTest, TheMinimumOfABundleIsThatOfItsEntries) {
  fhir::Resource bundle = Res(R"({"resourceType": "Bundle", "type": "collection", "entry": [
    {"resource": {"resourceType": "Condition", "id": "c1"}},
    {"resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1961"}}]})");
  const auto left = Of(bundle, With({{"MINEC", ""}}));
  ASSERT_TRUE(left.has_value());
  ASSERT_EQ((*left)["entry"].size(), 1U);
  EXPECT_TRUE((*left)["entry"].at(0)["resource"]["birthDate"].is_null());
}

TEST(RedactionTest, TheResourceItselfIsLeftAsItWas) {
  const fhir::Resource before = Anxiety();
  Of(Anxiety(), Redact("SUD"));
  EXPECT_EQ(Anxiety().Bytes(), before.Bytes());
}

}  // namespace
}  // namespace consent
