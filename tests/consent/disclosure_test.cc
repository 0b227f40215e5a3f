#include "consent/disclosure.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "consent/decide.h"
#include "consent/deidentified.h"
#include "consent/disclosure_request.h"
#include "consent/redaction.h"
#include "consent/rules.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::HasReason;
using testing::Json;
using testing::Res;

std::string PathOf(std::string_view json) {
  const auto read = ReadDisclosure(Json(json), "given.disclosure");
  return read.ok() ? "ok" : read.error().path;
}

TEST(DisclosureRequestTest, RefusesWithThePath) {
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT"})"), "ok");
  EXPECT_EQ(PathOf(R"({})"), "given.disclosure.purpose");
  EXPECT_EQ(PathOf(R"([])"), "given.disclosure");
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT", "nwo": 1})"), "given.disclosure.nwo");
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT", "recipientKind": "wizard"})"),
            "given.disclosure.recipientKind");
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT", "action": "sell"})"), "given.disclosure.action");
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT", "origin": "MARS"})"), "given.disclosure.origin");
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT", "medium": "pigeon"})"), "given.disclosure.medium");
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT", "codes": [{"system": "x"}]})"),
            "given.disclosure.codes[0].code");
  EXPECT_EQ(PathOf(R"({"purpose": "TREAT", "data": "Condition/c1"})"), "given.disclosure.data");
}

// What A.11 finds in an Observation with this member.
std::string FoundIn(const std::string& member) {
  const auto found =
      Identifying(Json(R"({"resourceType": "Observation", )" + member + "}"),
                  testing::At("2026-11-23T18:00:00Z"), testing::Reminder().policy->disclosure);
  std::string all;
  for (const std::string& each : found) all += (all.empty() ? "" : " ") + each;
  return all;
}

TEST(IdentifyingTest, DigestsAreDerivedCodes) {
  for (int length : {32, 40, 56, 64, 96, 128}) {
    for (const char* letters : {"0a9f", "ABCF"}) {
      std::string digest;
      while (static_cast<int>(digest.size()) < length) digest += letters;
      EXPECT_EQ(FoundIn(R"("valueString": ")" + digest + "\""), "derived-codes") << digest;
      digest.back() = 'g';
      EXPECT_EQ(FoundIn(R"("valueString": ")" + digest + "\""), "free-text") << digest;
      digest.back() = 'G';
      EXPECT_EQ(FoundIn(R"("valueString": ")" + digest + "\""), "free-text") << digest;
      digest.back() = '@';
      EXPECT_EQ(FoundIn(R"("valueString": ")" + digest + "\""), "free-text") << digest;
    }
  }
}

TEST(IdentifyingTest, WhatIsFinerThanAYearIsADate) {
  for (const char* date : {"2026-11", "2026-11-23", "2026-W48", "12/31/2026"}) {
    EXPECT_EQ(FoundIn(R"("valueString": ")" + std::string(date) + "\""), "dates") << date;
  }
  for (const char* text : {"2026-", "2026-x1", "2026-Wx8", "2026-W", "202x-11", "12/31/x",
                           "x/31/2026", "12/2026", "20261123", "123x"}) {
    EXPECT_EQ(FoundIn(R"("valueString": ")" + std::string(text) + "\""), "free-text") << text;
  }
  EXPECT_EQ(FoundIn(R"("valueString": "2026")"), "");
}

TEST(IdentifyingTest, NamesTextsAndAgesOfEveryForm) {
  EXPECT_EQ(FoundIn(R"("performer": [{"name": {"text": "Pat Kim"}}])"), "names");
  EXPECT_EQ(FoundIn(R"("performer": [{"name": {"use": "usual"}}])"), "");
  EXPECT_EQ(FoundIn(R"("performer": [{"name": {"given": ["Pat"]}}])"), "names");
  EXPECT_EQ(FoundIn(R"("code": {"text": ["swollen"]})"), "free-text");
  EXPECT_EQ(FoundIn(R"("code": {"text": {"status": "generated"}})"), "free-text");
  EXPECT_EQ(FoundIn(R"("component": [{"div": "<div/>"}])"), "free-text");
  EXPECT_EQ(FoundIn(R"("code": {"id": "part", "coding": [{"code": "77", "display": "Age"}]})"), "");
  EXPECT_EQ(FoundIn(R"("valueQuantity": {"value": 90, "code": "a"})"), "ages");
  EXPECT_EQ(FoundIn(R"("valueQuantity": {"value": 90, "comparator": ">=", "code": "a"})"), "");
  EXPECT_EQ(FoundIn(R"("valueQuantity": {"value": 91, "comparator": ">=", "code": "a"})"), "ages");
  EXPECT_EQ(FoundIn(R"("valueQuantity": {"value": 89, "unit": "Years"})"), "");
  EXPECT_EQ(FoundIn(R"("valueQuantity": {"value": "ninety", "unit": "years"})"), "free-text");
}

