#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {

using fhir::ErrorCode;

TEST_P(StoreContract, AResourceIsReadAsItWasWritten) {
  Commit([](Transaction& t) { Ok(t.Write(PatientWrite("p1", 1, R"({"a":1.00})"))); });
  Look([](Reader& r) {
    const auto found = Get(r.Read("alpha", "Patient", "p1"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->type, "Patient");
    EXPECT_EQ(found->id, "p1");
    EXPECT_EQ(found->version, 1);
    EXPECT_EQ(found->bytes, R"({"a":1.00})");
    EXPECT_EQ(found->method, WriteMethod::kCreate);
    EXPECT_EQ(found->last_updated, Instant(std::chrono::milliseconds(1'800'000'000'001)));
    EXPECT_FALSE(found->deleted());
    EXPECT_FALSE(found->shredded);
  });
}

TEST_P(StoreContract, UnknownResourcesAreAbsent) {
  Look([](Reader& r) {
    EXPECT_FALSE(Get(r.Read("alpha", "Patient", "p1")).has_value());
    EXPECT_FALSE(Get(r.ReadVersion("alpha", "Patient", "p1", 1)).has_value());
    EXPECT_TRUE(Get(r.History(PatientHistory("p1", 10))).versions.empty());
  });
}

TEST_P(StoreContract, UuidsAndOtherIdsDoNotMeet) {
  const std::string uuid = "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b";
  const std::string upper = "0199A0B1-C2D3-7E4F-8A5B-6C7D8E9F0A1B";
  Commit([&](Transaction& t) {
    Ok(t.Write(PatientWrite(uuid, 1, "lower")));
    Ok(t.Write(PatientWrite(upper, 1, "upper")));
  });
  Look([&](Reader& r) {
    EXPECT_EQ(Get(r.Read("alpha", "Patient", uuid))->bytes, "lower");
    EXPECT_EQ(Get(r.Read("alpha", "Patient", upper))->bytes, "upper");
    const SearchPage page = Get(r.Search(PatientQuery()));
    ASSERT_EQ(page.matches.size(), 2u);
    EXPECT_EQ(page.matches[0].id, uuid);
    EXPECT_EQ(page.matches[1].id, upper);
  });
}

TEST_P(StoreContract, ProgrammesAndTypesAreApart) {
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("x", 1, "alpha's")));
    ResourceWrite other = PatientWrite("x", 1, "beta's");
    other.programme = "beta";
    Ok(t.Write(other));
    other = PatientWrite("x", 1, "a consent");
    other.type = "Consent";
    Ok(t.Write(other));
  });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.Read("alpha", "Patient", "x"))->bytes, "alpha's");
    EXPECT_EQ(Get(r.Read("beta", "Patient", "x"))->bytes, "beta's");
    EXPECT_EQ(Get(r.Read("alpha", "Consent", "x"))->bytes, "a consent");
    EXPECT_FALSE(Get(r.Read("beta", "Consent", "x")).has_value());
    EXPECT_EQ(Get(r.Search(PatientQuery())).matches.size(), 1u);
  });
}

TEST_P(StoreContract, OnlyTheNextVersionCanBeWritten) {
  Commit([](Transaction& t) { Ok(t.Write(PatientWrite("p1", 1, "one"))); });
  for (const int64_t version : {0, 1, 3, 7}) {
    const fhir::Status status = store().Update(
        [&](Transaction& t) { return t.Write(PatientWrite("p1", version, "again")); });
    ASSERT_FALSE(status.ok()) << version;
    EXPECT_EQ(status.error().code, ErrorCode::kConflict);
  }
  const fhir::Status unknown =
      store().Update([](Transaction& t) { return t.Write(PatientWrite("p2", 2, "two")); });
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, ErrorCode::kConflict);
  Look([](Reader& r) { EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, "one"); });
}

TEST_P(StoreContract, HistoryIsNewestFirstAndPaged) {
  Commit([](Transaction& t) {
    for (int version = 1; version <= 5; ++version) {
      Ok(t.Write(PatientWrite("p1", version, "v" + std::to_string(version))));
    }
  });
  Look([](Reader& r) {
    const auto versions = [&](const HistoryPage& page) {
      std::string all;
      for (const ResourceVersion& v : page.versions) {
        EXPECT_EQ(v.bytes, "v" + std::to_string(v.version));
        all += std::to_string(v.version);
      }
      return all;
    };
    EXPECT_EQ(versions(Get(r.History(PatientHistory("p1", 10)))), "54321");
    const HistoryPage first = Get(r.History(PatientHistory("p1", 2)));
    EXPECT_EQ(versions(first), "54");
    const HistoryPage second = Get(r.History(PatientHistory("p1", 2, first.next)));
    EXPECT_EQ(versions(second), "32");
    const HistoryPage third = Get(r.History(PatientHistory("p1", 2, second.next)));
    EXPECT_EQ(versions(third), "1");
    EXPECT_EQ(third.next, "");
    EXPECT_EQ(versions(Get(r.History(PatientHistory("p1", 0)))), "");
    // Of the type and of the programme there is nothing else here.
    for (const char* type : {"Patient", ""}) {
      HistoryQuery query = PatientHistory("", 3);
      query.type = type;
      const HistoryPage page = Get(r.History(query));
      EXPECT_EQ(versions(page), "543");
      query.after = page.next;
      EXPECT_EQ(versions(Get(r.History(query))), "21");
    }
  });
}

