#include "consent/given.h"

#include <gtest/gtest.h>

#include "tests/consent/world.h"

namespace consent {
namespace {

using testing::Json;

std::string PathOf(fhir::json::Value json) {
  const auto given = ReadGiven(json);
  return given.ok() ? "ok" : given.error().path;
}

TEST(GivenTest, WrittenAndReadAgainIsTheSame) {
  Given given = testing::Promotion();
  given.channel = fhir::Channel::kEmail;
  given.opt_outs.push_back({"sms", "+12065550100", "marketing", "S", given.now, "sms-reply"});
  given.history.push_back({"sms", given.now, "refill-2i"});
  given.unresolved_identity = true;
  given.dischargeable = {"COUNT_AGAINST_CAP"};
  given.unavailable = {"clock"};
  given.overrides.push_back(
      {"CommunicationRequest/cr1", {"CM1"}, {"a"}, given.now, given.now, "00", "M/1/_history/1"});
  const auto again = ReadGiven(WriteGiven(given));
  ASSERT_TRUE(again.ok()) << again.error().path;
  EXPECT_EQ(WriteGiven(*again), WriteGiven(given));
}

TEST(GivenTest, RefusesWithThePath) {
  const fhir::json::Value whole = WriteGiven(testing::Reminder());
  const auto with = [&](std::string_view name, std::string_view json) {
    fhir::json::Value changed = whole;
    changed.Set(name, Json(json));
    return PathOf(changed);
  };
  EXPECT_EQ(PathOf(whole), "ok");
  EXPECT_EQ(with("nwo", "1"), "given.nwo");
  EXPECT_EQ(with("now", "\"yesterday\""), "given.now");
  EXPECT_EQ(with("channel", "\"pigeon\""), "given.channel");
  EXPECT_EQ(with("optOuts", R"([{"channel": "sms"}, {"channel": "pigeon"}])"),
            "given.optOuts[1].channel");
  EXPECT_EQ(with("optOuts", R"([{"channel": "sms", "class": "some"}])"), "given.optOuts[0].class");
  EXPECT_EQ(with("history", R"([{"channel": "sms"}])"), "given.history[0].sentAt");
  EXPECT_EQ(with("unavailable", R"(["weather"])"), "given.unavailable");
  EXPECT_EQ(with("overrides", R"([{"request": "CommunicationRequest/cr1"}])"),
            "given.overrides[0].rules");
  EXPECT_EQ(with("overrides", R"([{"request": "CommunicationRequest/cr1", "rules": ["CM1"],
                 "approvedBy": ["a"], "approvedAt": "2026-11-23T18:00:00Z",
                 "expires": "2026-11-24T18:00:00Z"}])"),
            "given.overrides[0].textHash");
  EXPECT_EQ(with("dischargeable", "[1]"), "given.dischargeable[0]");
  EXPECT_EQ(with("optOuts", R"([{"channel": "all", "inReplyTo": "spam"}])"),
            "given.optOuts[0].inReplyTo");
  EXPECT_EQ(with("replyChannel", "\"pigeon\""), "given.replyChannel");
  EXPECT_EQ(with("resources", R"([{"resourceType": "Patient", "id": "not an id"}])"),
            "given.resources[0].Patient.id");
  EXPECT_EQ(with("now", "null"), "given.now");
  for (const char* kind : {"marketing", "informational", "exempted"}) {
    EXPECT_EQ(with("optOuts", std::string(R"([{"channel": "all", "inReplyTo": ")") + kind + "\"}]"),
              "ok");
  }
  EXPECT_EQ(with("unavailable", R"(["consent-store", "opt-out-store", "clock"])"), "ok");
  EXPECT_EQ(with("programme", "{}"), "given.programme.id");
  EXPECT_TRUE(
      with("resources", R"([{"resourceType": "Nonsense"}])").starts_with("given.resources[0]"));
}

TEST(GivenTest, RefusesAPackThatCannotBeReadWithItsPath) {
  fhir::json::Value json = WriteGiven(testing::Reminder());
  json.Set("policy", Json(R"({"classification": {"lapsedDays": "many"}})"));
  EXPECT_EQ(PathOf(json), "given.policy.classification.lapsedDays");
  json.Set("policy", Json(R"("no-such-pack")"));
  EXPECT_EQ(PathOf(json), "given.policy");
}

TEST(GivenTest, KeepsTheRecordsOfOnePerson) {
  Given given = testing::Reminder();
  given.person = {"Patient/p1", "Patient/p2"};
  const auto again = ReadGiven(WriteGiven(given));
  ASSERT_TRUE(again.ok()) << again.error().path;
  EXPECT_EQ(again->person, given.person);
}

TEST(GivenTest, FindsByTypeAndId) {
  const Given given = testing::Reminder();
  ASSERT_NE(given.Find("Patient/p1"), nullptr);
  EXPECT_EQ(given.Find("Patient/p2"), nullptr);
  EXPECT_EQ(given.Find("Practitioner/p1"), nullptr);
  EXPECT_EQ(given.Find(""), nullptr);
  EXPECT_EQ(given.Find("p1"), nullptr);
}

}  // namespace
}  // namespace consent
