// What is read as JSON of ours is read strictly: a value of another JSON kind, anywhere, is
// refused, and the refusal leads to its place.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "consent/case_file.h"
#include "consent/policy.h"
#include "tests/consent/world.h"

namespace consent {
namespace {

using fhir::json::Value;
using testing::Json;

// Answers the path of the refusal; empty: it was taken.
using Reader = std::function<std::string(const Value&)>;

template <class Result>
std::string PathOf(const Result& result) {
  return result.ok() ? "" : result.error().path;
}

const std::vector<Value>& OneOfEachKind() {
  static const std::vector<Value> kinds = {Value::Bool(true), Value::Int(7), Value::String("x"),
                                           Value::Array({Value::Object()}), Value::Object()};
  return kinds;
}

// Whether one of the two paths leads to, or through, the other.
bool OnTheWay(const std::string& a, const std::string& b) {
  return a.starts_with(b) || b.starts_with(a);
}

// Replaces `place`, which is part of `document`, by every other kind, then what stands in it.
void EachReplaced(const Value& document, Value& place, const std::string& path,
                  const std::vector<std::string>& left_out, const Reader& read, int& refused) {
  for (const std::string& each : left_out) {
    if (path == each) return;
  }
  const Value before = place;
  for (const Value& other : OneOfEachKind()) {
    if (other.kind() == before.kind()) continue;
    place = other;
    const std::string at = read(document);
    EXPECT_TRUE(!at.empty() && OnTheWay(at, path)) << path << " refused at '" << at << "'";
    ++refused;
  }
  place = before;
  if (auto* members = place.mutable_members()) {
    for (auto& member : *members) {
      EachReplaced(document, member.value, path + "." + member.name, left_out, read, refused);
    }
  }
  if (auto* items = place.mutable_items()) {
    for (size_t i = 0; i < items->size(); ++i) {
      if (i > 0 && i + 1 < items->size()) continue;  // the first and the last speak for all
      EachReplaced(document, (*items)[i], path + "[" + std::to_string(i) + "]", left_out, read,
                   refused);
    }
  }
}

int Replaced(Value document, const std::string& path, const std::vector<std::string>& left_out,
             const Reader& read) {
  EXPECT_EQ(read(document), "") << path;
  int refused = 0;
  EachReplaced(document, document, path, left_out, read, refused);
  return refused;
}

Value Whole() {
  Value given = WriteGiven(testing::Promotion());
  std::string more_text = R"({
    "person": ["Patient/p1", "Patient/p2"], "channel": "email", "unresolvedIdentity": true,
    "programme": {"id": "p-1", "name": "N", "seller": "S", "sender": "T", "regime": "BA_OF",
      "actsFor": "CE_PLAN", "products": [{"system": "s", "code": "c", "display": "D", "maker": "M",
        "ingredient": "i", "formulation": "f", "generic": true, "kind": "delivery-system",
        "deliveryFor": ["d"], "administeredBy": "clinician", "classes": ["x"]}],
      "providerName": "P", "providerPhone": "1", "postalAddress": "A", "capPerDay": 2,
      "capPerWeek": 0, "vendors": {"sms": "v"}, "senders": {"sms": "+1"},
      "telephone": {"freeToEndUser": true, "onlyExempted": true, "oneWay": true},
      "email": {"unsubscribeUri": "https://x", "oneClickPost": true, "opaqueToken": true,
        "dkimSigns": ["From"], "bulk": true, "spf": true, "dkim": true, "dmarcAligned": true,
        "spamPer100000": 1}, "nurseQueue": "q", "hubWebhook": "w"},
    "disclosure": {"purpose": "HOPERAT", "recipient": "Organization/o1", "recipientKind": "vendor",
      "action": "access", "classes": ["Condition"], "labels": ["PSY"],
      "codes": [{"system": "icd", "code": "F41"}], "data": ["Condition/c1"],
      "origin": "PART2_RECORD", "funding": "none", "deidentified": true, "actualKnowledge": true,
      "requiredByLaw": true, "requestedService": true, "attached": ["part2-notice"],
      "medium": "fax"},
    "optOuts": [{"channel": "sms", "contact": "+12065550100", "class": "marketing", "seller": "S",
      "receivedAt": "2026-11-23T18:00:00Z", "source": "sms-reply", "programme": "p",
      "allProgrammes": true, "inReplyTo": "marketing", "answer": "keep refills", "pending": true,
      "unmerged": true}],
    "history": [{"channel": "sms", "sentAt": "2026-11-23T18:00:00Z", "class": "refill-2i",
      "subject": "ActivityDefinition/m1"}],
    "reply": "STOP", "replyChannel": "sms", "unavailable": ["clock"], "dischargeable": ["AUDIT"],
    "overrides": [{"request": "CommunicationRequest/cr1", "rules": ["CM1"], "approvedBy": ["a"],
      "approvedAt": "2026-11-23T18:00:00Z", "expires": "2026-11-24T18:00:00Z", "textHash": "00",
      "module": "ActivityDefinition/m1"}]})";
  // As instants are written.
  for (const char* instant : {"2026-11-23T18:00:00Z", "2026-11-24T18:00:00Z"}) {
    const std::string written = fhir::FormatInstant(testing::At(instant));
    for (size_t at = more_text.find(instant); at != std::string::npos;
         at = more_text.find(instant, at + written.size())) {
      more_text.replace(at, std::strlen(instant), written);
    }
  }
  const Value more = Json(more_text);
  for (const auto& member : more.members()) given.Set(member.name, member.value);
  return given;
}