TEST_P(StoreContract, ADeletedResourceIsAnsweredAsDeletedAndCanComeBack) {
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("p1", 1, "one", {{"identifier", "s|1"}})));
    ResourceWrite gone = PatientWrite("p1", 2, "");
    gone.method = WriteMethod::kDelete;
    Ok(t.Write(gone));
  });
  Look([](Reader& r) {
    const auto found = Get(r.Read("alpha", "Patient", "p1"));
    EXPECT_TRUE(found->deleted());
    EXPECT_EQ(found->bytes, "");
    EXPECT_EQ(Get(r.ReadVersion("alpha", "Patient", "p1", 1))->bytes, "one");
    EXPECT_TRUE(Get(r.Search(PatientQuery())).matches.empty());
    EXPECT_TRUE(Get(r.Search(PatientQuery({{"identifier", {"s|1"}}}))).matches.empty());
  });
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("p1", 3, "three", {{"identifier", "s|1"}})));
  });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.Search(PatientQuery({{"identifier", {"s|1"}}}))).matches.size(), 1u);
  });
}

TEST_P(StoreContract, LargeBodiesComeBackWhole) {
  std::string body;
  for (int i = 0; i < 400'000; ++i) body += static_cast<char>('a' + i % 23);
  Commit([&](Transaction& t) { Ok(t.Write(PatientWrite("p1", 1, body))); });
  Look([&](Reader& r) { EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, body); });
}

TEST_P(StoreContract, ShreddingAPatientsKeyMakesWhatItSealedUnreadable) {
  Commit([](Transaction& t) {
    Ok(t.Write(PatientWrite("p1", 1, "one")));
    Ok(t.Write(PatientWrite("p1", 2, "two")));
    Ok(t.Write(PatientWrite("p2", 1, "other")));
    ResourceWrite consent = PatientWrite("c1", 1, "consent");
    consent.type = "Consent";
    consent.patient = "Patient/p1";
    Ok(t.Write(consent));
    Outreach outreach;
    outreach.programme = "alpha";
    outreach.request_id = "cr1";
    outreach.patient_id = "p1";
    outreach.contact = "+15550001";
    EXPECT_GT(Get(t.AddOutreach(outreach)), 0);
    DecisionRow decision;
    decision.id = "d1";
    decision.programme = "alpha";
    decision.request_id = "cr1";
    decision.patient_id = "p1";
    decision.record = "{}";
    decision.context = "{\"name\":\"x\"}";
    Ok(t.AddDecision(decision));
  });
  Look([](Reader& r) { EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, "two"); });
  Ok(store().Shred("alpha", "p1"));
  Ok(store().Shred("alpha", "p1"));
  Ok(store().Shred("alpha", "nobody"));
  for (int round = 0; round < 2; ++round) {
    Look([](Reader& r) {
      for (const int64_t version : {1, 2}) {
        const auto found = Get(r.ReadVersion("alpha", "Patient", "p1", version));
        EXPECT_TRUE(found->shredded);
        EXPECT_EQ(found->bytes, "");
      }
      EXPECT_TRUE(Get(r.Read("alpha", "Consent", "c1"))->shredded);
      EXPECT_EQ(Get(r.Read("alpha", "Patient", "p2"))->bytes, "other");
      EXPECT_EQ(Get(r.OutreachOfRequest("alpha", "cr1"))[0].contact, "");
      const auto decisions = Get(r.DecisionsOf("alpha", "cr1"));
      ASSERT_EQ(decisions.size(), 1u);
      EXPECT_EQ(decisions[0].record, "{}");
      EXPECT_FALSE(decisions[0].context.has_value());
    });
    Reopen();
  }
  // Who comes back has a new key; the old versions stay unreadable.
  Commit([](Transaction& t) { Ok(t.Write(PatientWrite("p1", 3, "three"))); });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.Read("alpha", "Patient", "p1"))->bytes, "three");
    EXPECT_TRUE(Get(r.ReadVersion("alpha", "Patient", "p1", 2))->shredded);
  });
}

}  // namespace gateway::store
