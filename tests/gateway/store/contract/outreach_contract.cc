#include "tests/gateway/store/contract/store_contract.h"

namespace gateway::store {
namespace {

using fhir::ErrorCode;

Instant At(int64_t ms) { return Instant(std::chrono::milliseconds(ms)); }

Outreach OutreachAt(int64_t due, std::string request = "cr1") {
  Outreach row;
  row.programme = "alpha";
  row.request_id = std::move(request);
  row.patient_id = "p1";
  row.person = 7;
  row.channel = "sms";
  row.contact = "+15550001";
  row.message_class = "refill-reminder";
  row.due_at = At(due);
  row.decision_id = "d1";
  row.client = "hub";
  return row;
}

Attempt AttemptAt(int64_t started, AttemptState state) {
  Attempt row;
  row.outreach = 1;
  row.id = "a" + std::to_string(started);
  row.decision_id = "d1";
  row.vendor = "twilio";
  row.channel = "sms";
  row.message_class = "marketing";
  row.person = 7;
  row.state = state;
  row.started_at = At(started);
  return row;
}

}  // namespace

TEST_P(StoreContract, OutreachIsReadAsItWasWritten) {
  int64_t key = 0;
  Commit([&](Transaction& t) { key = Get(t.AddOutreach(OutreachAt(10))); });
  Look([&](Reader& r) {
    const auto row = Get(r.FindOutreach(key));
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->key, key);
    EXPECT_EQ(row->programme, "alpha");
    EXPECT_EQ(row->request_id, "cr1");
    EXPECT_EQ(row->patient_id, "p1");
    EXPECT_EQ(row->person, 7);
    EXPECT_EQ(row->channel, "sms");
    EXPECT_EQ(row->contact, "+15550001");
    EXPECT_EQ(row->message_class, "refill-reminder");
    EXPECT_EQ(row->state, OutreachState::kQueued);
    EXPECT_EQ(row->due_at, At(10));
    EXPECT_EQ(row->decision_id, "d1");
    EXPECT_EQ(row->client, "hub");
    EXPECT_FALSE(Get(r.FindOutreach(key + 1)).has_value());
    EXPECT_EQ(Get(r.OutreachOfRequest("alpha", "cr1")).size(), 1u);
    EXPECT_TRUE(Get(r.OutreachOfRequest("beta", "cr1")).empty());
  });
}

TEST_P(StoreContract, OnlyQueuedOutreachIsDueAndInTheOrderOfItsTime) {
  Commit([](Transaction& t) {
    for (const int64_t due : {30, 10, 20, 40}) {
      EXPECT_GT(Get(t.AddOutreach(OutreachAt(due, "cr" + std::to_string(due)))), 0);
    }
    Outreach held = OutreachAt(5, "cr5");
    held.state = OutreachState::kHeld;
    EXPECT_GT(Get(t.AddOutreach(held)), 0);
  });
  std::vector<Outreach> due;
  Look([&](Reader& r) {
    due = Get(r.DueOutreach(At(30), 10));
    ASSERT_EQ(due.size(), 3u);
    EXPECT_EQ(due[0].due_at, At(10));
    EXPECT_EQ(due[2].due_at, At(30));
    EXPECT_EQ(Get(r.DueOutreach(At(30), 2)).size(), 2u);
    EXPECT_TRUE(Get(r.DueOutreach(At(9), 10)).empty());
  });
  Commit([&](Transaction& t) {
    due[0].state = OutreachState::kSending;
    due[0].attempts = 1;
    Ok(t.UpdateOutreach(due[0]));
    due[1].due_at = At(100);
    due[1].contact = "+15550002";
    Ok(t.UpdateOutreach(due[1]));
    Outreach nobody = due[0];
    nobody.key = 999;
    EXPECT_EQ(t.UpdateOutreach(nobody).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(Get(t.DueOutreach(At(30), 10)).size(), 1u);
  });
  Look([&](Reader& r) {
    EXPECT_EQ(Get(r.FindOutreach(due[0].key))->attempts, 1);
    EXPECT_EQ(Get(r.FindOutreach(due[1].key))->contact, "+15550002");
    EXPECT_EQ(Get(r.FindOutreach(due[2].key))->contact, "+15550001");
  });
}

TEST_P(StoreContract, QueuedOutreachIsFoundByPersonOrContactOnce) {
  Commit([](Transaction& t) {
    EXPECT_GT(Get(t.AddOutreach(OutreachAt(1, "both"))), 0);
    Outreach other = OutreachAt(2, "contact only");
    other.person = 8;
    EXPECT_GT(Get(t.AddOutreach(other)), 0);
    other = OutreachAt(3, "person only");
    other.contact = "+15559999";
    EXPECT_GT(Get(t.AddOutreach(other)), 0);
    other = OutreachAt(4, "sent");
    other.state = OutreachState::kSent;
    EXPECT_GT(Get(t.AddOutreach(other)), 0);
  });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.QueuedFor(7, {"+15550001"})).size(), 3u);
    EXPECT_EQ(Get(r.QueuedFor(7, {})).size(), 2u);
    EXPECT_EQ(Get(r.QueuedFor(0, {"+15550001"})).size(), 2u);
    EXPECT_TRUE(Get(r.QueuedFor(0, {})).empty());
  });
}

