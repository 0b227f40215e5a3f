// Validations of a 2 KB Patient on one core: microseconds each, resource already parsed, and with
// parsing.
#include "fhir/validate.h"

#include <chrono>
#include <cstdio>
#include <string>

namespace {

std::string Patient() {
  std::string text = R"({"resourceType":"Patient","id":"bench","meta":{"versionId":"1",
"lastUpdated":"2026-01-02T03:04:05.678Z","profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},
"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>A <b>patient</b> of the bench</p></div>"},
"extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[
{"url":"ombCategory","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2106-3","display":"White"}},
{"url":"text","valueString":"White"}]},
{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"Boston","state":"MA","country":"US"}}],
"active":true,"gender":"female","birthDate":"1980-02-29","deceasedBoolean":false,
"maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}],"text":"Married"},
"name":[{"use":"official","family":"Example","given":["Ann","Bea"],"prefix":["Ms."]},
{"use":"maiden","family":"Sample","given":["Ann"],"period":{"end":"2005-06-01"}}],
"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"en-US"}]},"preferred":true}],
"managingOrganization":{"reference":"Organization/1","display":"General"},
"generalPractitioner":[{"reference":"Practitioner/1"}],
"contact":[{"relationship":[{"text":"spouse"}],"name":{"text":"B. Example"},"telecom":[{"system":"phone","value":"+12065550100"}]}],
"address":[{"use":"home","line":["12 Main St"],"city":"Boston","state":"MA","postalCode":"02101","country":"US","period":{"start":"2010"}}],
"telecom":[)";
  for (int i = 0; text.size() < 2048; ++i) {
    if (i > 0) text += ',';
    text += R"({"system":"phone","value":"+1206555010)" + std::to_string(i % 10) +
            R"(","use":"home","rank":)" + std::to_string(i + 1) + "}";
  }
  return text + "]}";
}

template <class Work>
double MicrosecondsEach(const Work& work) {
  constexpr int kRounds = 20'000;
  for (int i = 0; i < 100; ++i) work();  // builds the structures
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) work();
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begun;
  return spent.count() / kRounds;
}

}  // namespace

int main() {
  const std::string text = Patient();
  const auto resource = fhir::Resource::Parse(text);
  if (!resource.ok() || !fhir::Validate(*resource).empty()) {
    std::fprintf(stderr, "the bench's patient is not valid\n");
    return 1;
  }
  size_t findings = 0;
  const double validate = MicrosecondsEach([&] { findings += fhir::Validate(*resource).size(); });
  const double with_parsing = MicrosecondsEach([&] {
    const auto parsed = fhir::Resource::Parse(text);
    findings += fhir::Validate(*parsed).size();
  });
  std::printf(
      "{\"bytes\":%zu,\"validate_us\":%.1f,\"parse_and_validate_us\":%.1f,\"findings\":%zu}\n",
      text.size(), validate, with_parsing, findings);
}
