#include <algorithm>

#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {

using fhir::ErrorCode;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_P(StoreContract, TheNewestVersionOfADocumentCounts) {
  Commit([](Transaction& t) {
    Ok(t.PutDocument("programme", "alpha", "1"));
    Ok(t.PutDocument("programme", "beta", "1"));
    Ok(t.PutDocument("client", "alpha", "c"));
    Ok(t.PutDocument("programme", "alpha", "2"));
    EXPECT_EQ(Get(t.Document("programme", "alpha")), "2");
  });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.Document("programme", "alpha")), "2");
    EXPECT_EQ(Get(r.Document("client", "alpha")), "c");
    EXPECT_FALSE(Get(r.Document("programme", "gamma")).has_value());
    EXPECT_EQ(Get(r.Documents("programme")), (Pairs{{"alpha", "2"}, {"beta", "1"}}));
    EXPECT_TRUE(Get(r.Documents("source")).empty());
  });
}

TEST_P(StoreContract, AnIdentifierJoinsPatientsOfSeveralProgrammes) {
  Commit([](Transaction& t) {
    EXPECT_EQ(Get(t.PersonOf("alpha", "p1")), 0);
    const int64_t person = Get(t.LinkPerson("alpha", "p1", {"mrn|1", "ssn|9"}));
    EXPECT_GT(person, 0);
    EXPECT_EQ(Get(t.LinkPerson("alpha", "p1", {"mrn|1"})), person);
    EXPECT_EQ(Get(t.LinkPerson("beta", "q1", {"card|5", "ssn|9"})), person);
    // card|5 belongs to the person now.
    EXPECT_EQ(Get(t.LinkPerson("beta", "q2", {"card|5"})), person);
    const int64_t other = Get(t.LinkPerson("alpha", "p2", {}));
    EXPECT_NE(other, person);
    EXPECT_EQ(Get(t.PersonOf("beta", "q1")), person);
    // Between two known persons the link stays with the one known first.
    EXPECT_GT(Get(t.LinkPerson("alpha", "p3", {"mrn|3"})), other);
    EXPECT_EQ(Get(t.LinkPerson("alpha", "p4", {"mrn|3", "mrn|1"})), person);
  });
  Look([](Reader& r) {
    const int64_t person = Get(r.PersonOf("alpha", "p1"));
    Pairs patients = Get(r.PatientsOf(person));
    std::sort(patients.begin(), patients.end());
    EXPECT_EQ(patients, (Pairs{{"alpha", "p1"}, {"alpha", "p4"}, {"beta", "q1"}, {"beta", "q2"}}));
    EXPECT_EQ(Get(r.PersonOf("gamma", "p1")), 0);
  });
}

TEST_P(StoreContract, AnIdentifierThatComesToALinkedRecordIsOfBoth) {
  Commit([](Transaction& t) {
    const int64_t first = Get(t.LinkPerson("alpha", "p1", {"mrn|1"}));
    const int64_t second = Get(t.LinkPerson("beta", "q1", {"mrn|2"}));
    EXPECT_EQ(Get(t.LinkPerson("beta", "q1", {"mrn|2", "mrn|1"})), second);
    EXPECT_EQ(Get(t.LinkPerson("beta", "q1", {"mrn|2", "mrn|1"})), second);
    EXPECT_EQ(Get(t.PersonsWith("mrn|1")), (std::vector<int64_t>{first, second}));
    EXPECT_EQ(Get(t.PersonsWith("mrn|2")), std::vector<int64_t>{second});
    EXPECT_EQ(Get(t.PersonsWith("mrn|3")), std::vector<int64_t>{});
  });
}