TEST_P(StoreContract, AttemptsAreFoundByWhatTheyAreAskedBy) {
  Commit([](Transaction& t) {
    EXPECT_GT(Get(t.AddAttempt(AttemptAt(1, AttemptState::kAccepted))), 0);
    EXPECT_GT(Get(t.AddAttempt(AttemptAt(2, AttemptState::kRefused))), 0);
    EXPECT_GT(Get(t.AddAttempt(AttemptAt(3, AttemptState::kUnknown))), 0);
    EXPECT_GT(Get(t.AddAttempt(AttemptAt(4, AttemptState::kNotSent))), 0);
    EXPECT_GT(Get(t.AddAttempt(AttemptAt(5, AttemptState::kAborted))), 0);
    EXPECT_GT(Get(t.AddAttempt(AttemptAt(6, AttemptState::kSending))), 0);
  });
  Look([](Reader& r) {
    EXPECT_EQ(Get(r.AttemptsOf(1)).size(), 6u);
    EXPECT_TRUE(Get(r.AttemptsOf(2)).empty());
    const auto sending = Get(r.AttemptsSending());
    ASSERT_EQ(sending.size(), 1u);
    EXPECT_EQ(sending[0].id, "a6");
    // Accepted, unknown and sending may all have reached the person.
    EXPECT_EQ(Get(r.AttemptsSince(7, At(0))).size(), 3u);
    EXPECT_EQ(Get(r.AttemptsSince(7, At(3))).size(), 2u);
    EXPECT_TRUE(Get(r.AttemptsSince(8, At(0))).empty());
    EXPECT_FALSE(Get(r.AttemptByProviderId("twilio", "SM1")).has_value());
    EXPECT_FALSE(Get(r.AttemptByProviderId("twilio", "")).has_value());
  });
  Commit([](Transaction& t) {
    Attempt attempt = Get(t.AttemptsSending())[0];
    attempt.state = AttemptState::kAccepted;
    attempt.settled_at = At(9);
    attempt.provider_id = "SM1";
    attempt.detail = "queued";
    Ok(t.UpdateAttempt(attempt));
    attempt.key = 999;
    EXPECT_EQ(t.UpdateAttempt(attempt).error().code, ErrorCode::kNotFound);
  });
  Look([](Reader& r) {
    EXPECT_TRUE(Get(r.AttemptsSending()).empty());
    const auto found = Get(r.AttemptByProviderId("twilio", "SM1"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->id, "a6");
    EXPECT_EQ(found->settled_at, At(9));
    EXPECT_EQ(found->detail, "queued");
    EXPECT_FALSE(Get(r.AttemptByProviderId("other", "SM1")).has_value());
  });
}

TEST_P(StoreContract, AnAttemptIsFoundByTheCommunicationThatRecordsIt) {
  Commit([](Transaction& t) {
    Attempt attempt = AttemptAt(1, AttemptState::kSending);
    attempt.programme = "alpha";
    attempt.subject = "ActivityDefinition/m1";
    attempt.kind = "exempted";
    attempt.key = Get(t.AddAttempt(attempt));
    EXPECT_FALSE(Get(t.AttemptOfCommunication("alpha", "c1")).has_value());
    EXPECT_FALSE(Get(t.AttemptOfCommunication("alpha", "")).has_value());
    attempt.communication = "c1";
    Ok(t.UpdateAttempt(attempt));
  });
  Look([](Reader& r) {
    const auto found = Get(r.AttemptOfCommunication("alpha", "c1"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->id, "a1");
    EXPECT_EQ(found->programme, "alpha");
    EXPECT_EQ(found->subject, "ActivityDefinition/m1");
    EXPECT_EQ(found->kind, "exempted");
    EXPECT_EQ(found->communication, "c1");
    EXPECT_FALSE(Get(r.AttemptOfCommunication("beta", "c1")).has_value());
  });
}

TEST_P(StoreContract, WhatIsInOneLineLeavesInItsOrder) {
  const auto due = [](Reader& r) {
    std::string ids;
    for (const Outgoing& row : Get(r.DueOutgoing(At(100), 10))) ids += row.id + " ";
    return ids;
  };
  Commit([](Transaction& t) {
    Outgoing row;
    row.due_at = At(10);
    for (const char* id : {"a1", "a2", "a3"}) {
      row.id = id;
      row.line = "a";
      EXPECT_GT(Get(t.AddOutgoing(row)), 0);
    }
    for (const char* id : {"b1", "b2"}) {
      row.id = id;
      row.line = "b";
      EXPECT_GT(Get(t.AddOutgoing(row)), 0);
    }
    for (const char* id : {"free1", "free2"}) {
      row.id = id;
      row.line = "";
      EXPECT_GT(Get(t.AddOutgoing(row)), 0);
    }
  });
  Look([&](Reader& r) { EXPECT_EQ(due(r), "a1 b1 free1 free2 "); });
  Commit([](Transaction& t) {
    // The first of a line that is put off holds up the others.
    for (Outgoing& row : Get(t.DueOutgoing(At(100), 10))) {
      EXPECT_EQ(row.line, row.id.starts_with("free") ? "" : row.id.substr(0, 1));
      if (row.id == "b1") row.due_at = At(1000);
      if (row.id == "b1") Ok(t.UpdateOutgoing(row));
      if (row.id == "a1") Ok(t.RemoveOutgoing(row.key));
    }
  });
  Look([&](Reader& r) {
    const auto rows = Get(r.DueOutgoing(Instant::max(), 10));
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](const Outgoing& row) {
      return row.id == "a2" && row.due_at != Instant::max();
    }));
  });
  Commit([](Transaction& t) {
    Ok(t.RemoveOutgoingLine("b"));
    Ok(t.RemoveOutgoingLine(""));
  });
  Look([](Reader& r) {
    size_t of_b = 0;
    const auto rows = Get(r.DueOutgoing(Instant::max(), 10));
    for (const Outgoing& row : rows) of_b += row.line == "b";
    EXPECT_EQ(of_b, 0u);
    EXPECT_GE(rows.size(), 4u);
  });
}

