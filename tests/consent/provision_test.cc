// The tree evaluation of C.3 and C.4 on its own, with label dimensions and unknown data.
#include "consent/provision.h"

#include <gtest/gtest.h>

#include "consent/fhir_consent.h"

namespace consent {
namespace {

using Type = Provision::Type;

Provision Node(Type type) {
  Provision provision;
  provision.type = type;
  return provision;
}

ConsentFacts Of(Provision root) {
  ConsentFacts consent;
  consent.reference = "Consent/c1";
  consent.status = ConsentStatus::kActive;
  consent.privacy_scope = true;
  consent.root = std::move(root);
  return consent;
}

Access Treatment() {
  Access access;
  access.purposes = {"TREAT"};
  return access;
}

Answer Ask(const ConsentFacts& consent, const Access& access) {
  return Evaluate(consent, access, access.purposes.front()).answer;
}

TEST(LabelTest, ADenyOfEthnicityReachesWhatIhePutsUnderIt) {
  for (const char* narrow : {"ETHUD", "OPIOIDUD"}) {
    EXPECT_TRUE(LabelCovers("ETH", narrow, Type::kDeny)) << narrow;
    EXPECT_FALSE(LabelCovers("ETH", narrow, Type::kPermit)) << narrow;
    EXPECT_TRUE(LabelCovers("SUD", narrow, Type::kPermit)) << narrow;
  }
  EXPECT_FALSE(LabelCovers("ETH", "HIV", Type::kDeny));
  EXPECT_TRUE(LabelCovers("HIV", "HIV", Type::kPermit));
}

TEST(LabelTest, OnlyTheSixLettersAreConfidentialities) {
  EXPECT_LT(ConfidentialityRank("U"), ConfidentialityRank("L"));
  EXPECT_LT(ConfidentialityRank("N"), ConfidentialityRank("R"));
  EXPECT_LT(ConfidentialityRank("R"), ConfidentialityRank("V"));
  for (const char* code : {"", "X", "HIV", "NR"}) EXPECT_EQ(ConfidentialityRank(code), -1) << code;
}

TEST(ProvisionTest, RootDecides) {
  EXPECT_EQ(Ask(Of(Node(Type::kPermit)), Treatment()), Answer::kPermit);
  EXPECT_EQ(Ask(Of(Node(Type::kDeny)), Treatment()), Answer::kDeny);
}

TEST(ProvisionTest, UncoveredPurposeIsNoConsent) {
  Provision root = Node(Type::kPermit);
  root.purposes = {"HPAYMT"};
  EXPECT_EQ(Ask(Of(root), Treatment()), Answer::kNoConsent);
}

// PCF ex-consent-advanced-normal-focused-psy: the nested permit extends, it does not flip.
ConsentFacts FocusedPsy(ActorMatch actor) {
  Provision root = Node(Type::kPermit);
  root.purposes = {"TREAT", "HPAYMT", "HOPERAT"};
  root.labels = {"N"};
  Provision nested = Node(Type::kPermit);
  nested.labels = {"PSY"};
  nested.actor = actor;
  root.children.push_back(nested);
  return Of(root);
}

TEST(ProvisionTest, C09SensitivityIsItsOwnDimension) {
  Access access = Treatment();
  access.confidentiality = "R";
  access.labels = {"PSY"};
  EXPECT_EQ(Ask(FocusedPsy(ActorMatch::kUs), access), Answer::kPermit);
}

TEST(ProvisionTest, C10AnotherPractitionerIsNotCovered) {
  Access access = Treatment();
  access.confidentiality = "R";
  access.labels = {"PSY"};
  EXPECT_EQ(Ask(FocusedPsy(ActorMatch::kOther), access), Answer::kDeny);
}

TEST(ProvisionTest, C17PermitReachesLowerLabelsDenyHigherOnes) {
  Provision permit = Node(Type::kPermit);
  permit.labels = {"R"};
  Access access = Treatment();
  EXPECT_EQ(Ask(Of(permit), access), Answer::kPermit);
  access.confidentiality = "V";
  EXPECT_EQ(Ask(Of(permit), access), Answer::kDeny);

  Provision root = Node(Type::kPermit);
  Provision deny = Node(Type::kDeny);
  deny.labels = {"R"};
  root.children.push_back(deny);
  EXPECT_EQ(Ask(Of(root), access), Answer::kDeny);
  access.confidentiality = "N";
  EXPECT_EQ(Ask(Of(root), access), Answer::kPermit);
}

TEST(ProvisionTest, C06UnknownDataTurnsADenyIntoARedaction) {
  Provision root = Node(Type::kPermit);
  Provision deny = Node(Type::kDeny);
  deny.labels = {"R"};
  deny.classes = {"Observation"};
  root.children.push_back(deny);
  Access access = Treatment();
  access.data_known = false;
  const ConsentAnswer answer = Evaluate(Of(root), access, "TREAT");
  EXPECT_EQ(answer.answer, Answer::kPermit);
  EXPECT_EQ(answer.redact, (std::vector<std::string>{"Observation", "R"}));
}

TEST(ProvisionTest, BreakGlassMustBeNamed) {
  Provision root = Node(Type::kDeny);
  Provision nested = Node(Type::kPermit);
  nested.purposes = {"TREAT"};
  root.children.push_back(nested);
  Access access;
  access.purposes = {"BTG"};
  EXPECT_EQ(Ask(Of(root), access), Answer::kDeny);
  root.children[0].purposes = {"BTG"};
  EXPECT_EQ(Ask(Of(root), access), Answer::kPermit);
}

TEST(ProvisionTest, ChildInheritsWhatItLeavesOut) {
  Provision root = Node(Type::kPermit);
  root.purposes = {"HPAYMT"};
  Provision deny = Node(Type::kDeny);
  deny.actor = ActorMatch::kUs;
  root.children.push_back(deny);
  EXPECT_EQ(Ask(Of(root), Treatment()), Answer::kNoConsent);
  Access payment;
  payment.purposes = {"COVAUTH"};
  EXPECT_EQ(Ask(Of(root), payment), Answer::kDeny);
}

TEST(ProvisionTest, ActionsAndDataLimits) {
  Provision collect = Node(Type::kDeny);
  collect.actions = {"collect"};
  EXPECT_EQ(Ask(Of(collect), Treatment()), Answer::kNoConsent);
  Provision code = Node(Type::kDeny);
  code.codes = {{"rx", "1001"}};
  Access access = Treatment();
  EXPECT_EQ(Ask(Of(code), access), Answer::kNoConsent);
  access.codes = {{"rx", "1001"}};
  EXPECT_EQ(Ask(Of(code), access), Answer::kDeny);
  Provision data = Node(Type::kDeny);
  data.data = {"MedicationRequest/1"};
  EXPECT_EQ(Ask(Of(data), access), Answer::kNoConsent);
  access.sources = {"MedicationRequest/1"};
  EXPECT_EQ(Ask(Of(data), access), Answer::kDeny);
}

TEST(ProvisionTest, UnknownDataDateCountsForTheDeny) {
  Provision deny = Node(Type::kDeny);
  deny.data_period = Validity{};
  EXPECT_EQ(Ask(Of(deny), Treatment()), Answer::kDeny);
  Provision permit = Node(Type::kPermit);
  permit.data_period = Validity{};
  EXPECT_EQ(Ask(Of(permit), Treatment()), Answer::kDeny);
  Access dated = Treatment();
  dated.data_date = fhir::Span{fhir::Instant{}, fhir::Instant{} + std::chrono::days{1}};
  EXPECT_EQ(Ask(Of(permit), dated), Answer::kPermit);
}

TEST(ProvisionTest, PrintedChildrenOfEthCountForADenyOnly) {
  EXPECT_TRUE(LabelCovers("ETH", "OPIOIDUD", Type::kDeny));
  EXPECT_FALSE(LabelCovers("ETH", "OPIOIDUD", Type::kPermit));
  EXPECT_TRUE(LabelCovers("SPI", "OPIOIDUD", Type::kPermit));
  EXPECT_FALSE(LabelCovers("HIV", "PSY", Type::kDeny));
}

TEST(ProvisionTest, UnknownStatusIsADoubt) {
  ConsentFacts consent = Of(Node(Type::kPermit));
  consent.status = ConsentStatus::kUnknown;
  EXPECT_EQ(Ask(consent, Treatment()), Answer::kIndeterminate);
}

}  // namespace
}  // namespace consent
