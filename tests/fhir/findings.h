// What Validate finds, as lines that a test can name.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "fhir/validate.h"

namespace fhir {

// "code @ path" of every finding.
inline std::vector<std::string> FindingsOf(const Resource& resource) {
  std::vector<std::string> lines;
  for (const Issue& issue : Validate(resource)) {
    lines.push_back(issue.code + " @ " + issue.expression);
  }
  return lines;
}

inline Resource Read(std::string_view text) {
  auto resource = Resource::Parse(text);
  EXPECT_TRUE(resource.ok()) << text;
  return resource.ok() ? *resource : Resource();
}

inline std::vector<std::string> FindingsOf(std::string_view text) { return FindingsOf(Read(text)); }

// A patient with these members.
inline std::vector<std::string> PatientWith(const std::string& members) {
  return FindingsOf(R"({"resourceType":"Patient",)" + members + "}");
}

// A consent that has no findings.
inline Resource GoodConsent() {
  return Read(R"({"resourceType":"Consent","id":"c1","status":"active",
      "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope",
                          "code":"patient-privacy"}]},
      "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
      "patient":{"reference":"Patient/p1"},"dateTime":"2026-01-02",
      "policyRule":{"coding":[{"code":"OPTIN"}]},
      "provision":{"type":"permit","period":{"start":"2026-01-01","end":"2026-12-31"},
                   "provision":[{"type":"deny","purpose":[{"code":"HMARKT"}]}]}})");
}

template <class Change>
std::vector<std::string> ConsentWith(Change change) {
  Resource consent = GoodConsent();
  change(consent.mutable_json());
  return FindingsOf(consent);
}

}  // namespace fhir
