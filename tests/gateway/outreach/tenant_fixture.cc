#include "tests/gateway/outreach/tenant_fixture.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "gateway/writes.h"

namespace gateway::outreach {
namespace {

constexpr char kProgramme[] = R"({
  "id": "aurora", "name": "Aurora Support", "seller": "Aurora Pharma", "sender": "Northlight Hub",
  "regime": "BA_OF", "actsFor": "CE_PROVIDER",
  "products": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1",
                "display": "Auroramab", "maker": "Aurora Pharma", "ingredient": "auroramab"}],
  "providerName": "Fjord Clinic", "postalAddress": "1 Invented Way",
  "capPerDay": 5, "capPerWeek": 9,
  "vendors": {"email": "smtp-main", "sms": "sms-main"},
  "senders": {"email": "support@northlight.example", "sms": "+12065550100"},
  "nurseQueue": "nurse", "hubWebhook": "hub"})";

constexpr char kPatient[] = R"({
  "resourceType": "Patient", "id": "p1",
  "identifier": [{"system": "urn:hub", "value": "m-1"}],
  "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/timezone",
                 "valueCode": "America/Denver"}],
  "telecom": [{"system": "email", "value": "pat@mail.example"}]})";

constexpr char kPrescription[] = R"({
  "resourceType": "MedicationRequest", "id": "rx1", "status": "active", "intent": "order",
  "subject": {"reference": "Patient/p1"},
  "medicationCodeableConcept": {"coding": [
    {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1"}]}})";

constexpr char kModule[] = R"({
  "resourceType": "ActivityDefinition", "id": "refill", "status": "active",
  "approvalDate": "2026-01-05", "title": "Refill reminder",
  "extension": [
    {"url": "https://psgateway.example/fhir/StructureDefinition/mentions-product",
     "valueCodeableConcept": {"coding": [
       {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1"}]}},
    {"url": "https://psgateway.example/fhir/StructureDefinition/funding", "valueCode": "none"},
    {"url": "https://psgateway.example/fhir/StructureDefinition/content-text",
     "valueString": "It is time to refill your prescription."}]})";

// Identity of a real gateway needs no receiver: nobody listens on the discard port.
Config ClosedDoors() {
  Config config;
  config.public_url = "https://localhost:1";
  config.smtp.push_back({"smtp-main", "127.0.0.1", 9, "", "", {}});
  config.sms.push_back({"sms-main", "https://127.0.0.1:9/sms", "AC1", "/dev/null", {}});
  config.webhook.push_back({"hub", "https://127.0.0.1:9/hook", "/dev/null", {}});
  return config;
}

}  // namespace

TenantFixture::TenantFixture() : config_(ClosedDoors()) {
  char dir[] = "/tmp/psg-outreach-XXXXXX";
  dir_ = mkdtemp(dir);
  adapters_ = std::move(*AdapterSet::Make(config_, clock_));
  workshop_ = std::make_unique<Workshop>(Workshop{config_, *adapters_, metrics_});
  EXPECT_TRUE(store::WrappingKey::Create(dir_ + "/wrapping.key").ok());
  auto wrapping = store::WrappingKey::Load(dir_ + "/wrapping.key");
  EXPECT_TRUE(store::KeyRing::Create(dir_, "acme", *wrapping).ok());
  auto ring = store::KeyRing::Open(dir_, "acme", *wrapping);
  store::SqlcipherOptions options;
  options.dir = dir_;
  options.readers = 1;
  store_ = std::move(*store::OpenSqlcipherStore(options, *ring, clock_));
  Register("aurora", kProgramme);
  for (const char* resource : {kPatient, kPrescription, kModule}) Put(resource);
}

TenantFixture::~TenantFixture() {
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void TenantFixture::Register(const std::string& programme, const std::string& json) {
  EXPECT_TRUE(store_
                  ->Update([&](store::Transaction& tx) {
                    return tx.PutDocument("programme", programme, json);
                  })
                  .ok());
}

void TenantFixture::Put(const std::string& json, const std::string& programme) {
  auto resource = fhir::Resource::Parse(json);
  ASSERT_TRUE(resource.ok()) << resource.error().message;
  const Scope scope{programme, "hub", "r-1"};
  const fhir::Status done = store_->Update([&](store::Transaction& tx) -> fhir::Status {
    auto put = PutResource(tx, scope, *resource, PutMode::kEither);
    if (!put.ok()) return put.error();
    return React(tx, *workshop_, "acme", scope, {*put}, barrier_);
  });
  ASSERT_TRUE(done.ok()) << done.error().message << " " << done.error().path;
}

fhir::Resource TenantFixture::Stored(const std::string& type, const std::string& id,
                                     const std::string& programme) {
  fhir::Resource found;
  EXPECT_TRUE(store_
                  ->View([&](store::Reader& reader) -> fhir::Status {
                    auto loaded = LoadResource(reader, programme, type, id);
                    if (!loaded.ok()) return loaded.error();
                    found = *loaded;
                    return {};
                  })
                  .ok());
  return found;
}

std::vector<fhir::Resource> TenantFixture::All(const std::string& type) {
  std::vector<fhir::Resource> found;
  EXPECT_TRUE(store_
                  ->View([&](store::Reader& reader) -> fhir::Status {
                    store::SearchQuery query;
                    query.programme = "aurora";
                    query.type = type;
                    query.count = 100;
                    auto page = reader.Search(query);
                    if (!page.ok()) return page.error();
                    for (const auto& match : page->matches)
                      found.push_back(*fhir::Resource::Parse(match.bytes));
                    return {};
                  })
                  .ok());
  return found;
}

store::Outreach TenantFixture::OutreachOf(const std::string& request,
                                          const std::string& programme) {
  store::Outreach found;
  EXPECT_TRUE(store_
                  ->View([&](store::Reader& reader) -> fhir::Status {
                    auto rows = reader.OutreachOfRequest(programme, request);
                    if (!rows.ok()) return rows.error();
                    EXPECT_FALSE(rows->empty());
                    if (!rows->empty()) found = rows->back();
                    return {};
                  })
                  .ok());
  return found;
}

Gathered TenantFixture::FactsOf(const std::string& request) {
  Gathered facts;
  EXPECT_TRUE(store_
                  ->View([&](store::Reader& reader) -> fhir::Status {
                    auto loaded = LoadResource(reader, "aurora", "CommunicationRequest", request);
                    if (!loaded.ok()) return loaded.error();
                    auto gathered = Gather(reader, "aurora", *loaded, clock_.Now(), std::nullopt);
                    if (!gathered.ok()) return gathered.error();
                    facts = *gathered;
                    return {};
                  })
                  .ok());
  return facts;
}

std::vector<store::DecisionRow> TenantFixture::DecisionsOf(const std::string& request) {
  std::vector<store::DecisionRow> found;
  EXPECT_TRUE(store_
                  ->View([&](store::Reader& reader) -> fhir::Status {
                    auto rows = reader.DecisionsOf("aurora", request);
                    if (!rows.ok()) return rows.error();
                    found = *rows;
                    return {};
                  })
                  .ok());
  return found;
}

std::optional<Claim> TenantFixture::ClaimNow(const std::string& request) {
  std::optional<Claim> claim;
  const store::Outreach row = OutreachOf(request);
  EXPECT_TRUE(store_
                  ->Update([&](store::Transaction& tx) -> fhir::Status {
                    auto loaded = LoadResource(tx, "aurora", "CommunicationRequest", request);
                    if (!loaded.ok()) return loaded.error();
                    auto verdict = Prepare(tx, *workshop_, "aurora", *loaded, tx.Now());
                    if (!verdict.ok()) return verdict.error();
                    auto applied = Apply(tx, *workshop_, "acme", *verdict, Stage::kSend, row);
                    if (!applied.ok()) return applied.error();
                    claim = *applied;
                    return {};
                  })
                  .ok());
  return claim;
}

std::string TenantFixture::Refill(const std::string& id, const std::string& more) {
  return R"({"resourceType":"CommunicationRequest","id":")" + id + R"(","status":"active",
    "subject":{"reference":"Patient/p1"},"recipient":[{"reference":"Patient/p1"}],
    "medium":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationMode",
                          "code":"EMAILWRIT"}]}],
    "reasonCode":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason",
                              "code":"TREAT"}]}],
    "about":[{"reference":"ActivityDefinition/refill"}])" +
         more + "}";
}

}  // namespace gateway::outreach