TEST_P(StoreContract, OutgoingEventsWaitUntilTheyAreDueAndAreRemoved) {
  Commit([](Transaction& t) {
    Outgoing row;
    row.programme = "alpha";
    row.kind = "webhook";
    row.target = "hub";
    row.subject = "Task/t1";
    row.payload = "{}";
    row.id = "o1";
    row.due_at = At(10);
    EXPECT_GT(Get(t.AddOutgoing(row)), 0);
    row.id = "o2";
    row.due_at = At(20);
    EXPECT_GT(Get(t.AddOutgoing(row)), 0);
  });
  Commit([](Transaction& t) {
    auto due = Get(t.DueOutgoing(At(10), 10));
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due[0].id, "o1");
    EXPECT_EQ(due[0].kind, "webhook");
    EXPECT_EQ(due[0].target, "hub");
    EXPECT_EQ(due[0].subject, "Task/t1");
    EXPECT_EQ(due[0].payload, "{}");
    due[0].due_at = At(30);
    due[0].attempts = 2;
    Ok(t.UpdateOutgoing(due[0]));
    due = Get(t.DueOutgoing(At(30), 10));
    ASSERT_EQ(due.size(), 2u);
    EXPECT_EQ(due[1].attempts, 2);
    Ok(t.RemoveOutgoing(due[0].key));
    Outgoing gone = due[0];
    EXPECT_EQ(t.UpdateOutgoing(gone).error().code, ErrorCode::kNotFound);
  });
  Look([](Reader& r) { EXPECT_EQ(Get(r.DueOutgoing(At(30), 10)).size(), 1u); });
}

}  // namespace gateway::store
