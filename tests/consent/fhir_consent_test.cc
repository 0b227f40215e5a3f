// Consents read from FHIR and asked about data that is known in part: C.3, C.4, redactions.
#include "consent/fhir_consent.h"

#include <gtest/gtest.h>

#include "consent/interpret.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::Res;

fhir::Resource Consent(const std::string& provision) {
  return Res(R"({"resourceType": "Consent", "id": "c1", "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
    "provision": )" +
             provision + "}");
}

// What the consent says to `recipient`, for treatment unless `access` says otherwise.
ConsentAnswer Ask(const std::string& provision, Access access, std::string_view recipient = {},
                  std::vector<fhir::Resource> more = {}) {
  Given given = testing::Reminder();
  given.resources.push_back(Consent(provision));
  for (fhir::Resource& resource : more) given.resources.push_back(std::move(resource));
  const EvaluationContext context = InterpretFor(given, recipient);
  access.now = given.now;
  return Evaluate(context.consents.at(0), access, access.purposes.at(0));
}

Access Of(std::string purpose, const std::vector<std::string>& labels = {},
          std::vector<std::string> classes = {}) {
  Access access;
  access.purposes = {std::move(purpose)};
  access.data_known = false;
  access.classes = std::move(classes);
  SetLabels(labels, access);
  return access;
}

using Codes = std::vector<std::string>;

constexpr char kRestrictedImmunizations[] = R"({"type": "permit", "provision": [{"type": "deny",
  "securityLabel": [{"code": "R"}], "class": [{"code": "Immunization"}]}]})";

TEST(FhirConsentTest, C06WhatIsKnownOfTheDataIsNotRedacted) {
  const ConsentAnswer answer = Ask(kRestrictedImmunizations, Of("TREAT", {}, {"Immunization"}));
  EXPECT_EQ(answer.answer, Answer::kPermit);
  EXPECT_EQ(answer.redact, Codes{"R"});
}

TEST(FhirConsentTest, AnotherClassIsNotTouchedByADenyOfOne) {
  const ConsentAnswer answer = Ask(kRestrictedImmunizations, Of("TREAT", {}, {"Observation"}));
  EXPECT_EQ(answer.answer, Answer::kPermit);
  EXPECT_TRUE(answer.redact.empty());
}

TEST(FhirConsentTest, AClassThatIsDeniedAsSuchDenies) {
  const std::string tree = R"({"type": "permit", "provision": [{"type": "deny",
    "class": [{"code": "Immunization"}]}]})";
  EXPECT_EQ(Ask(tree, Of("TREAT", {}, {"Immunization"})).answer, Answer::kDeny);
}

TEST(FhirConsentTest, C07AMemberOfTheGroupBreaksTheGlass) {
  const std::string tree = R"({"type": "deny", "provision": [{"type": "permit",
    "purpose": [{"code": "BTG"}], "actor": [{"reference": {"reference": "Group/g"}}]}]})";
  const auto group = Res(R"({"resourceType": "Group", "id": "g", "type": "practitioner",
    "actual": true, "member": [{"entity": {"reference": "Practitioner/q"}}]})");
  EXPECT_EQ(Ask(tree, Of("BTG", {"N"}), "Practitioner/q", {group}).answer, Answer::kPermit);
  EXPECT_EQ(Ask(tree, Of("TREAT", {"N"}), "Practitioner/q", {group}).answer, Answer::kDeny);
  EXPECT_EQ(Ask(tree, Of("BTG", {"N"}), "Practitioner/z", {group}).answer, Answer::kDeny);
}

constexpr char kPsychiatryForOne[] = R"({"type": "permit",
  "purpose": [{"code": "TREAT"}, {"code": "HPAYMT"}, {"code": "HOPERAT"}],
  "securityLabel": [{"code": "N"}], "provision": [{"type": "permit",
  "securityLabel": [{"code": "PSY"}],
  "actor": [{"reference": {"reference": "Practitioner/p"}}]}]})";

TEST(FhirConsentTest, C09AndC10PsychiatryForOnePractitioner) {
  const Access access = Of("TREAT", {"R", "PSY"});
  EXPECT_EQ(Ask(kPsychiatryForOne, access, "Practitioner/p").answer, Answer::kPermit);
  EXPECT_EQ(Ask(kPsychiatryForOne, access, "Practitioner/q").answer, Answer::kDeny);
}

TEST(FhirConsentTest, C17APermitReachesLowerLabels) {
  const std::string tree = R"({"type": "permit", "securityLabel": [{"code": "R"}]})";
  EXPECT_EQ(Ask(tree, Of("TREAT", {"N"})).answer, Answer::kPermit);
  EXPECT_TRUE(Ask(tree, Of("TREAT", {"N"})).redact.empty());
  EXPECT_EQ(Ask(tree, Of("TREAT", {"V"})).answer, Answer::kDeny);
}

