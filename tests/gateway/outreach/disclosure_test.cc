#include "gateway/disclosure.h"

#include "consent/decide.h"
#include "fhir/json/json.h"
#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

using consent::Outcome;

constexpr char kNobodySees[] = R"({"resourceType": "Consent", "id": "no", "status": "active",
  "scope": {"coding": [{"code": "patient-privacy"}]}, "patient": {"reference": "Patient/p1"},
  "category": [{"coding": [{"code": "59284-0"}]}],
  "policyRule": {"coding": [{"code": "hipaa-npp"}]}, "provision": {"type": "deny"}})";

constexpr char kCondition[] = R"({"resourceType": "Condition", "id": "c1",
  "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                         "code": "42CFRPart2"}]},
  "subject": {"reference": "Patient/p1"}})";

class DisclosureTest : public TenantFixture {
 protected:
  Disclosed ToNurses(const std::string& reference) {
    auto disclosed = Disclose(*store_, "aurora", reference, "nurse", clock_.Now());
    EXPECT_TRUE(disclosed.ok()) << disclosed.error().message;
    return *disclosed;
  }
  Disclosure Prepared(const consent::DisclosureRequest& asked) {
    std::optional<Disclosure> prepared;
    EXPECT_TRUE(store_
                    ->View([&](store::Reader& reader) -> fhir::Status {
                      auto made =
                          Disclosure::Prepare(reader, "aurora", "Patient/p1", asked, clock_.Now());
                      if (!made.ok()) return made.error();
                      prepared = std::move(*made);
                      return {};
                    })
                    .ok());
    return *prepared;
  }
  std::vector<store::AuditRow> Audits() {
    std::vector<store::AuditRow> rows;
    EXPECT_TRUE(store_
                    ->View([&](store::Reader& reader) -> fhir::Status {
                      rows = *reader.Audit(-1, 100);
                      return {};
                    })
                    .ok());
    std::erase_if(rows, [](const store::AuditRow& row) { return row.action != "disclose"; });
    return rows;
  }
  // What is sealed decides the same again.
  void ExpectReplays(const store::DecisionRow& row) {
    auto given = consent::ReadGiven(*fhir::json::Parse(*row.context));
    ASSERT_TRUE(given.ok()) << given.error().path;
    const auto record = *fhir::json::Parse(row.record);
    EXPECT_EQ(fhir::json::Canonical(consent::ToJson(consent::Decide(*given))),
              fhir::json::Canonical(record["decision"]));
  }

  consent::DisclosureRequest vendor_{
      .purpose = "HOPERAT", .recipient = "Ledger Analytics", .recipient_kind = "vendor"};
};

TEST_F(DisclosureTest, WhatMayGoIsTheMinimumAndTheDecisionIsRecorded) {
  const Disclosed disclosed = ToNurses("MedicationRequest/rx1");
  EXPECT_EQ(disclosed.decision.outcome, Outcome::kPermitWithObligations);
  ASSERT_TRUE(disclosed.resource.has_value());
  EXPECT_EQ((*disclosed.resource)["subject"]["reference"].text(), "Patient/p1");
  const auto rows = DecisionsOf("MedicationRequest/rx1");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].stage, "disclosure");
  EXPECT_EQ(rows[0].patient_id, "p1");
  const auto record = *fhir::json::Parse(rows[0].record);
  EXPECT_EQ(record["data"].at(0).text(), "MedicationRequest/rx1/_history/1");
  EXPECT_EQ(record["recipients"].at(0).text(), "Northlight Hub");
  ExpectReplays(rows[0]);
  const auto audits = Audits();
  ASSERT_EQ(audits.size(), 1u);
  EXPECT_EQ(audits[0].subject, "MedicationRequest/rx1/_history/1");
  EXPECT_EQ(audits[0].outcome, "0");
  EXPECT_EQ(audits[0].detail, rows[0].id + " nurse");
}

TEST_F(DisclosureTest, ADenialIsRecordedLikeAPermit) {
  Put(kNobodySees);
  const Disclosed disclosed = ToNurses("MedicationRequest/rx1");
  EXPECT_EQ(disclosed.decision.outcome, Outcome::kDeny);
  EXPECT_FALSE(disclosed.resource.has_value());
  const auto rows = DecisionsOf("MedicationRequest/rx1");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].outcome, "DENY");
  ExpectReplays(rows[0]);
  ASSERT_EQ(Audits().size(), 1u);
  EXPECT_EQ(Audits()[0].outcome, "8");
}

TEST_F(DisclosureTest, WhoIsBehindAnEndpointThatNobodyNamesIsForAPersonToSay) {
  auto disclosed = Disclose(*store_, "aurora", "Patient/p1", "elsewhere", clock_.Now());
  ASSERT_TRUE(disclosed.ok());
  EXPECT_EQ(disclosed->decision.outcome, Outcome::kReview);
  EXPECT_FALSE(disclosed->resource.has_value());
}

TEST_F(DisclosureTest, WhatIsGoneIsNotDecidedOn) {
  auto gone = Disclose(*store_, "aurora", "Task/none", "nurse", clock_.Now());
  EXPECT_EQ(gone.error().code, fhir::ErrorCode::kNotFound);
  EXPECT_TRUE(Audits().empty());
}

TEST_F(DisclosureTest, AConsentThatComesAfterwardsEndsIt) {
  Disclosure disclosure = Prepared(vendor_);
  EXPECT_TRUE(disclosure.Decide(Stored("Patient", "p1")).resource.has_value());
  Put(kNobodySees);
  EXPECT_TRUE(store_
                  ->View([&](store::Reader& reader) -> fhir::Status {
                    EXPECT_FALSE(*disclosure.StillHolds(reader));
                    return {};
                  })
                  .ok());
}

TEST_F(DisclosureTest, WhatIsDecidedAlikeStandsInOneRecord) {
  Put(kCondition);
  Disclosure disclosure = Prepared(vendor_);
  EXPECT_TRUE(disclosure.Decide(Stored("Patient", "p1")).resource.has_value());
  EXPECT_TRUE(disclosure.Decide(Stored("MedicationRequest", "rx1")).resource.has_value());
  // Without a consent of 42 CFR part 2 it stays; it does not keep the rest.
  const Disclosed& kept = disclosure.Decide(Stored("Condition", "c1"));
  EXPECT_EQ(kept.decision.outcome, Outcome::kDeny);
  ASSERT_TRUE(store_
                  ->Update([&](store::Transaction& tx) {
                    return disclosure.Record(tx, "operator:ann", "export");
                  })
                  .ok());
  const auto together = DecisionsOf("Patient/p1");
  ASSERT_EQ(together.size(), 1u);
  EXPECT_EQ((*fhir::json::Parse(together[0].record))["data"].size(), 2u);
  ExpectReplays(together[0]);
  const auto alone = DecisionsOf("Condition/c1");
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].outcome, "DENY");
  ExpectReplays(alone[0]);
  EXPECT_EQ(Audits().size(), 2u);
  EXPECT_EQ(Audits()[1].client, "operator:ann");
}

}  // namespace
}  // namespace gateway::outreach