TEST(DisclosureRequestTest, WrittenAndReadAgainIsTheSame) {
  const auto json = Json(R"({"purpose": "HOPERAT", "recipient": "Organization/o1",
    "recipientKind": "vendor", "action": "access", "classes": ["Condition"], "labels": ["PSY"],
    "codes": [{"system": "icd", "code": "F41"}, {"code": "E11"}], "data": ["Condition/c1"],
    "origin": "PART2_RECORD", "funding": "none", "deidentified": true, "actualKnowledge": true,
    "requiredByLaw": true, "requestedService": true, "attached": ["part2-notice"],
    "medium": "fax"})");
  const auto read = ReadDisclosure(json, "given.disclosure");
  ASSERT_TRUE(read.ok()) << read.error().path;
  EXPECT_EQ(WriteDisclosure(*read), json);
}

TEST(DisclosureRequestTest, EveryKindOfRecipientHasItsCode) {
  for (int i = 0; i <= static_cast<int>(RecipientKind::kOther); ++i) {
    const auto kind = static_cast<RecipientKind>(i);
    EXPECT_EQ(RecipientKindFromCode(Code(kind)), kind);
  }
  EXPECT_FALSE(RecipientKindFromCode("wizard").has_value());
}

TEST(DisclosureRequestTest, ARequestIsNeededOnlyWithoutADisclosure) {
  fhir::json::Value given = WriteGiven(testing::Reminder());
  given.Remove("request");
  EXPECT_EQ(ReadGiven(given).error().path, "given.request");
  given.Set("disclosure", Json(R"({"purpose": "TREAT"})"));
  EXPECT_TRUE(ReadGiven(given).ok());
  given.Set("disclosure", Json(R"({"purpose": 1})"));
  EXPECT_EQ(ReadGiven(given).error().path, "given.disclosure.purpose");
}

Given ToPlan(std::string_view more = "") {
  Given given;
  given.now = testing::At("2026-11-23T20:00:00Z");
  given.programme = testing::Reminder().programme;
  given.subject = "Patient/p1";
  given.resources = {testing::Reminder().resources[1],
                     Res(R"({"resourceType": "Condition", "id": "c1"})"),
                     Res(R"({"resourceType": "Condition", "id": "c2"})")};
  std::string text = R"({"purpose": "HPAYMT", "recipient": "Summit", "recipientKind": "plan",
                         "data": ["Condition/c1", "Condition/c2"])";
  text.append(more).append("}");
  given.disclosure = *ReadDisclosure(Json(text), "disclosure");
  return given;
}

TEST(DisclosureTest, TheOrderOfTheDataNeverMatters) {
  Given one = ToPlan();
  Given other = ToPlan();
  std::reverse(other.disclosure->data.begin(), other.disclosure->data.end());
  std::reverse(other.resources.begin(), other.resources.end());
  EXPECT_EQ(testing::Written(Decide(one)), testing::Written(Decide(other)));
}

TEST(DisclosureTest, RedactionsNameTheRecord) {
  Given given = ToPlan();
  given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "r1", "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
    "policyRule": {"coding": [{"code": "hipaa-restrictions"}]},
    "provision": {"type": "deny", "data": [
      {"meaning": "instance", "reference": {"reference": "Condition/c2"}}]}})"));
  const Decision decision = Decide(given);
  ASSERT_EQ(decision.outcome, Outcome::kPermitWithObligations);
  ASSERT_EQ(decision.obligations.size(), 2U);
  EXPECT_EQ(decision.obligations[1], (Obligation{"REDACT", "Condition/c2"}));
}

