#include "fhir/patch/fhirpath_patch.h"

#include <gtest/gtest.h>

#include "fhir/json/json.h"

namespace fhir {
namespace {

constexpr char kPatient[] =
    R"({"resourceType":"Patient","id":"p1","active":true,)"
    R"("name":[{"family":"Madeup","given":["A","B","C"]},{"text":"Other"}],"birthDate":"1970-01-01"})";

// An operation from "type", "path" and further parts, each a JSON object.
std::string Parts(const std::string& type, const std::string& path, const std::string& more = "") {
  return R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[)"
         R"({"name":"type","valueCode":")" +
         type + R"("},{"name":"path","valueString":")" + path + "\"}" +
         (more.empty() ? "" : "," + more) + "]}]}";
}

Result<json::Value> Apply(const std::string& parameters) {
  return ApplyFhirPathPatch(json::Parse(kPatient).value(), json::Parse(parameters).value());
}

json::Value Patched(const std::string& parameters) {
  auto result = Apply(parameters);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return result.ok() ? *result : json::Value();
}

ErrorCode Refusal(const std::string& parameters) {
  auto result = Apply(parameters);
  EXPECT_FALSE(result.ok()) << parameters;
  return result.ok() ? ErrorCode::kInternal : result.error().code;
}

TEST(FhirPathPatchTest, AddsASingleElementAnItemAndAChoice) {
  EXPECT_EQ(Patched(Parts("add", "Patient",
                          R"({"name":"name","valueString":"gender"},)"
                          R"({"name":"value","valueCode":"other"})"))["gender"]
                .text(),
            "other");
  const json::Value more = Patched(Parts("add", "Patient.name[0]",
                                         R"({"name":"name","valueString":"given"},)"
                                         R"({"name":"value","valueString":"D"})"));
  EXPECT_EQ(more["name"].at(0)["given"].at(3).text(), "D");
  const json::Value dead = Patched(Parts("add", "Patient",
                                         R"({"name":"name","valueString":"deceased"},)"
                                         R"({"name":"value","valueBoolean":true})"));
  EXPECT_TRUE(dead["deceasedBoolean"].boolean());
}

TEST(FhirPathPatchTest, AddsAnElementBuiltOfParts) {
  const json::Value patched = Patched(Parts(
      "add", "Patient",
      R"({"name":"name","valueString":"contact"},{"name":"value","part":[)"
      R"({"name":"name","valueHumanName":{"text":"Kin"}},{"name":"gender","valueCode":"male"}]})"));
  EXPECT_EQ(patched["contact"].at(0)["name"]["text"].text(), "Kin");
  EXPECT_EQ(patched["contact"].at(0)["gender"].text(), "male");
}

TEST(FhirPathPatchTest, PartsAreNamedAsTheElementHasThem) {
  const json::Value patched =
      Patched(Parts("add", "Patient",
                    R"({"name":"name","valueString":"extension"},{"name":"value","part":[)"
                    R"({"name":"url","valueUri":"urn:x"},{"name":"value","valueString":"y"}]})"));
  EXPECT_EQ(json::Write(patched["extension"]), R"([{"url":"urn:x","valueString":"y"}])");
  const json::Value kin =
      Patched(Parts("add", "Patient",
                    R"({"name":"name","valueString":"contact"},{"name":"value","part":[)"
                    R"({"name":"telecom","valueContactPoint":{"rank":1}}]})"));
  EXPECT_EQ(json::Write(kin["contact"]), R"([{"telecom":[{"rank":1}]}])");
  EXPECT_EQ(Refusal(Parts("add", "Patient",
                          R"({"name":"name","valueString":"contact"},{"name":"value","part":[)"
                          R"({"name":"shoeSize","valueInteger":1}]})")),
            ErrorCode::kMalformed);
}

TEST(FhirPathPatchTest, WhatStandsBesideAPrimitiveGoesWhereItGoes) {
  const auto after = [](const std::string& patch) {
    const auto patient = json::Parse(
        R"({"resourceType":"Patient","name":[{"given":["A","B"],"_given":[null,{"id":"b"}]}]})");
    auto patched = ApplyFhirPathPatch(*patient, json::Parse(patch).value());
    return patched.ok() ? json::Write((*patched)["name"].at(0)) : patched.error().message;
  };
  const std::string x = R"({"name":"value","valueString":"X"})";
  EXPECT_EQ(
      after(Parts("insert", "Patient.name[0].given", R"({"name":"index","valueInteger":0},)" + x)),
      R"({"given":["X","A","B"],"_given":[null,null,{"id":"b"}]})");
  EXPECT_EQ(after(Parts("add", "Patient.name[0]", R"({"name":"name","valueString":"given"},)" + x)),
            R"({"given":["A","B","X"],"_given":[null,{"id":"b"},null]})");
  EXPECT_EQ(
      after(Parts("move", "Patient.name[0].given",
                  R"({"name":"source","valueInteger":1},{"name":"destination","valueInteger":0})")),
      R"({"given":["B","A"],"_given":[{"id":"b"},null]})");
  EXPECT_EQ(after(Parts("delete", "Patient.name[0].given[0]")),
            R"({"given":["B"],"_given":[{"id":"b"}]})");
  EXPECT_EQ(after(Parts("delete", "Patient.name[0].given[1]")), R"({"given":["A"]})");
}

TEST(FhirPathPatchTest, InsertsAndMovesWithinAList) {
  const json::Value inserted =
      Patched(Parts("insert", "Patient.name[0].given",
                    R"({"name":"index","valueInteger":1},{"name":"value","valueString":"X"})"));
  EXPECT_EQ(json::Write(inserted["name"].at(0)["given"]), R"(["A","X","B","C"])");
  const json::Value moved = Patched(
      Parts("move", "Patient.name[0].given",
            R"({"name":"source","valueInteger":0},{"name":"destination","valueInteger":2})"));
  EXPECT_EQ(json::Write(moved["name"].at(0)["given"]), R"(["B","C","A"])");
}

TEST(FhirPathPatchTest, DeletesAnItemAndTheLastItemWithItsList) {
  EXPECT_EQ(
      json::Write(Patched(Parts("delete", "Patient.name[0].given[1]"))["name"].at(0)["given"]),
      R"(["A","C"])");
  EXPECT_EQ(Patched(Parts("delete", "Patient.birthDate")).Find("birthDate"), nullptr);
  EXPECT_EQ(
      Patched(Parts("delete", "Patient.name.where(family = 'Madeup').family"))["name"].at(0).Find(
          "family"),
      nullptr);
}

TEST(FhirPathPatchTest, DeletingWhatIsNotThereChangesNothing) {
  EXPECT_EQ(json::Write(Patched(Parts("delete", "Patient.gender"))), kPatient);
}

TEST(FhirPathPatchTest, ReplacesAValue) {
  EXPECT_EQ(Patched(Parts("replace", "Patient.birthDate",
                          R"({"name":"value","valueDate":"1971-02-03"})"))["birthDate"]
                .text(),
            "1971-02-03");
  EXPECT_FALSE(Patched(Parts("replace", "Patient.active",
                             R"({"name":"value","valueBoolean":false})"))["active"]
                   .boolean());
}

TEST(FhirPathPatchTest, PathsToSeveralOrNoElementsAreInvalid) {
  const std::string value = R"({"name":"value","valueString":"X"})";
  EXPECT_EQ(Refusal(Parts("replace", "Patient.name.given", value)), ErrorCode::kInvalid);
  EXPECT_EQ(Refusal(Parts("replace", "Patient.gender", value)), ErrorCode::kInvalid);
  EXPECT_EQ(Refusal(Parts("delete", "Patient.name")), ErrorCode::kInvalid);
  EXPECT_EQ(Refusal(Parts("delete", "Patient")), ErrorCode::kInvalid);
  EXPECT_EQ(Refusal(Parts("insert", "Patient.name[0].given",
                          R"({"name":"index","valueInteger":4},)" + value)),
            ErrorCode::kInvalid);
  EXPECT_EQ(Refusal(Parts("add", "Patient",
                          R"({"name":"name","valueString":"active"},)"
                          R"({"name":"value","valueBoolean":true})")),
            ErrorCode::kInvalid);
  EXPECT_EQ(
      Refusal(Parts("add", "Patient", R"({"name":"name","valueString":"shoeSize"},)" + value)),
      ErrorCode::kInvalid);
}

TEST(FhirPathPatchTest, WhatIsNoPatchIsMalformed) {
  EXPECT_EQ(Refusal(R"({"resourceType":"Patient"})"), ErrorCode::kMalformed);
  EXPECT_EQ(Refusal(Parts("spell", "Patient.name")), ErrorCode::kMalformed);
  EXPECT_EQ(Refusal(Parts("replace", "Patient.active")), ErrorCode::kMalformed);
  EXPECT_EQ(Refusal(Parts("delete", "Patient.name[")), ErrorCode::kMalformed);
  EXPECT_EQ(Refusal(Parts("insert", "Patient.name", R"({"name":"value","valueString":"X"})")),
            ErrorCode::kMalformed);
}

TEST(FhirPathPatchTest, TheErrorNamesTheOperation) {
  auto result = Apply(Parts("replace", "Patient.gender", R"({"name":"value","valueCode":"x"})"));
  EXPECT_EQ(result.error().path, "Parameters.parameter[0]");
}

}  // namespace
}  // namespace fhir