TEST(ReadersTest, EveryValueOfAGivenHasItsKind) {
  const auto read = [](const Value& json) { return PathOf(ReadGiven(json)); };
  // A pack is named or laid over; what a resource holds is for the decision to doubt.
  std::vector<std::string> left_out = {"given.policy"};
  const Value whole = Whole();
  for (size_t i = 0; i < whole["resources"].size(); ++i) {
    left_out.push_back("given.resources[" + std::to_string(i) + "]");
  }
  EXPECT_GT(Replaced(whole, "given", left_out, read), 250);
  for (const Value& other : OneOfEachKind()) {
    if (other.is_object()) continue;
    Value given = whole;
    given.Set("resources", Value::Array({other}));
    EXPECT_EQ(read(given).rfind("given.resources[0]", 0), 0U);
    given = whole;
    given.Set("policy", other);
    EXPECT_EQ(read(given).rfind("given.policy", 0), 0U);
  }
}

TEST(ReadersTest, WhatAGivenSaysIsWrittenAsItWasRead) {
  const Value whole = Whole();
  const auto given = ReadGiven(whole);
  ASSERT_TRUE(given.ok()) << given.error().path;
  const Value written = WriteGiven(*given);
  for (const auto& member : whole.members()) {
    EXPECT_EQ(written[member.name], member.value) << member.name;
  }
}

TEST(ReadersTest, EveryValueOfAPackHasItsKind) {
  const auto read = [](const Value& json) { return PathOf(ReadPolicy(json)); };
  EXPECT_GT(Replaced(BuiltInPolicyJson(), "policy", {}, read), 400);
}

TEST(ReadersTest, NothingThatThePackOrASectionOfItSaysMayBeLeftOut) {
  const Value pack = BuiltInPolicyJson();
  for (const auto& section : pack.members()) {
    Value less = pack;
    less.Remove(section.name);
    EXPECT_EQ(PathOf(ReadPolicy(less)), "policy." + section.name);
    for (const auto& member : section.value.members()) {
      if (member.name == "conditions") continue;  // packs of before have none, and must replay
      less = pack;
      less.Mutable(section.name).Remove(member.name);
      EXPECT_EQ(PathOf(ReadPolicy(less)), "policy." + section.name + "." + member.name);
    }
  }
}

TEST(ReadersTest, EveryValueOfACaseHasItsKind) {
  Value whole = Json(R"({"note": "n", "source": "s", "want": {"outcome": "DENY",
    "class": "marketing", "reasons": ["A.4"], "obligations": ["AUDIT"], "rerouteTo": "portal",
    "reviewQueue": "nurse", "notBefore": "2026-11-23T20:00:00Z"}})");
  whole.Set("given", WriteGiven(testing::Reminder()));
  const auto read = [](const Value& json) {
    const std::string path = PathOf(ReadCase(json));
    return path.starts_with("case") || path.empty() ? path : "case." + path;
  };
  // Reasons may also be what is included and what is not.
  const std::vector<std::string> left_out = {"case.given", "case.want.reasons"};
  EXPECT_GT(Replaced(whole, "case", left_out, read), 30);
  whole.Mutable("want").Set("reasons", Json(R"({"include": ["A.4"], "exclude": ["V5"]})"));
  EXPECT_GT(Replaced(whole, "case", {"case.given"}, read), 30);
}

}  // namespace
}  // namespace consent