TEST_P(StoreContract, OptOutsAreFoundByPersonAndByContact) {
  Commit([](Transaction& t) {
    OptOutRow row;
    row.person = 7;
    row.channel = "all";
    row.message_class = "marketing";
    row.seller = "acme";
    row.source = "fhir";
    row.received_at = Instant(std::chrono::milliseconds(5));
    Ok(t.AddOptOut(row));
    row.contact = "+15550001";
    row.channel = "sms";
    row.source = "sms-reply";
    Ok(t.AddOptOut(row));
    row.person = 0;
    row.contact = "a@example.org";
    row.channel = "email";
    Ok(t.AddOptOut(row));
  });
  Look([](Reader& r) {
    EXPECT_TRUE(Get(r.OptOuts(8, {"+15550002"})).empty());
    EXPECT_TRUE(Get(r.OptOuts(0, {""})).empty());
    auto rows = Get(r.OptOuts(7, {}));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].contact, "");
    EXPECT_EQ(rows[1].contact, "");
    rows = Get(r.OptOuts(7, {"+15550001", "a@example.org"}));
    ASSERT_EQ(rows.size(), 3u);
    rows = Get(r.OptOuts(0, {"a@example.org"}));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].contact, "a@example.org");
    EXPECT_EQ(rows[0].person, 0);
    EXPECT_EQ(rows[0].channel, "email");
    EXPECT_EQ(rows[0].message_class, "marketing");
    EXPECT_EQ(rows[0].seller, "acme");
    EXPECT_EQ(rows[0].source, "sms-reply");
    EXPECT_EQ(rows[0].received_at, Instant(std::chrono::milliseconds(5)));
    EXPECT_GT(rows[0].key, 0);
  });
}

TEST_P(StoreContract, AnOptOutKeepsWhatItAnsweredAndHowFarItReaches) {
  Commit([](Transaction& t) {
    OptOutRow row;
    row.person = 7;
    row.channel = "sms";
    row.contact = "+15550001";
    row.message_class = "all";
    row.programme = "alpha";
    row.all_programmes = true;
    row.in_reply_to = "exempted";
    Ok(t.AddOptOut(row));
  });
  const auto only_row = [](Reader& r, const std::vector<std::string>& contacts) {
    const auto rows = Get(r.OptOuts(7, contacts));
    EXPECT_EQ(rows.size(), 1u);
    return rows.empty() ? OptOutRow() : rows[0];
  };
  int64_t key = 0;
  Look([&](Reader& r) {
    const OptOutRow row = only_row(r, {"+15550002"});
    key = row.key;
    EXPECT_EQ(row.programme, "alpha");
    EXPECT_TRUE(row.all_programmes);
    EXPECT_EQ(row.in_reply_to, "exempted");
    EXPECT_FALSE(row.keeps_informational);
    EXPECT_TRUE(row.other_contact);
    EXPECT_FALSE(only_row(r, {"+15550001"}).other_contact);
  });
  Commit([&](Transaction& t) {
    Ok(t.KeepInformational(key));
    EXPECT_EQ(t.KeepInformational(key + 1).error().code, ErrorCode::kNotFound);
  });
  Look([&](Reader& r) { EXPECT_TRUE(only_row(r, {}).keeps_informational); });
}

TEST_P(StoreContract, AnOptOutIsFoundByWhoWasTheSameHumanWhenItWasRecorded) {
  Commit([](Transaction& t) {
    OptOutRow row;
    row.person = 7;
    row.contact = "+15550001";
    row.also = {8, 9};
    Ok(t.AddOptOut(row));
  });
  Look([](Reader& r) {
    const auto rows = Get(r.OptOuts(9, {}));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].person, 7);
    EXPECT_TRUE(rows[0].other_contact);
    EXPECT_EQ(Get(r.OptOuts(8, {"+15550001"})).size(), 1u);
    EXPECT_TRUE(Get(r.OptOuts(6, {})).empty());
  });
}

TEST_P(StoreContract, EpochsCountUpFromZero) {
  EpochKey person{EpochKey::Kind::kPerson, ""};
  Commit([&](Transaction& t) {
    person.value = std::to_string(Get(t.LinkPerson("alpha", "p1", {"mrn|1"})));
  });
  const EpochKey contact{EpochKey::Kind::kContact, person.value};
  Commit([&](Transaction& t) {
    EXPECT_EQ(Get(t.Epoch(person)), 0u);
    Ok(t.BumpEpoch(person));
    Ok(t.BumpEpoch(person));
    EXPECT_EQ(Get(t.Epoch(person)), 2u);
  });
  Look([&](Reader& r) {
    EXPECT_EQ(Get(r.Epoch(person)), 2u);
    EXPECT_EQ(Get(r.Epoch(contact)), 0u);
  });
}

}  // namespace gateway::store