TEST(DisclosureTest, EveryDenialTellsThePatientWhy) {
  for (const Rule& rule : Rules()) {
    const bool ours = std::string_view(rule.id).starts_with("B4-") ||
                      std::string_view(rule.id).starts_with("B5-") || rule.id == "B6-3" ||
                      rule.id == "S1" || rule.id == "S2" || rule.id == "R2" || rule.id == "R3" ||
                      rule.id == "R6" || rule.id == "A.11" || rule.id == "A.13";
    if (ours) {
      EXPECT_EQ(rule.against.empty(), rule.for_patient.empty()) << rule.id;
    }
  }
}

// A Task about the patient, for the nurses who work for the sender.
Given ToNurses() {
  Given given = testing::Reminder();
  given.request.clear();
  given.subject = "Patient/p1";
  given.resources.push_back(Res(R"({"resourceType": "Task", "id": "t1",
                                    "for": {"reference": "Patient/p1"}})"));
  given.disclosure =
      *ReadDisclosure(Json(R"({"purpose": "TREAT", "recipient": "Nurses", "recipientKind": "vendor",
               "data": ["Task/t1"]})"),
                      "disclosure");
  return given;
}

TEST(DisclosureTest, NurseGetsTheMinimum) {
  const Decision decision = Decide(ToNurses());
  EXPECT_EQ(decision.outcome, Outcome::kPermitWithObligations);
  ASSERT_EQ(decision.obligations.size(), 1U);
  EXPECT_EQ(decision.obligations[0].code, "MINEC");
}

TEST(DisclosureTest, SenderOutsideHipaaNeedsAnAuthorization) {
  Given given = ToNurses();
  given.programme.regime = Regime::kHubNonHipaa;
  const Decision decision = Decide(given);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_TRUE(HasReason(decision, "C7"));
}

TEST(DisclosureTest, AConsentDeniesALabelWhereItStands) {
  Given given = ToNurses();
  given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "c1", "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
    "provision": {"type": "permit", "provision": [
      {"type": "deny", "securityLabel": [{"code": "PSY"}]}]}})"));
  const auto task = [&](std::string_view more) {
    given.resources[given.resources.size() - 2] =
        Res(R"({"resourceType": "Task", "id": "t1", "for": {"reference": "Patient/p1"},)" +
            std::string(more) + "}");
    return Decide(given);
  };
  // Nothing of it has the label.
  EXPECT_EQ(task(R"("status": "requested")").obligations, (std::vector<Obligation>{{"MINEC", ""}}));
  // An element has it: that is taken out.
  const Decision within = task(R"("owner": {"display": "Dr. A", "extension": [{
    "url": "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label",
    "valueCoding": {"code": "PSY"}}]}, "status": "requested")");
  EXPECT_EQ(within.obligations, (std::vector<Obligation>{{"MINEC", ""}, {"REDACT", "PSY"}}));
  const auto left =
      Redacted(given.resources[given.resources.size() - 2], within, given.policy->disclosure);
  ASSERT_TRUE(left.has_value());
  EXPECT_TRUE((*left)["owner"].is_null());
  EXPECT_EQ((*left)["status"].text(), "requested");
  // All of it has it.
  EXPECT_EQ(task(R"("meta": {"security": [{"code": "PSY"}]})").outcome, Outcome::kDeny);
}

TEST(DisclosureTest, ARecipientByNameIsWhoHasARecordOfThatName) {
  Given given = ToNurses();
  given.resources.push_back(
      Res(R"({"resourceType": "Organization", "id": "o1", "name": "Nurses"})"));
  given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "c1", "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
    "provision": {"type": "permit", "provision": [{"type": "deny",
      "actor": [{"role": {"coding": [{"code": "PRCP"}]},
                 "reference": {"reference": "Organization/o1"}}]}]}})"));
  EXPECT_EQ(Decide(given).outcome, Outcome::kDeny);
  given.disclosure->recipient = "Other nurses";
  EXPECT_NE(Decide(given).outcome, Outcome::kDeny);
}

fhir::Result<std::shared_ptr<const Policy>> WithPolicy(std::string_view disclosure) {
  fhir::json::Value json = BuiltInPolicyJson();
  const fhir::json::Value changed = Json(disclosure);
  for (const auto& member : changed.members()) {
    json.Mutable("disclosure").Set(member.name, member.value);
  }
  return ReadPolicy(json);
}