TEST(FhirConsentTest, PermitsOfUnknownDataKeepWhatOneOfThemReaches) {
  const std::string tree = R"({"type": "deny", "provision": [
    {"type": "permit", "securityLabel": [{"code": "N"}], "class": [{"code": "Observation"}]},
    {"type": "permit", "code": [{"coding": [{"system": "s", "code": "7"}]}]}]})";
  const ConsentAnswer answer = Ask(tree, Of("TREAT"));
  EXPECT_EQ(answer.answer, Answer::kPermit);
  EXPECT_EQ(answer.redact, (Codes{"exceptAnyOf N,s|7", "exceptAnyOf Observation,s|7"}));
}

TEST(FhirConsentTest, APermitOfAllNeedsNoExceptions) {
  const std::string tree = R"({"type": "permit", "provision": [{"type": "permit",
    "securityLabel": [{"code": "R"}]}]})";
  const ConsentAnswer answer = Ask(tree, Of("TREAT"));
  EXPECT_EQ(answer.answer, Answer::kPermit);
  EXPECT_TRUE(answer.redact.empty());
}

TEST(FhirConsentTest, ADenyOfSomeDataSaysWhatToTakeOutThoughNothingIsPermitted) {
  const ConsentAnswer answer =
      Ask(R"({"type": "deny", "securityLabel": [{"code": "HIV"}]})", Of("TREAT"));
  EXPECT_EQ(answer.answer, Answer::kNoConsent);
  EXPECT_EQ(answer.redact, Codes{"HIV"});
}

TEST(FhirConsentTest, OneResourceIsTakenOutByItsReference) {
  const ConsentAnswer answer = Ask(R"({"type": "permit", "provision": [{"type": "deny", "data": [
    {"meaning": "instance", "reference": {"reference": "Observation/o1"}}]}]})",
                                   Of("TREAT"));
  EXPECT_EQ(answer.redact, Codes{"Observation/o1"});
}

TEST(FhirConsentTest, WhatNoCodeCanSayIsForAPerson) {
  const std::string tree = R"({"type": "permit", "provision": [{"type": "deny",
    "dataPeriod": {"start": "2025"}}]})";
  EXPECT_EQ(Ask(tree, Of("TREAT")).answer, Answer::kIndeterminate);
  Access dated = Of("TREAT");
  dated.data_date =
      fhir::Span{testing::At("2024-06-01T00:00:00Z"), testing::At("2024-06-02T00:00:00Z")};
  EXPECT_EQ(Ask(tree, dated).answer, Answer::kPermit);
  // C.3: a date that nobody knows is outside for a permit, and this one permits nothing else.
  EXPECT_EQ(Ask(R"({"type": "permit", "dataPeriod": {"start": "2025"}})", Of("TREAT")).answer,
            Answer::kDeny);
  EXPECT_EQ(Ask(R"({"type": "permit", "provision": [{"type": "deny", "data": [{"meaning": "related",
    "reference": {"reference": "Observation/none"}}]}]})",
                Of("TREAT"))
                .answer,
            Answer::kIndeterminate);
}

TEST(FhirConsentTest, MorePermitsThanARedactionCanSayAreForAPerson) {
  std::string tree = R"({"type": "deny", "provision": [)";
  for (int i = 0; i < 7; ++i) {
    tree += (i == 0 ? "" : ",");
    tree += R"({"type": "permit", "class": [{"code": "C)" + std::to_string(i) + R"("}]})";
  }
  EXPECT_EQ(Ask(tree + "]}", Of("TREAT")).answer, Answer::kIndeterminate);
}

TEST(FhirConsentTest, ARoleOfOursForSomebodyElseIsUnclear) {
  const auto role = [](std::string_view organization) {
    return Res(R"({"resourceType": "PractitionerRole", "id": "r",
      "practitioner": {"reference": "Practitioner/q"}, "organization": {"reference": ")" +
               std::string(organization) + R"("}})");
  };
  const std::string deny = R"({"type": "deny", "actor": [{"reference":
    {"reference": "PractitionerRole/r"}}]})";
  EXPECT_EQ(Ask(deny, Of("TREAT"), "Practitioner/q", {role("Organization/o")}).answer,
            Answer::kIndeterminate);
  EXPECT_EQ(Ask(deny, Of("TREAT"), "PractitionerRole/r", {role("Organization/o")}).answer,
            Answer::kDeny);
  EXPECT_EQ(Ask(deny, Of("TREAT"), "Practitioner/z", {role("Organization/o")}).answer,
            Answer::kNoConsent);
}

TEST(FhirConsentTest, AnActorIsKnownByItsIdentifier) {
  const std::string deny = R"({"type": "deny", "actor": [{"reference":
    {"identifier": {"system": "npi", "value": "1"}}}]})";
  const auto q = Res(R"({"resourceType": "Practitioner", "id": "q",
    "identifier": [{"system": "npi", "value": "1"}]})");
  EXPECT_EQ(Ask(deny, Of("TREAT"), "Practitioner/q", {q}).answer, Answer::kDeny);
  EXPECT_EQ(Ask(deny, Of("TREAT")).answer, Answer::kIndeterminate);
}

}  // namespace
}  // namespace consent
