#include "gateway/outreach/write_back.h"

#include "fhir/json/json.h"
#include "tests/gateway/outreach/tenant_fixture.h"

namespace gateway::outreach {
namespace {

constexpr char kBase[] = "https://gateway.example/fhir/aurora";

fhir::Resource Communication() {
  return *fhir::Resource::Parse(R"({"resourceType": "Communication", "id": "c1",
    "meta": {"versionId": "2", "security": [{"code": "R"}]},
    "identifier": [{"system": "urn:vendor", "value": "SM1"}],
    "basedOn": [{"reference": "CommunicationRequest/r1"}], "status": "completed",
    "subject": {"reference": "Patient/p1"}, "recipient": [{"reference": "Patient/p1"}],
    "about": [{"reference": "urn:uuid:0a8b2f4e-0000-4000-8000-00000000000a"},
              {"reference": "https://ehr.example/Condition/1"}, {"reference": "#in"}]})");
}

TEST(WriteBackTest, OurReferencesAreAbsoluteAndTheOthersStay) {
  const WriteBack made = WriteBackOf(Communication(), kBase, {});
  const auto& json = made.communication;
  EXPECT_EQ(json["subject"]["reference"].text(), std::string(kBase) + "/Patient/p1");
  EXPECT_EQ(json["basedOn"].at(0)["reference"].text(),
            std::string(kBase) + "/CommunicationRequest/r1");
  EXPECT_EQ(json["about"].at(0)["reference"].text(),
            "urn:uuid:0a8b2f4e-0000-4000-8000-00000000000a");
  EXPECT_EQ(json["about"].at(1)["reference"].text(), "https://ehr.example/Condition/1");
  EXPECT_EQ(json["about"].at(2)["reference"].text(), "#in");
}

TEST(WriteBackTest, ThePatientIsNamedByThePartnersIdentifier) {
  const auto identifier = *fhir::json::Parse(R"({"system": "urn:mrn", "value": "7"})");
  const WriteBack made = WriteBackOf(Communication(), kBase, identifier);
  for (const auto* named :
       {&made.communication["subject"], &made.communication["recipient"].at(0)}) {
    EXPECT_EQ((*named)["identifier"], identifier);
    EXPECT_TRUE((*named)["reference"].is_null());
  }
}

TEST(WriteBackTest, IsFoundAgainByOurIdentifierAndKeepsItsLabels) {
  const WriteBack made = WriteBackOf(Communication(), kBase, {});
  EXPECT_EQ(made.if_none_exist, "identifier=https%3A%2F%2Fgateway.example%2Ffhir%2Faurora%7Cc1");
  const auto& json = made.communication;
  ASSERT_EQ(json["identifier"].size(), 2u);
  EXPECT_EQ(json["identifier"].at(1)["system"].text(), kBase);
  EXPECT_EQ(json["identifier"].at(1)["value"].text(), "c1");
  EXPECT_TRUE(json["id"].is_null());
  EXPECT_EQ(json["meta"].size(), 1u);
  EXPECT_EQ(json["meta"]["security"].at(0)["code"].text(), "R");
}

using WriteBackQueueTest = TenantFixture;

TEST_F(WriteBackQueueTest, TheIdentifierIsOfTheSourceBehindTheEndpoint) {
  config_.sources.push_back({"ehr-main", "aurora", "ehr", {}, "urn:hub", 0});
  const fhir::Resource about = Communication();
  ASSERT_TRUE(store_
                  ->View([&](store::Reader& reader) -> fhir::Status {
                    auto known = IdentifierAt(reader, config_, "aurora", "ehr", about);
                    EXPECT_EQ((*known)["value"].text(), "m-1");
                    auto other = IdentifierAt(reader, config_, "aurora", "nurse", about);
                    EXPECT_TRUE(other->is_null());
                    return {};
                  })
                  .ok());
}

}  // namespace
}  // namespace gateway::outreach
