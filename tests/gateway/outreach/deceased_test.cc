#include "gateway/outreach/deceased.h"

#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

using store::OutreachState;

constexpr char kSecond[] = R"({
  "id": "borea", "name": "Borea Support", "seller": "Aurora Pharma", "sender": "Northlight Hub",
  "regime": "BA_OF", "actsFor": "CE_PROVIDER",
  "vendors": {"email": "smtp-main"}, "senders": {"email": "borea@northlight.example"}})";

// Another record of the same human, in another programme.
constexpr char kSame[] = R"({"resourceType":"Patient","id":"q1",
  "identifier":[{"system":"urn:hub","value":"m-1"}],
  "telecom":[{"system":"email","value":"pat@mail.example"}]%s})";

class DeceasedTest : public TenantFixture {
 protected:
  void SetUp() override {
    Register("borea", kSecond);
    Same("");
    Put(R"({"resourceType":"ActivityDefinition","id":"hello","status":"active",
      "approvalDate":"2026-01-05","extension":[
      {"url":"https://psgateway.example/fhir/StructureDefinition/funding","valueCode":"none"},
      {"url":"https://psgateway.example/fhir/StructureDefinition/content-text",
       "valueString":"Your nurse will call you on Monday."}]})",
        "borea");
  }
  void Same(const std::string& more) {
    std::string record = kSame;
    record.replace(record.find("%s"), 2, more);
    Put(record, "borea");
  }
  // The patient's record as the hub has it now.
  void Record(const std::string& more) {
    Put(R"({"resourceType":"Patient","id":"p1",
      "identifier":[{"system":"urn:hub","value":"m-1"}],
      "telecom":[{"system":"email","value":"pat@mail.example"}])" +
        more + "}");
  }
  static std::string Later(const std::string& id) {
    return Refill(id, R"(,"occurrenceDateTime":"2026-11-25T18:30:00Z")");
  }
  // A care message of the second programme, without products.
  static std::string There(const std::string& id) {
    return R"({"resourceType":"CommunicationRequest","id":")" + id + R"(","status":"active",
      "subject":{"reference":"Patient/q1"},"recipient":[{"reference":"Patient/q1"}],
      "medium":[{"coding":[{"system":"https://psgateway.example/fhir/CodeSystem/channel",
                            "code":"email"}]}],
      "reasonCode":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason",
                                "code":"TREAT"}]}],
      "about":[{"reference":"ActivityDefinition/hello"}],
      "occurrenceDateTime":"2026-11-25T18:30:00Z"})";
  }
  static std::string Task(const std::string& id, const std::string& code,
                          const std::string& status = "requested") {
    return R"({"resourceType":"Task","id":")" + id + R"(","status":")" + status +
           R"(","intent":"order","for":{"reference":"Patient/p1"},"code":{"coding":[{"system":
             "https://psgateway.example/fhir/CodeSystem/task-code","code":")" +
           code + R"("}]}})";
  }
  std::string StatusOf(const std::string& type, const std::string& id,
                       const std::string& programme = "aurora") {
    return Stored(type, id, programme)["status"].text();
  }
};

TEST_F(DeceasedTest, WhatWasPlannedEndsWithThePatient) {
  Put(Later("queued"));
  Put(Task("t1", "contact-patient"));
  Put(Task("t2", "contact-patient", "completed"));
  Put(Task("t3", "ae-intake"));
  Record(R"(,"deceasedDateTime":"2026-11-17")");
  EXPECT_EQ(OutreachOf("queued").state, OutreachState::kCancelled);
  const fhir::Resource request = Stored("CommunicationRequest", "queued");
  EXPECT_EQ(request["status"].text(), "revoked");
  EXPECT_EQ(request["statusReason"]["coding"].at(0)["code"].text(), "G1");
  EXPECT_EQ(StatusOf("Task", "t1"), "cancelled");
  EXPECT_EQ(Stored("Task", "t1")["statusReason"]["coding"].at(0)["code"].text(), "G1");
  EXPECT_EQ(StatusOf("Task", "t2"), "completed");
  EXPECT_EQ(StatusOf("Task", "t3"), "requested") << "an adverse event is reported of the dead too";
}

TEST_F(DeceasedTest, WhatAPersonHeldOrNobodyHasDecidedEndsToo) {
  Put(Refill("held", R"(,"payload":[{"contentString":"Words that no module has approved."}])"));
  ASSERT_EQ(OutreachOf("held").state, OutreachState::kHeld);
  std::string draft = Refill("draft");
  draft.replace(draft.find("\"active\""), 8, "\"draft\"");
  Put(draft);
  Record(R"(,"deceasedBoolean":true)");
  EXPECT_EQ(OutreachOf("held").state, OutreachState::kCancelled);
  EXPECT_EQ(StatusOf("CommunicationRequest", "held"), "revoked");
  EXPECT_EQ(StatusOf("CommunicationRequest", "draft"), "revoked");
  for (const fhir::Resource& task : All("Task")) EXPECT_EQ(task["status"].text(), "cancelled");
}

TEST_F(DeceasedTest, InEveryProgrammeOfTheTenant) {
  Put(There("there"), "borea");
  ASSERT_EQ(OutreachOf("there", "borea").state, OutreachState::kQueued);
  Record(R"(,"deceasedBoolean":true)");
  EXPECT_EQ(OutreachOf("there", "borea").state, OutreachState::kCancelled);
  EXPECT_EQ(StatusOf("CommunicationRequest", "there", "borea"), "revoked");
  Put(There("next"), "borea");
  EXPECT_EQ(OutreachOf("next", "borea").state, OutreachState::kCancelled);
}

TEST_F(DeceasedTest, RecordsThatDoNotAgreeAreForAPerson) {
  Same(R"(,"deceasedBoolean":false)");
  Put(There("there"), "borea");
  Put(Later("here"));
  Put(Task("t1", "contact-patient"));
  Record(R"(,"deceasedBoolean":true)");
  EXPECT_EQ(OutreachOf("here").state, OutreachState::kHeld);
  EXPECT_EQ(StatusOf("CommunicationRequest", "here"), "on-hold");
  EXPECT_EQ(OutreachOf("there", "borea").state, OutreachState::kHeld);
  EXPECT_EQ(StatusOf("Task", "t1"), "requested");
}

TEST_F(DeceasedTest, NobodyElsesPlansEnd) {
  Put(Later("here"));
  Put(R"({"resourceType":"Patient","id":"p9","deceasedBoolean":true})");
  EXPECT_EQ(OutreachOf("here").state, OutreachState::kQueued);
}

}  // namespace
}  // namespace gateway::outreach