TEST(DisclosurePolicyTest, RefusesWithThePath) {
  EXPECT_EQ(WithPolicy(R"({"nwo": 1})").error().path, "policy.disclosure.nwo");
  EXPECT_EQ(WithPolicy(R"({"minimum": null})").error().path, "policy.disclosure.minimum");
  EXPECT_EQ(WithPolicy(R"({"minimum": {"Task": 1}})").error().path,
            "policy.disclosure.minimum.Task");
  EXPECT_EQ(WithPolicy(R"({"shieldLaw": {"WA": ["wizard"]}})").error().path,
            "policy.disclosure.shieldLaw");
  EXPECT_EQ(WithPolicy(R"({"consumerHealth": {"WA": {"geofenceFeet": 1}}})").error().path,
            "policy.disclosure.consumerHealth.WA.authorizationMonths");
  EXPECT_EQ(WithPolicy(R"({"consumerHealth": []})").error().path,
            "policy.disclosure.consumerHealth");
}

TEST(DisclosurePolicyTest, APackMayLeaveAStateOut) {
  const auto without = WithPolicy(R"({"shieldLaw": {}})");
  ASSERT_TRUE(without.ok()) << without.error().path;
  Given given = ToPlan(R"(, "labels": ["SEX"])");
  given.disclosure->recipient_kind = "law-enforcement";
  given.disclosure->required_by_law = true;
  EXPECT_EQ(Decide(given).outcome, Outcome::kDeny);
  given.policy = *without;
  const Decision decision = Decide(given);
  EXPECT_EQ(decision.outcome, Outcome::kReview);
  EXPECT_TRUE(HasReason(decision, "B6-3"));
}

TEST(DisclosurePolicyTest, AShorterTermEndsAnAuthorizationToSellSooner) {
  Given given = ToPlan(R"(, "origin": "CONSUMER_PROVIDED", "funding": "Contract/f1")");
  given.programme.regime = Regime::kHubNonHipaa;
  given.disclosure->data.clear();
  given.disclosure->recipient_kind = "ad-partner";
  given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "h3", "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
    "performer": [{"reference": "Patient/p1"}],
    "category": [{"coding": [{"code": "consumer-health-sale",
      "system": "https://psgateway.example/fhir/CodeSystem/consent-category"}]}],
    "provision": {"type": "permit", "purpose": [{"code": "HPAYMT"}]},
    "extension": [
    {"url": "https://psgateway.example/fhir/StructureDefinition/consumer-health-consent",
     "extension": [{"url": "information", "valueString": "readings"},
       {"url": "purpose", "valueString": "ads"}, {"url": "recipient", "valueString": "Summit"},
       {"url": "seller", "valueString": "Harbor"}, {"url": "copy-given", "valueBoolean": true},
       {"url": "statement", "valueCode": "not-conditioned"},
       {"url": "statement", "valueCode": "right-to-revoke"},
       {"url": "statement", "valueCode": "redisclosure"},
       {"url": "signature-date", "valueDateTime": "2026-08-31"}]}]})"));
  EXPECT_EQ(Decide(given).outcome, Outcome::kPermitWithObligations);
  given.policy =
      WithPolicy(R"({"consumerHealth": {"WA": {"geofenceFeet": 2000, "authorizationMonths": 1}}})")
          .value();
  // The end of September has no 31st.
  given.now = testing::At("2026-09-29T20:00:00Z");
  EXPECT_EQ(Decide(given).outcome, Outcome::kPermitWithObligations);
  given.now = testing::At("2026-10-01T20:00:00Z");
  EXPECT_EQ(Decide(given).outcome, Outcome::kDeny);
}

TEST(DisclosureTest, AnotherDenialNeverPermits) {
  Given given = ToPlan();
  const Outcome before = Decide(given).outcome;
  given.resources.push_back(Res(R"({"resourceType": "Consent", "id": "k1", "status": "active",
    "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
    "provision": {"type": "deny"}})"));
  EXPECT_GE(Decide(given).outcome, before);
  EXPECT_EQ(Decide(given).outcome, Outcome::kDeny);
}

}  // namespace
}  // namespace consent
