#include "fhir/extensions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fhir/json/json.h"
#include "fhir/schema_table.h"

namespace fhir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kCore[] = "http://hl7.org/fhir/StructureDefinition/";

// "code @ place" of what is wrong with R4's extension `name`, with these members, in `holder`.
std::vector<std::string> Wrong(const std::string& name, const std::string& members,
                               std::string_view holder) {
  const auto extension = json::Parse(R"({"url":")" + (kCore + name) + R"(",)" + members + "}");
  EXPECT_TRUE(extension.ok()) << members;
  std::vector<std::string> lines;
  for (const Breach& breach : CheckExtension(*extension, holder)) {
    lines.push_back(std::string(breach.code) + " @ " + std::string(breach.element));
  }
  return lines;
}

TEST(ExtensionsTest, TheTableIsSortedAndHasR4s) {
  const auto rows = ExtensionRows();
  EXPECT_GT(rows.size(), 393u);
  for (size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].url, rows[i].url);
}

TEST(ExtensionsTest, TheValueHasTheTypeOfItsDefinition) {
  EXPECT_THAT(Wrong("patient-birthPlace", R"("valueAddress":{"city":"Nowhere"})", "Patient"),
              IsEmpty());
  EXPECT_THAT(Wrong("patient-birthPlace", R"("valueString":"Nowhere")", "Patient"),
              ElementsAre("extension @ "));
  EXPECT_THAT(Wrong("patient-birthPlace", R"("id":"x")", "Patient"), ElementsAre("extension @ "));
  EXPECT_THAT(Wrong("patient-birthTime", R"("_valueDateTime":{"id":"x"})", "Element"), IsEmpty());
}

TEST(ExtensionsTest, ARequiredBindingBindsTheValue) {
  EXPECT_THAT(Wrong("data-absent-reason", R"("valueCode":"masked")", "Element"), IsEmpty());
  EXPECT_THAT(Wrong("data-absent-reason", R"("valueCode":"mask")", "Element"),
              ElementsAre("code-invalid @ value"));
  const std::string status = R"("valueCodeableConcept":{"coding":[{"code":"functional",
      "system":"http://hl7.org/fhir/CodeSystem/implantStatus"}]})";
  EXPECT_THAT(Wrong("device-implantStatus", R"("valueCode":"functional")", "Device"), IsEmpty());
  EXPECT_THAT(Wrong("device-implantStatus", status, "Device"), ElementsAre("extension @ "));
}

TEST(ExtensionsTest, ItStandsOnlyWhereItIsDefined) {
  EXPECT_THAT(Wrong("patient-birthPlace", R"("valueAddress":{"city":"Nowhere"})", "Practitioner"),
              ElementsAre("extension @ url"));
  // Anywhere; on every resource that has a status of its own; on a path, which is not looked at.
  EXPECT_THAT(Wrong("data-absent-reason", R"("valueCode":"masked")", "Patient"), IsEmpty());
  EXPECT_THAT(Wrong("patient-birthTime", R"("valueDateTime":"1970-01-01")", "Element"), IsEmpty());
}

TEST(ExtensionsTest, ThePartsOfAComplexOneAreCountedAndTyped) {
  const std::string code = R"({"url":"code","valueCodeableConcept":{"text":"x"}})";
  EXPECT_THAT(Wrong("patient-nationality", R"("extension":[)" + code + "]", "Patient"), IsEmpty());
  EXPECT_THAT(Wrong("patient-nationality", R"("extension":[)" + code + "," + code + "]", "Patient"),
              ElementsAre("extension @ extension[1]"));
  EXPECT_THAT(
      Wrong("patient-nationality", R"("extension":[{"url":"code","valueString":"x"}])", "Patient"),
      ElementsAre("extension @ extension[0]"));
  EXPECT_THAT(Wrong("patient-nationality", R"("valueString":"x")", "Patient"),
              ElementsAre("extension @ "));
  // Its slicing is open.
  EXPECT_THAT(
      Wrong("patient-nationality", R"("extension":[{"url":"more","valueString":"x"}])", "Patient"),
      IsEmpty());
  EXPECT_THAT(Wrong("allergyintolerance-substanceExposureRisk",
                    R"("extension":[{"url":"substance","valueCodeableConcept":{"text":"x"}}])",
                    "AllergyIntolerance"),
              ElementsAre("extension @ extension"));
}

TEST(ExtensionsTest, OfWhatNobodyDefinesHereNothingIsAsked) {
  EXPECT_THAT(Wrong("patient-of-another-release", R"("valueString":"x")", "Patient"), IsEmpty());
}

}  // namespace
}  // namespace fhir
